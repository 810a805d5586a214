#include "harness/stats/percentile.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace eb {
namespace {

// P(X <= k) for X ~ Binomial(n, q), summed in the log domain from the largest term down, so that neither
// 0.999^100000 underflows nor small terms are lost.
double binomial_cdf(std::uint64_t k, std::uint64_t n, double q) {
  if (k >= n) return 1.0;
  const double nd = static_cast<double>(n);
  const double log_odds = std::log(q) - std::log1p(-q);
  const auto log_term = [&](double i) {
    return std::lgamma(nd + 1) - std::lgamma(i + 1) - std::lgamma(nd - i + 1) + nd * std::log1p(-q) +
           i * log_odds;
  };
  const std::uint64_t mode = std::min(k, static_cast<std::uint64_t>((nd + 1) * q));
  const double peak = log_term(static_cast<double>(mode));
  const double ratio = q / (1 - q);
  double sum = 1.0;
  double term = 1.0;
  for (std::uint64_t i = mode; i > 0 && term > 1e-18 * sum; --i) {
    term *= static_cast<double>(i) / (nd - static_cast<double>(i) + 1) / ratio;
    sum += term;
  }
  term = 1.0;
  for (std::uint64_t i = mode; i < k && term > 1e-18 * sum; ++i) {
    term *= (nd - static_cast<double>(i)) / (static_cast<double>(i) + 1) * ratio;
    sum += term;
  }
  return std::min(1.0, std::exp(peak) * sum);
}

// Whether n latencies with `over` of them above a value show that the p-quantile is below it.
// I_p(n - over, over + 1) = P(Binomial(n, 1 - p) <= over).
bool is_enough(std::uint64_t n, std::uint64_t over, double p, double confidence) {
  return n > over && binomial_cdf(over, n, 1 - p) <= 1 - confidence;
}

}  // namespace

double median_ns(std::span<const std::int64_t> latencies_ns) {
  std::vector<std::int64_t> sorted(latencies_ns.begin(), latencies_ns.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return static_cast<double>(*middle);
}

std::size_t percentile_index(std::size_t n, double p) {
  // The product of a decimal like 0.9 with n may fall a rounding error below a whole number.
  const auto index = static_cast<std::size_t>(std::floor(static_cast<double>(n) * p + 1e-9));
  return std::min(index, n - 1);
}

std::uint64_t required_under(std::uint64_t over, double p, double confidence) {
  std::uint64_t high = 1;
  while (!is_enough(high + over, over, p, confidence)) high *= 2;
  std::uint64_t low = high / 2;  // too few, or 0
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (is_enough(middle + over, over, p, confidence) ? high : low) = middle;
  }
  return high;
}

std::optional<std::size_t> bound_index(std::size_t n, double p, double confidence) {
  if (!is_enough(n, 1, p, confidence)) return std::nullopt;
  std::size_t low = 1;  // enough for this many over
  std::size_t high = n;
  while (high - low > 1) {
    const std::size_t middle = low + (high - low) / 2;
    (is_enough(n, middle, p, confidence) ? low : high) = middle;
  }
  return n - low;
}

}  // namespace eb
