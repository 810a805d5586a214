#pragma once
// What the user says about backends whose execution provider is a library of its own.
#include <filesystem>
#include <map>
#include <string>

namespace eb {

struct EpSettings {
  // By backend, instead of where its library is looked for; or by a name of the user's, for backend npu.
  std::map<std::string, std::filesystem::path> libraries{};
  std::map<std::string, std::map<std::string, std::string>> options{};  // for the provider of that name
  bool retune = false;                                                  // kernels are tuned anew

  bool operator==(const EpSettings&) const = default;
};

}  // namespace eb
