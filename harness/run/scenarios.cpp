#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "harness/core/scenario.h"

namespace eb {
namespace {

bool is_over(const WindowRule& rule, const Progress& p) {
  if (p.elapsed_ns >= rule.max_duration_ns) return true;
  return p.issued >= rule.min_queries && p.elapsed_ns >= rule.min_duration_ns;
}

// The next query starts when the last one is done: latency as one user feels it.
class SingleStream : public Scenario {
 public:
  SingleStream(const WindowRule& rule, const LoadOptions&) : rule_(rule) {}
  std::string_view name() const override { return "single-stream"; }
  bool is_block() const override { return false; }
  std::optional<Query> next(const Progress& progress) override {
    if (is_over(rule_, progress)) return std::nullopt;
    return Query{};
  }

 private:
  WindowRule rule_;
};

// Several cameras in step: a query is one sample of each, and is done when the last one is.
class MultiStream final : public SingleStream {
 public:
  using SingleStream::SingleStream;
  std::string_view name() const override { return "multi-stream"; }
  std::int64_t samples_per_query() const override { return kMultiStreamSamples; }
};

// All samples are there at once: throughput, with batches or overlapping runs. Here `issued` counts samples.
class Offline final : public SingleStream {
 public:
  using SingleStream::SingleStream;
  std::string_view name() const override { return "offline"; }
  bool is_block() const override { return true; }
};

// Queries that come when they come, until one is due at the end of the window or later. One that is due is
// never left out for others being late: that would hide the longest waits.
class Scheduled : public Scenario {
 public:
  explicit Scheduled(const WindowRule& rule) : rule_(rule) {}
  bool is_block() const final { return false; }
  bool is_scheduled() const final { return true; }
  std::optional<Query> next(const Progress& progress) final {
    if (progress.issued >= rule_.min_queries && last_due_ns_ >= rule_.min_duration_ns) return std::nullopt;
    const std::int64_t due_ns = std::max<std::int64_t>(1, std::llround(due_after(progress.issued)));
    constexpr std::int64_t kLongestOverrunNs = 1'000'000'000;
    const bool is_too_long =
        progress.elapsed_ns >= rule_.max_duration_ns || due_ns >= rule_.max_duration_ns + kLongestOverrunNs;
    if (progress.issued > 0 && is_too_long) return std::nullopt;
    last_due_ns_ = due_ns;
    return Query{due_ns};
  }

 private:
  // When the query after `issued` others is due, in ns; asked for once a query, in order.
  virtual double due_after(std::uint64_t issued) = 0;

  WindowRule rule_;
  std::int64_t last_due_ns_ = 0;
};

// A frame every 1/rate seconds. Never spins: energy at a service rate is what it is for.
class Paced final : public Scheduled {
 public:
  Paced(const WindowRule& rule, const LoadOptions& load)
      : Scheduled(rule), period_ns_(1e9 / load.rate_qps.value_or(kPacedRateQps)) {}
  std::string_view name() const override { return "paced"; }

 private:
  double due_after(std::uint64_t issued) override { return period_ns_ * static_cast<double>(issued); }

  double period_ns_;
};

// Poisson arrivals: many users who know nothing of each other. For one seed, those of another rate are the
// same ones stretched.
class Server final : public Scheduled {
 public:
  Server(const WindowRule& rule, const LoadOptions& load)
      : Scheduled(rule), mean_gap_ns_(1e9 / load.rate_qps.value_or(kPacedRateQps)), random_(load.seed) {}
  std::string_view name() const override { return "server"; }
  std::int64_t spin_ns() const override { return kLongestSpinNs; }

 private:
  // By inversion, as distributions of the standard library differ between libraries.
  double due_after(std::uint64_t) override {
    const double uniform = static_cast<double>(random_() >> 11) * 0x1p-53;  // below 1
    due_ns_ -= mean_gap_ns_ * std::log1p(-uniform);
    return due_ns_;
  }

  double mean_gap_ns_;
  double due_ns_ = 0;
  std::mt19937_64 random_;
};

template <class T>
std::unique_ptr<Scenario> make(const WindowRule& rule, const LoadOptions& load) {
  return std::make_unique<T>(rule, load);
}

struct Row {
  std::string_view name;
  std::unique_ptr<Scenario> (*make)(const WindowRule&, const LoadOptions&);
};
constexpr Row kScenarios[] = {{"single-stream", make<SingleStream>},
                              {"multi-stream", make<MultiStream>},
                              {"server", make<Server>},
                              {"offline", make<Offline>},
                              {"paced", make<Paced>}};

constexpr auto kNames = [] {
  std::array<std::string_view, std::size(kScenarios)> names{};
  std::transform(std::begin(kScenarios), std::end(kScenarios), names.begin(),
                 [](const Row& row) { return row.name; });
  return names;
}();

}  // namespace

std::span<const std::string_view> scenario_ids() {
  return kNames;
}

Result<std::unique_ptr<Scenario>> make_scenario(std::string_view name, const WindowRule& rule,
                                                const LoadOptions& load) {
  const auto row = std::find_if(std::begin(kScenarios), std::end(kScenarios),
                                [&](const Row& one) { return one.name == name; });
  if (row == std::end(kScenarios))
    return Error{ErrorKind::not_found,
                 fmt::format("there is no scenario '{}'; known: {}", name, fmt::join(kNames, ", "))};
  const double rate_qps = load.rate_qps.value_or(kPacedRateQps);
  if (!(rate_qps >= kLowestRateQps && rate_qps <= kHighestRateQps))  // nor is NaN
    return Error{ErrorKind::invalid, fmt::format("a rate of {} queries a second is not from {} to {}",
                                                 rate_qps, kLowestRateQps, kHighestRateQps)};
  return row->make(rule, load);
}

}  // namespace eb
