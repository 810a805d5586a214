#pragma once
// The state of a machine that results depend on: clocks, links, drivers, power, limits. What is read is below
// a root folder that is an argument; what a system does not tell is absent. Nothing that tells one unit from
// another of its kind (serial numbers, addresses, host names) is read.
#include <filesystem>
#include <nlohmann/json.hpp>

namespace eb {

// All of it, with keys as in context_keys().
nlohmann::ordered_json read_host_state(const std::filesystem::path& root);

// Its parts, one file each.
void add_clocks(const std::filesystem::path& root, nlohmann::ordered_json& context);
void add_links(const std::filesystem::path& root, nlohmann::ordered_json& context);  // and drivers
void add_firmware(const std::filesystem::path& root, nlohmann::ordered_json& context);
void add_power_state(const std::filesystem::path& root, nlohmann::ordered_json& context);
void add_limits(const std::filesystem::path& root, nlohmann::ordered_json& context);

}  // namespace eb
