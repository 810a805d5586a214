#include "tests/faults/driver_exports.h"

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <string>

[[gnu::visibility("default")]] void SetFaults(const char* text) {
  eb::test::faults().set(eb::test::parse_faults(text));
}

[[gnu::visibility("default")]] int CountStrikes() {
  return eb::test::faults().strikes();
}

namespace eb::test {

void read_faults_beside_library() {
  [[maybe_unused]] static const bool is_read = [] {
    Dl_info self{};
    if (dladdr(reinterpret_cast<const void*>(&SetFaults), &self) == 0) return false;
    std::ifstream file(std::filesystem::path(self.dli_fname).parent_path() / "faults");
    std::string text;
    if (std::getline(file, text)) faults().set(parse_faults(text));
    return true;
  }();
}

}  // namespace eb::test
