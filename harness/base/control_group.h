#pragma once
// The control group (cgroup) of this process, of version 2 or 1: its limits hold for all that it starts.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace eb {

struct ControlGroup {
  // Folders of the process's group and of those around it, innermost first, that are there.
  std::vector<std::filesystem::path> folders{};
  bool is_v2 = false;
};

// Of the named controller: cpu, cpuset or memory.
ControlGroup find_control_group(const std::filesystem::path& root, std::string_view controller);

}  // namespace eb
