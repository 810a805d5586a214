#include "harness/run/rate_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/stats/percentile.h"

namespace eb {
namespace {

constexpr int kShortWindows =
    8;  // as many as a guess that is 15 % off needs, and what they share the time by
constexpr int kMostShortWindows = 24;
constexpr int kMostFinals = 4;
constexpr double kFirstStep = 1.1, kLargestStep = 10;  // from one end of the bracket to look for the other
constexpr double kPrecision = 1.02;                    // of the bracket's ends
constexpr double kStepGrowth = 1.5;                    // of the steps down
constexpr double kLongestOverrun = 1.1;                // of a window by those who still wait at its end
constexpr double kTellingQueries = 100;                // fewer have no percentile to speak of

// How many of n queries may be over the target.
std::uint64_t most_over(std::size_t n, double p) {
  if (n == 0) return 0;
  return n - 1 - bound_index(n, p).value_or(percentile_index(n, p));
}

// Whether as many were served as came. A target that is long against the window is held by a queue that only
// grows, too: then the last are done long after the last came.
bool keeps_up(const RateTry& tried, const Window& window) {
  const auto fewest = static_cast<double>(tried.rule.min_queries);
  const double latest =
      fewest + 3 * std::sqrt(fewest);  // so many come in the mean, while those few come late
  const double arrivals_s =
      std::max(static_cast<double>(tried.rule.min_duration_ns) * 1e-9, latest / tried.rate_qps);
  return static_cast<double>(window.duration_ns) * 1e-9 <= kLongestOverrun * arrivals_s;
}

class Search {
 public:
  Search(const RateGoal& goal, const WindowRule& rule, const TryRate& try_rate,
         const std::function<WindowRule()>& last_rule)
      : goal_(goal), rule_(rule), try_rate_(try_rate), last_rule_(last_rule) {}

  Result<FoundRate> run(double guess_qps) {
    low_qps_ = clamped(guess_qps);
    if (expected(low_qps_, short_rule()) < kTellingQueries) return confirm();
    low_qps_ = 0;
    EB_OK(bracket(guess_qps));
    while (tries_ < kMostShortWindows && high_qps_ > low_qps_ * kPrecision)
      EB_OK(try_short(std::sqrt(low_qps_ * high_qps_)));
    return confirm();
  }

 private:
  // From the guess outwards, in growing steps, until one rate held the goal and one did not.
  Status bracket(double guess_qps) {
    double step = kFirstStep;
    for (double rate_qps = clamped(guess_qps); low_qps_ == 0 || high_qps_ == 0; step = step * step) {
      if (tries_ == kMostShortWindows) return nothing_found();
      EB_OK(try_short(rate_qps));
      if (low_qps_ == 0 && rate_qps <= lowest_qps()) return nothing_found();
      if (high_qps_ == 0 && rate_qps >= kHighestRateQps) high_qps_ = low_qps_;
      const double factor = std::min(step, kLargestStep);
      rate_qps = clamped(low_qps_ == 0 ? rate_qps / factor : rate_qps * factor);
    }
    return Done{};
  }

  WindowRule short_rule() const {
    const std::int64_t duration_ns = rule_.min_duration_ns / kShortWindows;
    return {.min_queries = 1, .min_duration_ns = duration_ns, .max_duration_ns = 2 * duration_ns};
  }

  Status try_short(double rate_qps) {
    ++tries_;
    RateTry next{rate_qps, short_rule()};
    next.patience = {goal_.target_ns, allowed(rate_qps, expected(rate_qps, next.rule))};
    EB_GET(const Window window, try_rate_(next));
    const auto n = static_cast<std::size_t>(window.latencies.count());
    if (n == 0) return Done{};
    const std::uint64_t over = std::min<std::uint64_t>(allowed(rate_qps, static_cast<double>(n)), n - 1);
    const std::size_t index = n - 1 - static_cast<std::size_t>(over);
    last_ns_ = window.latencies.at_indices_ns(std::span(&index, 1))[0];
    last_qps_ = rate_qps;
    const bool is_good = last_ns_ <= static_cast<double>(goal_.target_ns) && keeps_up(next, window);
    (is_good ? low_qps_ : high_qps_) = rate_qps;
    return Done{};
  }

  // Of n queries of a short window: the share that the last window may have.
  std::uint64_t allowed(double rate_qps, double n) const {
    const double whole = std::max(expected(rate_qps, rule_), 1.0);
    const auto over = static_cast<double>(most_over(static_cast<std::size_t>(whole), goal_.percentile));
    return static_cast<std::uint64_t>(n * over / whole);
  }

  static double expected(double rate_qps, const WindowRule& rule) {
    return std::max(rate_qps * static_cast<double>(rule.min_duration_ns) * 1e-9,
                    static_cast<double>(rule.min_queries));
  }

  // By as much as the short windows may have been wrong: of n queries, one in a hundred is over the target,
  // so that the share of those is known to 10 / sqrt(n), and a tenth of that is about what the rate is off.
  double next_lower() const {
    return 1 + std::max(kPrecision - 1, 1 / std::sqrt(expected(low_qps_, short_rule())));
  }

  Result<FoundRate> confirm() {
    FoundRate found{.rate_qps = low_qps_};
    double step = next_lower();
    for (int i = 0; i < kMostFinals; ++i, step = std::pow(step, kStepGrowth)) {
      // No patience before it cannot hold the goal however many queries come.
      const WindowRule rule = last_rule_ ? last_rule_() : rule_;
      const double n = 1.25 * expected(found.rate_qps, rule) + 100;
      const RateTry last{found.rate_qps,
                         rule,
                         {goal_.target_ns, most_over(static_cast<std::size_t>(n), goal_.percentile)},
                         true};
      EB_GET(found.window, try_rate_(last));
      if (is_held(goal_, found.window.latencies) && keeps_up(last, found.window)) {
        if (high_qps_ > low_qps_) found.failed_qps = high_qps_;
        return found;
      }
      high_qps_ = found.rate_qps;
      found.rate_qps = low_qps_ = clamped(found.rate_qps / step);
    }
    return Error{
        ErrorKind::device,
        fmt::format("no rate was confirmed: p{:g} <= {:g} ms did not hold in {} windows of full length, "
                    "the last at {:.4g} queries/s; allow more with --latency-target, unless the "
                    "machine is busy",
                    100 * goal_.percentile, target_ms(), kMostFinals, high_qps_)};
  }

  Error nothing_found() const {
    return {ErrorKind::device,
            fmt::format("no rate of queries holds p{:g} <= {:g} ms: at {:.3g} queries/s it is {:.4g} ms; "
                        "allow more with --latency-target, or longer windows with --tier",
                        100 * goal_.percentile, target_ms(), last_qps_, last_ns_ * 1e-6)};
  }

  // At which a short window has ten queries or so.
  double lowest_qps() const {
    constexpr double kTen = 1e10;
    return std::max(kLowestRateQps, kTen * kShortWindows / static_cast<double>(rule_.min_duration_ns));
  }
  static double clamped(double rate_qps) { return std::clamp(rate_qps, kLowestRateQps, kHighestRateQps); }
  double target_ms() const { return static_cast<double>(goal_.target_ns) * 1e-6; }

  const RateGoal& goal_;
  const WindowRule& rule_;
  const TryRate& try_rate_;
  const std::function<WindowRule()>& last_rule_;
  int tries_ = 0;
  double low_qps_ = 0, high_qps_ = 0;  // 0: not known
  double last_qps_ = 0, last_ns_ = 0;
};

}  // namespace

bool is_held(const RateGoal& goal, const LatencyLog& latencies) {
  const auto n = static_cast<std::size_t>(latencies.count());
  if (n == 0) return false;
  const std::size_t index = bound_index(n, goal.percentile).value_or(percentile_index(n, goal.percentile));
  return latencies.at_indices_ns(std::span(&index, 1))[0] <= static_cast<double>(goal.target_ns);
}

Result<FoundRate> find_highest_rate(const RateGoal& goal, double guess_qps, const WindowRule& rule,
                                    const TryRate& try_rate, const std::function<WindowRule()>& last_rule) {
  return Search(goal, rule, try_rate, last_rule).run(guess_qps);
}

}  // namespace eb
