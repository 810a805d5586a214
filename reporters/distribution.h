#pragma once
// The shape of a latency distribution from its 101 quantiles. Pure functions.
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace eb {

// Quantiles at 0, 1 ... 100 %. Only made of 101 finite, rising values that are not negative.
class Quantiles {
 public:
  static std::optional<Quantiles> from(std::span<const double> values);
  double at(double percent) const;         // between two: on the line
  double share_below(double value) const;  // the inverse: 0 to 1
  double least() const { return values_.front(); }
  double most() const { return values_.back(); }
  std::span<const double> values() const { return values_; }

 private:
  explicit Quantiles(std::span<const double> values) : values_(values) {}
  std::span<const double> values_;  // borrowed from the record
};

struct Histogram {
  double low = 0, bin_width = 1;
  std::vector<double> shares{};  // of all queries, one a bin
  double share_above = 0;        // of the queries past the last bin
};

// Equal bins from the least value on. A long tail is cut off (and counted in share_above), so that the body
// shows.
Histogram make_histogram(const Quantiles& quantiles, std::size_t bins);

}  // namespace eb
