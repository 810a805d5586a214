#include "harness/app/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace eb {
namespace {

std::string duration_text(double seconds) {
  const int s = static_cast<int>(std::lround(seconds));
  if (s >= 3600) return fmt::format("{} h {} min", s / 3600, s % 3600 / 60);
  if (s >= 60) return fmt::format("{} min {} s", s / 60, s % 60);
  return fmt::format("{} s", s);
}

}  // namespace

std::string progress_text(const ProgressView& view) {
  const std::string launch =
      view.launches > 1 ? fmt::format(", launch {} of {}", view.launch, view.launches) : "";
  const std::string phase = view.phase.substr(0, view.phase.find(' '));
  return fmt::format("[{}/{}{}] {}: {} {}, about {} left", view.cell, view.cells, launch, view.what, phase,
                     duration_text(view.phase_s), duration_text(view.left_s));
}

void ProgressLine::show(const std::string& text) {
  if (width_columns_ <= 0 || text == shown_) return;
  shown_ = text;
  std::size_t length = std::min(text.size(), static_cast<std::size_t>(width_columns_ - 1));
  while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
    --length;
  fmt::print("\r\x1b[K{}", text.substr(0, length));
  std::fflush(stdout);
}

void ProgressLine::clear() {
  if (shown_.empty()) return;
  shown_.clear();
  fmt::print("\r\x1b[K");
  std::fflush(stdout);
}

}  // namespace eb
