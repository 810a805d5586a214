# The simulated NPU: a provider's library, and the program that is its chip, side by side.
file(GLOB simnpu_sources CONFIGURE_DEPENDS backends/npu/sim/*.cpp)
list(FILTER simnpu_sources EXCLUDE REGEX "/(ep_entry|chip_main)[^/]*$")
add_gpu_part(edgebench_simnpu_parts ${simnpu_sources})
target_link_libraries(edgebench_simnpu_parts PUBLIC edgebench_gpu)

add_library(edgebench_simnpu MODULE backends/npu/sim/ep_entry.cpp)
target_link_libraries(edgebench_simnpu PRIVATE edgebench_simnpu_parts)
set_provider_properties(edgebench_simnpu)

add_executable(edgebench_simnpu_chip backends/npu/sim/chip_main.cpp)
target_link_libraries(edgebench_simnpu_chip PRIVATE edgebench_simnpu_parts fmt::fmt-header-only)
set_target_properties(edgebench_simnpu_chip PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")
add_dependencies(edgebench_simnpu edgebench_simnpu_chip)
install(TARGETS edgebench_simnpu_chip DESTINATION "${CMAKE_INSTALL_LIBDIR}/edgebench")
