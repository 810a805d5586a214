#pragma once
// What the outputs of a BlazeFace network mean. Pure functions.
#include <span>
#include <vector>

#include "workloads/vision/boxes.h"

namespace eb {

// Values of a box: offset of its centre from the anchor in x and y, width, height (pixels of the input), then
// x and y of six points of the face, which nothing here reads.
inline constexpr std::size_t kBlazeFaceBoxValues = 16;

// A square grid over the input; each cell has several anchors, all at its centre.
struct AnchorGrid {
  int cells = 0;  // a side
  int anchors_per_cell = 0;
};

struct Anchor {
  float x = 0, y = 0;  // 0..1 of the input's sides
};

// Grid after grid, row by row, as the network lists its boxes.
std::vector<Anchor> make_anchors(std::span<const AnchorGrid> grids);

struct FaceDecoding {
  float side_pixels = 0;  // of the square input
  float min_score = 0;    // 0..1
};

// `logits`: one an anchor. `boxes`: [anchors, kBlazeFaceBoxValues]. Gives boxes in pixels of the input;
// leaves out what scores too low, and what is not a number.
std::vector<ScoredBox> decode_faces(std::span<const float> logits, std::span<const float> boxes,
                                    std::span<const Anchor> anchors, const FaceDecoding& decoding);

}  // namespace eb
