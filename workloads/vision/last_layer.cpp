#include "workloads/vision/last_layer.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace eb {
namespace {

bool is_finite(std::span<const float> numbers) {
  return std::all_of(numbers.begin(), numbers.end(), [](float number) { return std::isfinite(number); });
}

}  // namespace

LayerChange sent_in_bytes(LayerChange change) {
  constexpr float kLargestByte = 127;
  if (!is_finite(change)) return change;
  float largest = 0;
  for (const float number : change) largest = std::max(largest, std::abs(number));
  const float step = largest / kLargestByte;
  if (step > 0)
    for (float& number : change) number = std::nearbyint(number / step) * step;
  return change;
}

LayerChange mean_of(std::span<const LayerChange> changes) {
  assert(!changes.empty());
  std::vector<double> sums(changes.front().size());
  for (const LayerChange& change : changes) {
    assert(change.size() == sums.size());
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += change[i];
  }
  LayerChange mean;
  for (const double sum : sums) mean.push_back(static_cast<float>(sum / static_cast<double>(changes.size())));
  return mean;
}

double accuracy_of(std::span<const float> layer, const LayerChange& change, const HeldOut& pictures) {
  assert(layer.size() == (pictures.features + 1) * pictures.classes && change.size() == layer.size());
  if (pictures.truth.empty() || !is_finite(change)) return 0;
  const std::size_t classes = pictures.classes, biases = pictures.features * classes;
  std::vector<double> sum(layer.begin(), layer.end());
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += change[i];
  std::size_t right = 0;
  std::vector<double> answers(classes);
  for (std::size_t picture = 0; picture < pictures.truth.size(); ++picture) {
    const float* values = &pictures.values[picture * pictures.features];
    std::copy_n(&sum[biases], classes, answers.begin());
    for (std::size_t i = 0; i < pictures.features; ++i)
      for (std::size_t c = 0; c < classes; ++c) answers[c] += values[i] * sum[i * classes + c];
    const auto best = std::max_element(answers.begin(), answers.end()) - answers.begin();
    if (static_cast<std::size_t>(best) == pictures.truth[picture]) ++right;
  }
  return static_cast<double>(right) / static_cast<double>(pictures.truth.size());
}

}  // namespace eb
