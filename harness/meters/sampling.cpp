#include "harness/meters/sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "harness/stats/interval.h"

namespace eb {
namespace {

constexpr std::size_t kFewestSamples = 20, kMostBatches = 30;
constexpr double kQuantile = 1 - (1 - kConfidence) / 2;

// Variance of one value, from how far each is from the middle of its neighbours: a steady trend is no
// variance.
double variance_of(std::span<const double> values) {
  double squares = 0;
  for (std::size_t i = 2; i < values.size(); ++i)
    squares += std::pow(values[i] - 2 * values[i - 1] + values[i - 2], 2);
  return squares / (6 * static_cast<double>(values.size() - 2));
}

std::vector<double> batch_means(std::span<const double> samples, std::size_t batches) {
  std::vector<double> means;
  for (std::size_t i = 0; i < batches; ++i) {
    const std::size_t from = samples.size() * i / batches, to = samples.size() * (i + 1) / batches;
    double sum = 0;
    for (const double sample : samples.subspan(from, to - from)) sum += sample;
    means.push_back(sum / static_cast<double>(to - from));
  }
  return means;
}

}  // namespace

std::int64_t period_ns_of(const MeterInfo& info) {
  constexpr std::int64_t kShortestNs = 2'000'000, kCounterNs = 10'000'000, kUnknownNs = 20'000'000;
  constexpr std::int64_t kLongestNs = 10'000'000'000;
  const std::int64_t update_ns = std::min(info.update_ns, kLongestNs);
  if (info.sampling == Sampling::accumulating) return std::max(update_ns, kCounterNs);
  if (update_ns <= 0) return kUnknownNs;
  const std::int64_t wanted_ns =
      info.sampling == Sampling::averaging ? update_ns / 3 : update_ns + update_ns / 4;
  return std::max(wanted_ns, kShortestNs);
}

std::int64_t JitteredTimes::next_ns() {
  const std::int64_t start = period_start_ns_;
  period_start_ns_ += period_ns_;
  return start + std::uniform_int_distribution<std::int64_t>(0, period_ns_ - 1)(random_);
}

std::optional<double> mean_half_width(std::span<const double> samples, double range) {
  if (samples.size() < kFewestSamples) return std::nullopt;
  const double n = static_cast<double>(samples.size());
  const std::size_t batches = std::min(samples.size(), kMostBatches);
  const double of_mean = std::max(variance_of(samples) / n,
                                  variance_of(batch_means(samples, batches)) / static_cast<double>(batches));
  // Second differences of independent values leave 18 of 35 degrees of freedom.
  const double sampled =
      student_t_quantile(kQuantile, static_cast<double>(batches - 2) * 18 / 35) * std::sqrt(of_mean);
  // An event that n samples missed has a share of less than this in time, at 99 %.
  const double missed = range * (1 - std::pow(0.01, 1 / n));
  return std::hypot(sampled, missed);
}

}  // namespace eb
