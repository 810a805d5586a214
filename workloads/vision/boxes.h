#pragma once
// Boxes, and how good a set of found boxes is. Pure functions.
#include <cstddef>
#include <span>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// In pixels, from the upper left corner; empty unless x0 < x1 and y0 < y1.
struct Box {
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

struct ScoredBox {
  Box box{};
  float score = 0;
};

// Intersection over union, 0..1; 0 where a box is empty.
double overlap(const Box& a, const Box& b);

// Greedy suppression: the best box stays, those that overlap it by more than `max_overlap` go, and so on.
// The result is in order of falling score.
std::vector<ScoredBox> suppress_overlaps(std::vector<ScoredBox> boxes, double max_overlap);

struct Match {
  float score = 0;
  bool is_hit = false;
};

// Matches the boxes found in one image, in order of falling score, with the true ones: a box is a hit if the
// true box that it overlaps most is overlapped by `min_overlap` or more, and was not hit before.
std::vector<Match> match_boxes(std::span<const ScoredBox> found, std::span<const Box> truth,
                               double min_overlap);

// Area under the precision envelope over recall, at all points (PASCAL VOC since 2010). `matches` of all
// images in any order; `truth_count` true boxes in them all, at least one.
Result<double> average_precision(std::vector<Match> matches, std::size_t truth_count);

}  // namespace eb
