#pragma once
// While it is there, a Vulkan loader finds this driver and no other.
#include <array>
#include <cstdlib>
#include <optional>
#include <string>

#include "harness/base/files.h"

namespace eb::test {

class OnlyDriver {
 public:
  // `manifest`: as Vulkan loaders read them; they look at it whenever an instance is made.
  explicit OnlyDriver(const std::string& manifest) : folder_(TempFolder::create()) {
    if (!folder_) return;
    const auto file = folder_->path() / "driver.json";
    if (!write_file_atomic(file, manifest)) return;
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (const char* value = std::getenv(kNames.at(i))) before_.at(i) = value;
      ::setenv(kNames.at(i), file.c_str(), 1);
    }
  }
  ~OnlyDriver() {
    for (std::size_t i = 0; i < kNames.size(); ++i) {
      if (before_.at(i))
        ::setenv(kNames.at(i), before_.at(i)->c_str(), 1);
      else
        ::unsetenv(kNames.at(i));
    }
  }
  OnlyDriver(const OnlyDriver&) = delete;
  OnlyDriver& operator=(const OnlyDriver&) = delete;

 private:
  static constexpr std::array kNames{"VK_DRIVER_FILES", "VK_ICD_FILENAMES"};
  Result<TempFolder> folder_;
  std::array<std::optional<std::string>, kNames.size()> before_{};
};

}  // namespace eb::test
