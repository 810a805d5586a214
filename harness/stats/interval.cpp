#include "harness/stats/interval.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace eb {
namespace {

// Continued fraction of the incomplete beta function by Lentz's method; converges fast for x below
// (a + 1) / (a + b + 2).
double beta_fraction(double x, double a, double b) {
  constexpr int kMostSteps = 10'000;
  constexpr double kTiny = 1e-300;  // instead of a denominator of 0
  const auto nonzero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1;
  double d = 1 / nonzero(1 - (a + b) * x / (a + 1));
  double fraction = d;
  for (int step = 1; step <= kMostSteps; ++step) {
    const double m = step;
    for (const double term : {m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                              -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))}) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      fraction *= c * d;
    }
    if (std::abs(c * d - 1) < std::numeric_limits<double>::epsilon()) break;
  }
  return fraction;
}

// I_x(a, b), with y = 1 - x given apart since it may be too small to be left of a subtraction.
double incomplete_beta(double x, double y, double a, double b) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log(y));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(x, a, b) / a;
  return 1 - front * beta_fraction(y, b, a) / b;
}

// P(T > t) for t >= 0.
double student_t_tail(double t, double degrees) {
  const double sum = degrees + t * t;
  return incomplete_beta(degrees / sum, t * t / sum, degrees / 2, 0.5) / 2;
}

double median_in_place(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

}  // namespace

double student_t_quantile(double p, double degrees_of_freedom) {
  if (p < 0.5) return -student_t_quantile(1 - p, degrees_of_freedom);
  const double tail = 1 - p;
  double high = 1;
  while (student_t_tail(high, degrees_of_freedom) > tail) high *= 2;
  double low = high == 1 ? 0 : high / 2;
  for (double middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2)
    (student_t_tail(middle, degrees_of_freedom) > tail ? low : high) = middle;
  return high;
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return 0;
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::optional<Interval> mean_interval(std::span<const double> values, double confidence) {
  if (values.size() < 2) return std::nullopt;
  const auto n = static_cast<double>(values.size());
  const double t = student_t_quantile(1 - (1 - confidence) / 2, n - 1);
  const double half = t * standard_deviation(values) / std::sqrt(n);
  const double mean = mean_of(values);
  return Interval{mean - half, mean + half};
}

double median_of(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  return median_in_place(copy);
}

double median_absolute_deviation(std::span<const double> values) {
  std::vector<double> copy(values.begin(), values.end());
  const double median = median_in_place(copy);
  for (double& value : copy) value = std::abs(value - median);
  return median_in_place(copy);
}

double robust_spread(std::span<const double> values) {
  constexpr double kNormalMad =
      0.67448975019608171;  // of the standard normal distribution: its upper quartile
  return median_absolute_deviation(values) / kNormalMad;
}

}  // namespace eb
