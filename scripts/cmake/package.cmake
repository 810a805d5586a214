# What is installed beside program and providers, and how cpack makes a Debian package of it all. scripts/package adds
# ONNX Runtime and what else a package needs, and is the way to make one.

# The program finds the libraries that come with it, and what these need in turn, which only an RPATH of the older kind
# does. It is the same in the build's folder, where it leads nowhere: cmake would fill the place with empty entries until
# the installation, and an empty entry is the current folder.
set(private_libraries "${CMAKE_INSTALL_LIBDIR}/edgebench")
file(RELATIVE_PATH from_program "/${CMAKE_INSTALL_BINDIR}" "/${private_libraries}")
if(UNIX AND NOT APPLE)
  set_target_properties(edgebench PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/${from_program}")
  target_link_options(edgebench PRIVATE -Wl,--disable-new-dtags)
endif()
install(TARGETS edgebench)

# The manual page and the completions, as the program itself writes them.
set(descriptions "")
function(install_description file folder)
  set(output "${CMAKE_BINARY_DIR}/described/${file}")
  add_custom_command(
    OUTPUT "${output}"
    COMMAND "${CMAKE_COMMAND}" "-DPROGRAM=$<TARGET_FILE:edgebench>" "-DEMULATOR=${CMAKE_CROSSCOMPILING_EMULATOR}"
            "-DCOMMAND=${ARGN}" "-DOUTPUT=${output}" -P "${CMAKE_SOURCE_DIR}/scripts/cmake/describe.cmake"
    DEPENDS edgebench "${CMAKE_SOURCE_DIR}/scripts/cmake/describe.cmake"
    COMMENT "Asking edgebench for ${file}" VERBATIM)
  install(FILES "${output}" DESTINATION "${folder}")
  set(descriptions "${descriptions};${output}" PARENT_SCOPE)
endfunction()
set(shared "${CMAKE_INSTALL_DATADIR}")
install_description(edgebench.1 "${CMAKE_INSTALL_MANDIR}/man1" man)
install_description(edgebench "${shared}/bash-completion/completions" completion bash)
install_description(_edgebench "${shared}/zsh/vendor-completions" completion zsh)
install_description(edgebench.fish "${shared}/fish/vendor_completions.d" completion fish)
add_custom_target(descriptions ALL DEPENDS ${descriptions})

set(CPACK_PACKAGE_NAME edgebench)
set(CPACK_PACKAGE_VENDOR edgebench)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "benchmark of machine-learning inference at the edge")
set(CPACK_PACKAGE_DESCRIPTION
"edgebench measures how fast, how accurately and at what energy a chip runs
machine-learning inference. One command runs vision, speech and NLP models on
the devices of a machine, checks their answers before it times them, and
writes a report in latency, throughput and TOPS.
.
Vulkan and OpenCL devices are used where a driver is installed.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "mesa-vulkan-drivers, pocl-opencl-icd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
