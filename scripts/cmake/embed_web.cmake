# Writes OUTPUT: a C++ source that holds the files of ROOT/results/server/web, and uPlot from the folder UPLOT where it
# is there. Without it there are no charts; everything else works.
file(GLOB files "${ROOT}/results/server/web/*")
list(SORT files)
foreach(pair IN ITEMS "uPlot.iife.min.js=uplot.js" "uPlot.min.css=uplot.css")
  string(REPLACE "=" ";" pair "${pair}")
  list(GET pair 0 file)
  list(GET pair 1 name)
  if(EXISTS "${UPLOT}/${file}")
    list(APPEND files "${UPLOT}/${file}=${name}")
  else()
    list(APPEND files "=${name}")
  endif()
endforeach()

set(texts "")
set(rows "")
set(number 0)
foreach(item IN LISTS files)
  if(item MATCHES "^(.*)=(.*)$")
    set(file "${CMAKE_MATCH_1}")
    set(name "${CMAKE_MATCH_2}")
  else()
    set(file "${item}")
    get_filename_component(name "${file}" NAME)
  endif()
  set(bytes "")
  if(file)
    # As numbers, so that no byte means anything to a compiler, and none is too long a literal.
    file(READ "${file}" hex HEX)
    string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
    string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n" bytes "${bytes}")
  endif()
  string(APPEND texts "constexpr unsigned char kBytes${number}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", text(kBytes${number}, sizeof kBytes${number} - 1)},\n")
  math(EXPR number "${number} + 1")
endforeach()

file(WRITE "${OUTPUT}" "// Generated from results/server/web and uPlot.
#include \"results/server/assets.h\"

namespace eb::board {
namespace {

${texts}
std::string_view text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const Asset> assets() {
  static const Asset kAssets[] = {
${rows}  };
  return kAssets;
}

}  // namespace eb::board
")
