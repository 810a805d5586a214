#include "harness/app/load_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

namespace eb {
namespace {

constexpr double kLongestTargetMs = 3'600'000;

// Whether one of `scenarios` is among those that an option is for.
bool is_for(const std::vector<std::string>& scenarios, std::initializer_list<std::string_view> names) {
  return std::any_of(scenarios.begin(), scenarios.end(), [&](const std::string& scenario) {
    return std::find(names.begin(), names.end(), scenario) != names.end();
  });
}

}  // namespace

void declare_load(CLI::App& app, RawLoad& raw, std::string& beside) {
  app.add_option(
         "--rate", raw.rate_qps,
         "Queries a second of server and paced  [paced: 30; server: it looks for the highest rate that "
         "holds the latency target]")
      ->type_name("QPS");
  app.add_option("--latency-target", raw.latency_target_ms,
                 "What 99 of 100 queries of server must stay below, waiting in the queue included  [100, or "
                 "the length of a sample in real time if that is shorter]")
      ->type_name("MS");
  app.add_option("--streams", raw.streams,
                 "Workers of server and paced that take queries from one queue; no more than a session takes "
                 "at a time  [1]")
      ->type_name("N");
  app.add_option("--seed", raw.seed, "Other arrivals of server, equally random  [1]")->type_name("N");
  app.add_option(
         "--beside", beside,
         "Measure every cell alone, and again while another workload runs back to back in a process of "
         "its own, as in speech/keyword-spotting@cpu: `interference` is how many times as long a sample "
         "takes then")
      ->type_name("WORKLOAD@BACKEND");
}

Result<LoadOptions> parse_load(const RawLoad& raw, const std::vector<std::string>& scenarios) {
  const auto bad = [](std::string message) { return Error{ErrorKind::invalid, std::move(message)}; };
  if ((raw.rate_qps || raw.streams) && !is_for(scenarios, {"server", "paced"}))
    return bad(fmt::format("{} is for scenarios server and paced; add them to --scenarios",
                           raw.rate_qps ? "--rate" : "--streams"));
  if ((raw.latency_target_ms || raw.seed) && !is_for(scenarios, {"server"}))
    return bad(fmt::format("{} is for scenario server; add it to --scenarios",
                           raw.latency_target_ms ? "--latency-target" : "--seed"));
  const double rate_qps = raw.rate_qps.value_or(kPacedRateQps);
  if (!(rate_qps >= kLowestRateQps && rate_qps <= kHighestRateQps))  // nor is NaN
    return bad(fmt::format("--rate: {} is not a number of queries a second from {} to {}", rate_qps,
                           kLowestRateQps, kHighestRateQps));
  const double target_ms = raw.latency_target_ms.value_or(1);
  if (!(target_ms > 0 && target_ms <= kLongestTargetMs))
    return bad(
        fmt::format("--latency-target: {} is not a time from 0 to {} ms", target_ms, kLongestTargetMs));
  const int streams = raw.streams.value_or(1);
  if (streams < 1 || streams > kMostStreams)
    return bad(fmt::format("--streams: {} is not from 1 to {}", streams, kMostStreams));
  return LoadOptions{raw.rate_qps, raw.latency_target_ms, streams, raw.seed.value_or(1)};
}

}  // namespace eb
