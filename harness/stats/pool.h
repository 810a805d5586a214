#pragma once
// Means of launches that weigh differently: pure functions.
#include <optional>
#include <span>

namespace eb {

// Absent for no values and where all weights are 0.
std::optional<double> weighted_mean(std::span<const double> values, std::span<const double> weights);

struct Estimate {
  double point = 0;
  std::optional<double> low{}, high{};  // at 99 % confidence
};

// Of all launches: their weighted mean; the interval is the weighted one of the launches, where each has one,
// or for 3 launches or more Student's over them, if that is wider: launches that happen to agree do not make
// an instrument better.
std::optional<Estimate> pooled_estimate(std::span<const Estimate> launches, std::span<const double> weights);

// The even mean of launches that are independent, so that the variances of their estimates add up: its
// interval is theirs by the root of their number, where each has one.
std::optional<Estimate> mean_estimate(std::span<const Estimate> launches);

}  // namespace eb
