#include "workloads/speech/roc.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace eb {
namespace {

struct Scored {
  float score = 0;
  bool positive = false;
};

}  // namespace

Result<double> roc_auc(std::span<const float> scores, std::span<const std::uint8_t> truth) {
  if (scores.size() != truth.size())
    return Error{ErrorKind::internal, "AUC: scores and truth differ in number"};
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<Scored> sorted(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool positive = truth[i] != 0;
    const float worst = positive ? -kInfinity : kInfinity;
    sorted[i] = {std::isnan(scores[i]) ? worst : scores[i], positive};
  }
  std::sort(sorted.begin(), sorted.end(), [](const Scored& a, const Scored& b) { return a.score < b.score; });
  double wins = 0;  // pairs of a positive above a negative; ties are halves
  double negatives_below = 0;
  double positives = 0;
  for (std::size_t first = 0; first < sorted.size();) {
    double tied_positives = 0;
    double tied_negatives = 0;
    std::size_t i = first;
    for (; i < sorted.size() && sorted[i].score == sorted[first].score; ++i) {
      (sorted[i].positive ? tied_positives : tied_negatives) += 1;
    }
    wins += tied_positives * (negatives_below + tied_negatives / 2);
    negatives_below += tied_negatives;
    positives += tied_positives;
    first = i;
  }
  if (positives == 0 || negatives_below == 0) {
    return Error{ErrorKind::invalid, "AUC needs at least one positive and one negative sample"};
  }
  return wins / (positives * negatives_below);
}

}  // namespace eb
