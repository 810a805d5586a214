#pragma once
// What machine this is, and whether it is in a state to be measured. Reads /proc and /sys below a root folder
// that is an argument, so that tests use recorded trees; what a system does not tell is absent.
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/core/ranking.h"

namespace eb {

struct Host {
  nlohmann::ordered_json context = nlohmann::ordered_json::object();  // keys as in context_keys()
  std::string cpu_name{};
  int cores = 1;  // physical
};

Host read_host(const std::filesystem::path& root);

// Share of processor time that was spent working while `idle` ran, in percent; absent where /proc/stat is not
// there.
std::optional<double> busy_percent(const std::filesystem::path& root, const std::function<void()>& idle);

// How often the system has killed a process for lack of memory since it started; absent where it does not
// say.
std::optional<std::uint64_t> memory_kills(const std::filesystem::path& root);

}  // namespace eb
