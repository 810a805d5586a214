#include "harness/base/control_group.h"

#include <algorithm>
#include <string>

#include "harness/base/files.h"
#include "harness/base/sysfs.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

// One line of /proc/self/cgroup: "0::/path" of version 2, "4:cpu,cpuacct:/path" of version 1.
struct Line {
  std::string_view controllers, path;
};

bool names(std::string_view list, std::string_view controller) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == controller) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    lines.push_back({line.substr(first + 1, second - first - 1), line.substr(second + 1)});
  }
  return lines;
}

// In a container the path may be of the machine outside, so that only the mount's own folder is there.
void add_folders(const fs::path& mount, std::string_view path, ControlGroup& group) {
  constexpr int kDeepest = 64;
  while (path.starts_with('/')) path.remove_prefix(1);
  fs::path relative;
  if (const auto inside = path_within({}, path)) relative = *inside;
  std::error_code code;
  for (int depth = 0; depth < kDeepest && !relative.empty(); ++depth, relative = relative.parent_path())
    if (fs::is_directory(mount / relative, code)) group.folders.push_back(mount / relative);
  if (fs::is_directory(mount, code)) group.folders.push_back(mount);
}

}  // namespace

ControlGroup find_control_group(const fs::path& root, std::string_view controller) {
  ControlGroup group;
  const auto text = read_small_file(root / "proc/self/cgroup", 64 << 10);
  if (!text) return group;
  const fs::path mounts = root / "sys/fs/cgroup";
  std::error_code code;
  for (const Line& line : lines_of(*text))
    if (names(line.controllers, controller)) {
      const bool is_joint = fs::is_directory(mounts / line.controllers, code);
      add_folders(mounts / (is_joint ? line.controllers : controller), line.path, group);
      return group;
    }
  group.is_v2 = true;
  for (const Line& line : lines_of(*text))
    if (line.controllers.empty()) add_folders(mounts, line.path, group);
  return group;
}

}  // namespace eb
