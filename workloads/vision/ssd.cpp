#include "workloads/vision/ssd.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace eb {
namespace {

constexpr float kCentreScale = 10, kSizeScale = 5;

// What is not a number stays so.
float within(float value, int side) {
  const float pixels = value * static_cast<float>(side);
  return pixels < 0 ? 0 : pixels > static_cast<float>(side) ? static_cast<float>(side) : pixels;
}

Box box_at(const SsdAnchor& anchor, std::span<const float> values, Size picture) {
  const float y = anchor.y + values[0] / kCentreScale * anchor.height;
  const float x = anchor.x + values[1] / kCentreScale * anchor.width;
  const float height = std::exp(values[2] / kSizeScale) * anchor.height;
  const float width = std::exp(values[3] / kSizeScale) * anchor.width;
  return {.x0 = within(x - width / 2, picture.width),
          .y0 = within(y - height / 2, picture.height),
          .x1 = within(x + width / 2, picture.width),
          .y1 = within(y + height / 2, picture.height)};
}

}  // namespace

std::vector<SsdAnchor> make_ssd_anchors(std::span<const SsdGrid> grids) {
  std::vector<SsdAnchor> anchors;
  for (const SsdGrid& grid : grids) {
    const auto centre = [&](int cell) {
      return (static_cast<float>(cell) + 0.5F) / static_cast<float>(grid.cells);
    };
    for (int y = 0; y < grid.cells; ++y)
      for (int x = 0; x < grid.cells; ++x)
        for (const SsdGrid::Shape& shape : grid.shapes)
          anchors.push_back({.x = centre(x), .y = centre(y), .width = shape.width, .height = shape.height});
  }
  return anchors;
}

std::vector<FoundObject> decode_objects(std::span<const float> boxes, std::span<const float> logits,
                                        std::span<const SsdAnchor> anchors, const ObjectDecoding& decoding) {
  assert(boxes.size() == anchors.size() * kSsdBoxValues);
  assert(logits.size() == anchors.size() * decoding.classes);
  std::vector<std::vector<ScoredBox>> candidates(decoding.classes);
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const Box box = box_at(anchors[i], boxes.subspan(i * kSsdBoxValues, kSsdBoxValues), decoding.picture);
    if (!(box.x0 < box.x1 && box.y0 < box.y1)) continue;
    for (std::size_t number = 1; number < decoding.classes; ++number) {
      const float score = 1.0F / (1.0F + std::exp(-logits[i * decoding.classes + number]));
      if (score >= decoding.min_score) candidates[number].push_back({.box = box, .score = score});
    }
  }
  std::vector<FoundObject> objects;
  for (std::size_t number = 1; number < decoding.classes; ++number)
    for (const ScoredBox& box : suppress_overlaps(std::move(candidates[number]), decoding.max_overlap))
      objects.push_back({.number = number, .box = box});
  std::stable_sort(objects.begin(), objects.end(),
                   [](const FoundObject& a, const FoundObject& b) { return a.box.score > b.box.score; });
  if (objects.size() > decoding.max_objects) objects.resize(decoding.max_objects);
  return objects;
}

}  // namespace eb
