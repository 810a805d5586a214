#pragma once
// From a map of chances of text to boxes of lines, as detectors by differentiable binarization do. Pure
// functions.
#include <span>
#include <vector>

#include "workloads/vision/boxes.h"
#include "workloads/vision/image.h"

namespace eb {

struct TextDecoding {
  float threshold = 0;      // a pixel whose chance is above it is text
  float min_score = 0;      // of a box: the mean chance within it
  double growth = 0;        // the network sees shrunken lines: a box grows by growth * area / circumference
  int min_side_pixels = 1;  // of a box before it grows; smaller ones are specks
};

// The upright boxes around what hangs together, corners included, in `chances`, [height, width]. They stay
// within the map. In order of their uppermost pixels.
std::vector<ScoredBox> find_text_boxes(std::span<const float> chances, Size size,
                                       const TextDecoding& decoding);

// Of boxes found and true: twice the hits over both, which is the harmonic mean of precision and recall.
struct DetectionCounts {
  std::size_t hits = 0, found = 0, truth = 0;

  double harmonic_mean() const {
    return found + truth == 0 ? 0 : 2 * static_cast<double>(hits) / static_cast<double>(found + truth);
  }
};

}  // namespace eb
