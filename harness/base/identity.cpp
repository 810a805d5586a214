#include "harness/base/identity.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "harness/base/ascii.h"

namespace eb {

std::vector<std::string> telling_names(const std::vector<std::string>& names) {
  constexpr std::string_view kOfMany[] = {
      "root",   "user",   "admin",  "administrator", "test",     "build",     "runner",      "ubuntu",
      "debian", "fedora", "alpine", "arch",          "linux",    "localhost", "raspberrypi", "jetson",
      "orin",   "nvidia", "rock",   "radxa",         "orangepi", "khadas",    "odroid",      "android",
      "shell",  "nobody", "host",   "board",         "none",     "unknown",   "edge",        "edgebench"};
  constexpr std::size_t kShortest = 3;
  std::vector<std::string> telling;
  for (const std::string& name : names) {
    const std::string lower = lower_ascii(name);
    const bool is_of_many = std::find(std::begin(kOfMany), std::end(kOfMany), lower) != std::end(kOfMany);
    if (name.size() < kShortest || is_of_many) continue;
    if (std::find(telling.begin(), telling.end(), name) == telling.end()) telling.push_back(name);
  }
  return telling;
}

}  // namespace eb
