#include "tests/support/places.h"

namespace eb::test {

std::filesystem::path source_folder() {
  return EB_SOURCE_DIR;
}

std::filesystem::path build_folder() {
  return EB_BUILD_DIR;
}

std::filesystem::path relay_library() {
  return EB_TEST_RELAY;
}

}  // namespace eb::test
