#include "harness/app/child_environment.h"

#include "harness/base/process.h"

namespace eb {

std::vector<std::string> child_environment() {
  static const std::vector<std::string> names = {"PATH",
                                                 "HOME",
                                                 "TMPDIR",
                                                 "LANG",
                                                 "LC_ALL",
                                                 "LD_LIBRARY_PATH",
                                                 "XDG_CACHE_HOME",
                                                 "EDGEBENCH_CACHE",
                                                 "ONNXRUNTIME_ROOT",
                                                 "EDGEBENCH_EP_FOLDER",
                                                 "VK_DRIVER_FILES",
                                                 "VK_ICD_FILENAMES",
                                                 "OCL_ICD_VENDORS",
                                                 "OCL_ICD_FILENAMES",
                                                 "POCL_CACHE_DIR",
                                                 "XDG_RUNTIME_DIR",
                                                 "XDG_DATA_DIRS",
                                                 "ASAN_OPTIONS",
                                                 "UBSAN_OPTIONS",
                                                 "LSAN_OPTIONS"};
  return environment_of(names);
}

}  // namespace eb
