#include "harness/stats/drift.h"

#include <algorithm>
#include <array>
#include <vector>

#include "harness/stats/percentile.h"

namespace eb {
namespace {

constexpr std::size_t kBlocks = 16, kFewestBlocks = 3, kFewestQueries = 4 * kBlocks;
constexpr double kLeastSlowdown = 1.10, kLeastBlockSlowdown = 1.05;

double upper_quartile(std::vector<double> values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 3 / 4);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

std::optional<Slowdown> find_slowdown(std::span<const std::int64_t> latencies_ns) {
  const std::size_t count = latencies_ns.size();
  if (count < kFewestQueries) return std::nullopt;
  const auto start_of = [&](std::size_t block) { return count * block / kBlocks; };
  std::array<double, kBlocks> medians{};
  for (std::size_t i = 0; i < kBlocks; ++i)
    medians[i] = median_ns(latencies_ns.subspan(start_of(i), start_of(i + 1) - start_of(i)));
  std::optional<Slowdown> largest;
  for (std::size_t split = kFewestBlocks; split <= kBlocks - kFewestBlocks; ++split) {
    const auto middle = medians.begin() + static_cast<std::ptrdiff_t>(split);
    const double fastest_rest = *std::min_element(middle, medians.end());
    if (*std::max_element(medians.begin(), middle) >= fastest_rest) continue;
    if (fastest_rest < kLeastBlockSlowdown * upper_quartile({medians.begin(), middle})) continue;
    const Slowdown now{median_ns(latencies_ns.first(start_of(split))),
                       median_ns(latencies_ns.subspan(start_of(split)))};
    if (now.last_p50_ns < kLeastSlowdown * now.first_p50_ns) continue;
    if (!largest || now.last_p50_ns / now.first_p50_ns > largest->last_p50_ns / largest->first_p50_ns)
      largest = now;
  }
  return largest;
}

bool is_steady_growth(std::span<const double> looks) {
  constexpr std::size_t kParts = 4;
  if (looks.size() <= kParts) return false;
  const double all = looks.back() - looks.front();
  if (!(all > 0)) return false;
  const auto look_at = [&](std::size_t part) { return looks[(looks.size() - 1) * part / kParts]; };
  for (std::size_t part = 0; part < kParts; ++part)
    if (look_at(part + 1) - look_at(part) < all / (2 * kParts)) return false;
  return true;
}

}  // namespace eb
