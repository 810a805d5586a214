#include "harness/base/crash.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/crash_mark.h"

namespace eb {
namespace {

constexpr std::size_t kLongestFrame = 160;

// They raise and pass on what others did.
constexpr std::array<std::string_view, 9> kSystemLibraries = {
    "libc.so", "libc-", "libpthread", "libstdc++", "libc++", "libgcc_s", "libm.so", "ld-linux", "ld-musl"};

bool is_system(std::string_view name) {
  return std::any_of(kSystemLibraries.begin(), kSystemLibraries.end(),
                     [&](std::string_view start) { return name.starts_with(start); });
}

// "/path/libx.so(function+0x12)[0x7f12]" -> "libx.so(function+0x12)"; empty if it is no such line.
std::string_view frame_of(std::string_view line) {
  const std::size_t open = line.rfind('('), close = line.find(')', std::min(open, line.size()));
  if (open == std::string_view::npos || close == std::string_view::npos) return {};
  const std::size_t slash = line.rfind('/', open);
  const std::size_t start = slash == std::string_view::npos ? 0 : slash + 1;
  return line.substr(start, close + 1 - start);
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// The first frame is the one that prints.
std::optional<std::string> guilty_frame(std::string_view stack) {
  bool is_first = true;
  while (!stack.empty()) {
    const std::size_t end = std::min(stack.find('\n'), stack.size());
    const std::string_view frame = frame_of(stack.substr(0, end));
    stack.remove_prefix(std::min(end + 1, stack.size()));
    if (std::exchange(is_first, false) || frame.empty() || is_system(frame)) continue;
    if (frame.size() > kLongestFrame || !is_plain(frame)) return std::nullopt;
    const std::string_view name = frame.substr(0, frame.find('('));
    if (name.find(".so") == std::string_view::npos) return std::nullopt;
    return std::string(frame);
  }
  return std::nullopt;
}

}  // namespace

LastWords last_words(std::string_view error_tail) {
  const std::size_t at = error_tail.rfind(kCrashMark);
  if (at == std::string_view::npos) return {error_tail, std::nullopt};
  return {error_tail.substr(0, at), guilty_frame(error_tail.substr(at + kCrashMark.size()))};
}

}  // namespace eb
