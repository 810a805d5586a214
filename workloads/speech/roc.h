#pragma once
// Area under the receiver operating characteristic curve.
#include <cstdint>
#include <span>

#include "harness/base/result.h"

namespace eb {

// The chance that a positive scores above a negative, a tie counting one half. `truth`: 1 positive, 0
// negative, one for each score. A score that is not a number counts as the worst possible answer. An error if
// a class is empty.
Result<double> roc_auc(std::span<const float> scores, std::span<const std::uint8_t> truth);

}  // namespace eb
