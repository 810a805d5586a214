#pragma once
// How near answers are to a reference's: pure functions.
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace eb {

// Ratio in decibels of what varies in the reference from sample to sample to what is wrong in the answers,
// over all elements of all samples. A part of the answers that is the same for every sample counts as no
// signal: whoever answers all samples alike, however well, stays at 0 dB or below. 20 dB: errors are a tenth
// of the variation.
class SignalToNoise {
 public:
  // `references`: one a sample, all of one size.
  explicit SignalToNoise(std::span<const std::vector<float>> references);

  // Elements that are not finite make the whole worthless. `answer` has the size of the reference.
  void add(std::span<const float> reference, std::span<const float> answer);

  // Within kWorst to kBest; nothing where the reference does not vary or nothing was added.
  std::optional<double> decibels() const;

  static constexpr double kWorst = -100, kBest = 200;

 private:
  std::vector<double> mean_;
  double signal_ = 0, noise_ = 0;
};

}  // namespace eb
