#pragma once
// How sure a mean of few launches is, and how far single values spread: pure functions.
#include <optional>
#include <span>

#include "harness/stats/percentile.h"

namespace eb {

struct Interval {
  double low = 0, high = 0;
};

// The value that a variable with Student's t distribution stays below with probability `p`, 0 < p < 1; found
// by bisection on the distribution itself, for any number of degrees of freedom > 0, not from a table.
double student_t_quantile(double p, double degrees_of_freedom);

// Student's interval of the true mean, two-sided, from values that are independent and roughly normal, such
// as the mean latencies of fresh launches: mean +- t(1 - (1 - confidence) / 2, n - 1) * s / sqrt(n). Absent
// for fewer than two values.
std::optional<Interval> mean_interval(std::span<const double> values, double confidence = kConfidence);

// Mean, and standard deviation of the population that values came from (n - 1). Mean: not of nothing; 0 for
// the deviation of fewer than two.
double mean_of(std::span<const double> values);
double standard_deviation(std::span<const double> values);

// The middle, or the mean of both middles. Not of nothing.
double median_of(std::span<const double> values);

// Median absolute deviation from the median: half of the values are no further from it. It is not moved by
// outliers, up to half of all. Not of nothing.
double median_absolute_deviation(std::span<const double> values);

// The standard deviation of a normal distribution with that median absolute deviation: MAD / 0.6745.
double robust_spread(std::span<const double> values);

}  // namespace eb
