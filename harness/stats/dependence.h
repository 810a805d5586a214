#pragma once
// Whether latencies that follow each other are independent, as the bounds of percentiles assume.
#include <cstdint>
#include <optional>
#include <span>

namespace eb {

// Correlation of each value's rank with the rank of the value after it (lag 1), from -1 to 1; and what it is
// for values that are independent. Ranks, so that one stall in a thousand neither hides nor makes a
// correlation; values that are equal share their mean rank.
struct SerialCorrelation {
  double lag1 = 0;
  double expected = 0, variance = 0;  // of lag1, over all orders of the same values

  // Independent values exceed it in 0.5 % of series: expected + 2.576 standard deviations.
  double threshold() const;
  bool rejects_independence() const { return lag1 > threshold(); }
};

// With d the deviations from the mean and k = sum d^4 / (sum d^2)^2, over all orders of n values:
//   lag1 = sum d(i) d(i+1) / sum d^2,  mean -1 / n,  variance (1 - k) / n + (1 - 2k) / (n (n - 1)) - 1 / n^2.
// The moments are exact; that the distribution is nearly normal is of Wald and Wolfowitz, An exact test for
// randomness in the non-parametric case based on serial correlation (1943), and with ranks of Bartels (1982).
// Absent for fewer than 20 values, and where all are equal.
std::optional<SerialCorrelation> serial_correlation(std::span<const std::int64_t> values);

// That of several series together (launches), each weighted by its length. Not of nothing.
struct Series {
  SerialCorrelation correlation{};
  double count = 0;
};
SerialCorrelation pooled(std::span<const Series> series);

// How many independent values tell as much about a mean as `count` values whose correlation falls by the
// factor lag1 a step: count * (1 - lag1) / (1 + lag1), at most count. Where a series drifts or remembers for
// longer, its values are worth less than that. (Bayley and Hammersley, The "effective" number of independent
// observations, 1946.)
double effective_count(double count, double lag1);

}  // namespace eb
