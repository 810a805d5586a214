#pragma once
// What the outputs of a single-shot detector (SSD) mean. Pure functions.
#include <cstddef>
#include <span>
#include <vector>

#include "workloads/vision/boxes.h"
#include "workloads/vision/image.h"

namespace eb {

// Values of a box: offset of its centre from the anchor's in y and x, in tenths of the anchor's sides, then
// the logarithms of its height and width over the anchor's, in fifths.
inline constexpr std::size_t kSsdBoxValues = 4;

struct SsdAnchor {
  float x = 0, y = 0;           // its centre
  float width = 0, height = 0;  // all of the picture's sides
};

// A square grid over the picture; each cell has an anchor of every shape at its centre.
struct SsdGrid {
  struct Shape {
    float width = 0, height = 0;
  };
  int cells = 0;  // a side
  std::vector<Shape> shapes{};
};

// Grid after grid, row by row, all shapes of a cell together, as the network lists its boxes.
std::vector<SsdAnchor> make_ssd_anchors(std::span<const SsdGrid> grids);

struct FoundObject {
  std::size_t number = 0;  // of its class
  ScoredBox box{};         // pixels of the picture, none of them outside
};

struct ObjectDecoding {
  Size picture{};
  std::size_t classes = 0;      // with that of the background, 0
  float min_score = 0;          // 0..1
  double max_overlap = 0;       // of two objects of one class
  std::size_t max_objects = 0;  // the surest
};

// `boxes`: [anchors, kSsdBoxValues]. `logits`: [anchors, classes]. In order of falling score; leaves out what
// scores too low, what is empty within the picture, and what is not a number.
std::vector<FoundObject> decode_objects(std::span<const float> boxes, std::span<const float> logits,
                                        std::span<const SsdAnchor> anchors, const ObjectDecoding& decoding);

}  // namespace eb
