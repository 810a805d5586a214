#include "workloads/vision/text_boxes.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>

namespace eb {
namespace {

// Pixels from x0, y0 to x1, y1, both of which are inside.
struct Extent {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

class TextMap {
 public:
  TextMap(std::span<const float> chances, Size size, float threshold)
      : chances_(chances), size_(size), is_text_(chances.size()) {
    for (std::size_t i = 0; i < chances.size(); ++i) is_text_[i] = chances[i] > threshold;
  }

  // What hangs together with the text at x, y, which is no longer text afterwards; nothing where there is
  // none.
  std::optional<Extent> take(int x, int y) {
    if (!claim(x, y)) return std::nullopt;
    Extent extent{.x0 = x, .y0 = y, .x1 = x, .y1 = y};
    std::vector<std::pair<int, int>> waiting{{x, y}};
    while (!waiting.empty()) {
      const auto [column, row] = waiting.back();
      waiting.pop_back();
      extent = {.x0 = std::min(extent.x0, column),
                .y0 = std::min(extent.y0, row),
                .x1 = std::max(extent.x1, column),
                .y1 = std::max(extent.y1, row)};
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx)
          if (claim(column + dx, row + dy)) waiting.emplace_back(column + dx, row + dy);
    }
    return extent;
  }

  float mean_chance(const Extent& extent) const {
    double sum = 0;
    for (int y = extent.y0; y <= extent.y1; ++y)
      for (int x = extent.x0; x <= extent.x1; ++x) sum += chances_[index(x, y)];
    return static_cast<float>(sum / (static_cast<double>(extent.x1 - extent.x0 + 1) *
                                     static_cast<double>(extent.y1 - extent.y0 + 1)));
  }

 private:
  std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(x);
  }
  bool claim(int x, int y) {
    if (x < 0 || y < 0 || x >= size_.width || y >= size_.height || !is_text_[index(x, y)]) return false;
    is_text_[index(x, y)] = false;
    return true;
  }

  std::span<const float> chances_;
  Size size_;
  std::vector<bool> is_text_;
};

Box grown(const Extent& extent, double growth, Size size) {
  const double width = extent.x1 - extent.x0 + 1, height = extent.y1 - extent.y0 + 1;
  const auto by = static_cast<float>(growth * width * height / (2 * (width + height)));
  return {.x0 = std::max(0.0F, static_cast<float>(extent.x0) - by),
          .y0 = std::max(0.0F, static_cast<float>(extent.y0) - by),
          .x1 = std::min(static_cast<float>(size.width), static_cast<float>(extent.x1 + 1) + by),
          .y1 = std::min(static_cast<float>(size.height), static_cast<float>(extent.y1 + 1) + by)};
}

}  // namespace

std::vector<ScoredBox> find_text_boxes(std::span<const float> chances, Size size,
                                       const TextDecoding& decoding) {
  assert(chances.size() == static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height));
  TextMap map(chances, size, decoding.threshold);
  std::vector<ScoredBox> boxes;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto extent = map.take(x, y);
      if (!extent) continue;
      if (std::min(extent->x1 - extent->x0, extent->y1 - extent->y0) + 1 < decoding.min_side_pixels) continue;
      const float score = map.mean_chance(*extent);
      if (score >= decoding.min_score) boxes.push_back({grown(*extent, decoding.growth, size), score});
    }
  }
  return boxes;
}

}  // namespace eb
