#include "reporters/distribution.h"

#include <algorithm>

namespace eb {

std::optional<Quantiles> Quantiles::from(std::span<const double> values) {
  constexpr std::size_t kCount = 101;
  constexpr double kLongest = 1e15;  // beyond any latency; keeps the arithmetic below finite
  const auto is_latency = [](double value) { return value >= 0 && value <= kLongest; };
  if (values.size() != kCount || !std::all_of(values.begin(), values.end(), is_latency)) return std::nullopt;
  if (!std::is_sorted(values.begin(), values.end())) return std::nullopt;
  return Quantiles(values);
}

double Quantiles::at(double percent) const {
  const double place = std::clamp(percent, 0.0, 100.0);
  const auto index = std::min(static_cast<std::size_t>(place), values_.size() - 2);
  const double fraction = place - static_cast<double>(index);
  return values_[index] + fraction * (values_[index + 1] - values_[index]);
}

double Quantiles::share_below(double value) const {
  if (value <= least()) return 0;
  if (value >= most()) return 1;
  const auto above = std::upper_bound(values_.begin(), values_.end(), value);
  const double left = *(above - 1), right = *above;
  const auto index = static_cast<double>(above - values_.begin() - 1);
  return (index + (value - left) / (right - left)) / 100;
}

Histogram make_histogram(const Quantiles& quantiles, std::size_t bins) {
  Histogram histogram;
  histogram.low = quantiles.least();
  const double whole = quantiles.most() - histogram.low;
  const double most = quantiles.at(99) - histogram.low, body = quantiles.at(90) - histogram.low;
  double span = std::min({whole, most * 1.1, std::max(body * 6, most * 0.1)});
  if (span <= quantiles.most() * 1e-9) {  // all the same, or all but the last percent
    span = std::max(quantiles.most() * 0.02, 1e-9);
    histogram.low = std::max(0.0, histogram.low - span / 2);
  }
  histogram.bin_width = span / static_cast<double>(bins);
  double below = 0;
  for (std::size_t i = 1; i <= bins; ++i) {
    const double edge = histogram.low + histogram.bin_width * static_cast<double>(i);
    const double share = quantiles.share_below(edge);
    histogram.shares.push_back(share - below);
    below = share;
  }
  histogram.share_above = 1 - below;
  return histogram;
}

}  // namespace eb
