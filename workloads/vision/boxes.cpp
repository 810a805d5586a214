#include "workloads/vision/boxes.h"

#include <algorithm>

namespace eb {
namespace {

double area_of(const Box& box) {
  return std::max(0.0, static_cast<double>(box.x1) - box.x0) *
         std::max(0.0, static_cast<double>(box.y1) - box.y0);
}

template <class T>
void sort_by_falling_score(std::vector<T>& items) {
  std::stable_sort(items.begin(), items.end(), [](const T& a, const T& b) { return a.score > b.score; });
}

}  // namespace

double overlap(const Box& a, const Box& b) {
  const Box shared{.x0 = std::max(a.x0, b.x0),
                   .y0 = std::max(a.y0, b.y0),
                   .x1 = std::min(a.x1, b.x1),
                   .y1 = std::min(a.y1, b.y1)};
  const double intersection = area_of(shared);
  return intersection > 0 ? intersection / (area_of(a) + area_of(b) - intersection) : 0;
}

std::vector<ScoredBox> suppress_overlaps(std::vector<ScoredBox> boxes, double max_overlap) {
  sort_by_falling_score(boxes);
  std::vector<ScoredBox> kept;
  for (const ScoredBox& candidate : boxes) {
    const bool is_new = std::none_of(kept.begin(), kept.end(), [&](const ScoredBox& better) {
      return overlap(better.box, candidate.box) > max_overlap;
    });
    if (is_new) kept.push_back(candidate);
  }
  return kept;
}

std::vector<Match> match_boxes(std::span<const ScoredBox> found, std::span<const Box> truth,
                               double min_overlap) {
  std::vector<Match> matches;
  std::vector<bool> is_taken(truth.size(), false);
  for (const ScoredBox& candidate : found) {
    std::size_t nearest = truth.size();
    double most = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const double shared = overlap(candidate.box, truth[i]);
      if (shared > most) {
        most = shared;
        nearest = i;
      }
    }
    const bool is_hit = nearest < truth.size() && most >= min_overlap && !is_taken[nearest];
    if (is_hit) is_taken[nearest] = true;
    matches.push_back({.score = candidate.score, .is_hit = is_hit});
  }
  return matches;
}

Result<double> average_precision(std::vector<Match> matches, std::size_t truth_count) {
  if (truth_count == 0) return Error{ErrorKind::invalid, "average precision needs at least one true box"};
  sort_by_falling_score(matches);
  std::vector<double> precision(matches.size());
  std::size_t hits = 0;
  for (std::size_t i = 0; i < matches.size(); ++i) {
    hits += matches[i].is_hit ? 1 : 0;
    precision[i] = static_cast<double>(hits) / static_cast<double>(i + 1);
  }
  // The envelope: the best precision at this recall or any higher one. Recall only rises at hits.
  double best = 0, sum = 0;
  for (std::size_t i = matches.size(); i-- > 0;) {
    best = std::max(best, precision[i]);
    if (matches[i].is_hit) sum += best;
  }
  return sum / static_cast<double>(truth_count);
}

}  // namespace eb
