#include "workloads/vision/agreement.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace eb {

SignalToNoise::SignalToNoise(std::span<const std::vector<float>> references) {
  if (references.empty()) return;
  mean_.assign(references.front().size(), 0);
  for (const std::vector<float>& reference : references) {
    assert(reference.size() == mean_.size());
    for (std::size_t i = 0; i < mean_.size(); ++i) mean_[i] += reference[i];
  }
  for (double& mean : mean_) mean /= static_cast<double>(references.size());
}

void SignalToNoise::add(std::span<const float> reference, std::span<const float> answer) {
  assert(reference.size() == mean_.size() && answer.size() == mean_.size());
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double varying = reference[i] - mean_[i];
    const double wrong = static_cast<double>(answer[i]) - reference[i];
    signal_ += varying * varying;
    noise_ += wrong * wrong;
  }
}

std::optional<double> SignalToNoise::decibels() const {
  if (!(signal_ > 0)) return std::nullopt;
  if (!std::isfinite(noise_)) return kWorst;
  if (!(noise_ > 0)) return kBest;
  return std::clamp(10 * std::log10(signal_ / noise_), kWorst, kBest);
}

}  // namespace eb
