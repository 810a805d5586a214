#include "harness/stats/dependence.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace eb {
namespace {

constexpr std::size_t kFewestValues = 20;  // fewer: far from a normal distribution

// Ranks less their mean; equal values share the mean of their ranks.
std::vector<double> centred_ranks(std::span<const std::int64_t> values) {
  const std::size_t n = values.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(n);
  const double middle = static_cast<double>(n - 1) / 2;
  for (std::size_t first = 0, end = 0; first < n; first = end) {
    while (end < n && values[order[end]] == values[order[first]]) ++end;
    const double shared = static_cast<double>(first + end - 1) / 2 - middle;
    for (std::size_t i = first; i < end; ++i) ranks[order[i]] = shared;
  }
  return ranks;
}

}  // namespace

double SerialCorrelation::threshold() const {
  constexpr double kNormal995 = 2.5758293035489004;  // the normal distribution's quantile at 99.5 %
  return expected + kNormal995 * std::sqrt(variance);
}

std::optional<SerialCorrelation> serial_correlation(std::span<const std::int64_t> values) {
  if (values.size() < kFewestValues) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  const std::vector<double> ranks = centred_ranks(values);
  double products = 0, squares = 0, fourths = 0, before = 0;
  for (const double d : ranks) {
    products += before * d;
    squares += d * d;
    fourths += d * d * d * d;
    before = d;
  }
  if (!(squares > 0)) return std::nullopt;
  const double k = fourths / (squares * squares);
  return SerialCorrelation{products / squares, -1 / n,
                           (1 - k) / n + (1 - 2 * k) / (n * (n - 1)) - 1 / (n * n)};
}

SerialCorrelation pooled(std::span<const Series> series) {
  double total = 0;
  for (const Series& one : series) total += one.count;
  SerialCorrelation all;
  for (const Series& one : series) {
    const double weight = one.count / total;
    all.lag1 += weight * one.correlation.lag1;
    all.expected += weight * one.correlation.expected;
    all.variance += weight * weight * one.correlation.variance;
  }
  return all;
}

double effective_count(double count, double lag1) {
  const double memory = std::clamp(lag1, 0.0, 1.0);
  return std::max(1.0, count * (1 - memory) / (1 + memory));
}

}  // namespace eb
