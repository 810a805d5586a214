# Writes OUTPUT: a C++ source that holds every manifest below ROOT/workloads/zoo.
file(GLOB_RECURSE files RELATIVE "${ROOT}" "${ROOT}/workloads/zoo/*.json")
list(SORT files)
set(rows "")
foreach(file IN LISTS files)
  file(READ "${ROOT}/${file}" text)
  string(LENGTH "${text}" length)
  if(length GREATER 60000)
    message(FATAL_ERROR "${file} is too long to be embedded")
  endif()
  string(APPEND rows "    {\"${file}\", R\"~zoo~(${text})~zoo~\"},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Generated from workloads/zoo.
#include \"workloads/zoo.h\"

namespace eb {
namespace {

constexpr ZooFile kFiles[] = {
${rows}};

}  // namespace

std::span<const ZooFile> zoo_files() { return kFiles; }

}  // namespace eb
")
