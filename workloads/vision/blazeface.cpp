#include "workloads/vision/blazeface.h"

#include <cassert>
#include <cmath>

namespace eb {

std::vector<Anchor> make_anchors(std::span<const AnchorGrid> grids) {
  std::vector<Anchor> anchors;
  for (const AnchorGrid& grid : grids) {
    const auto centre = [&](int cell) {
      return (static_cast<float>(cell) + 0.5F) / static_cast<float>(grid.cells);
    };
    for (int y = 0; y < grid.cells; ++y) {
      for (int x = 0; x < grid.cells; ++x) {
        anchors.insert(anchors.end(), static_cast<std::size_t>(grid.anchors_per_cell),
                       Anchor{.x = centre(x), .y = centre(y)});
      }
    }
  }
  return anchors;
}

std::vector<ScoredBox> decode_faces(std::span<const float> logits, std::span<const float> boxes,
                                    std::span<const Anchor> anchors, const FaceDecoding& decoding) {
  assert(logits.size() == anchors.size() && boxes.size() == anchors.size() * kBlazeFaceBoxValues);
  std::vector<ScoredBox> faces;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    const float score = 1.0F / (1.0F + std::exp(-logits[i]));
    if (!(score >= decoding.min_score)) continue;
    const auto values = boxes.subspan(i * kBlazeFaceBoxValues, 4);
    const float x = anchors[i].x * decoding.side_pixels + values[0];
    const float y = anchors[i].y * decoding.side_pixels + values[1];
    const Box box{
        .x0 = x - values[2] / 2, .y0 = y - values[3] / 2, .x1 = x + values[2] / 2, .y1 = y + values[3] / 2};
    if (std::isfinite(box.x0 + box.y0 + box.x1 + box.y1)) faces.push_back({.box = box, .score = score});
  }
  return faces;
}

}  // namespace eb
