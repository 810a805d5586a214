#pragma once
// What the user says about backends whose execution provider is a library of its own.
#include <filesystem>
#include <map>
#include <string>

namespace eb {

struct EpSettings {
  std::map<std::string, std::filesystem::path> libraries{};  // by backend; instead of where it is looked for
  std::map<std::string, std::map<std::string, std::string>> options{};  // by backend, for the provider
  bool retune = false;                                                  // kernels are tuned anew

  bool operator==(const EpSettings&) const = default;
};

}  // namespace eb
