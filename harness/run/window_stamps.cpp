#include "harness/run/window_stamps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

// What a hypervisor may take at once. In a short window that cannot be told from a lie, so nobody is accused
// and nobody ranked.
constexpr double kShortWindowS = 9.5, kStolenS = 0.5;

// A record that is not believed has no numbers of its window.
void reject(RunRecord& record, std::string reason) {
  record.status = RunStatus::rejected;
  record.reason = std::move(reason);
  record.queries.reset();
  record.samples.reset();
  record.window_s.reset();
  record.raw_files.clear();
}

}  // namespace

void WindowStamps::begin(const std::string& scenario, const Stamp& stamp) {
  if (!ends_.contains(scenario)) begins_[scenario] = stamp;
}

void WindowStamps::end(const std::string& scenario, const Stamp& stamp) {
  if (begins_.count(scenario) > 0) ends_.emplace(scenario, stamp);
}

std::map<std::string, SeenWindow> WindowStamps::windows() const {
  const auto ns = [](const Stamp& stamp) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(stamp.at.time_since_epoch()).count();
  };
  std::map<std::string, SeenWindow> seen;
  for (const auto& [scenario, end] : ends_) seen[scenario] = {ns(begins_.at(scenario)), ns(end)};
  return seen;
}

void WindowStamps::check(RunRecord& record) const {
  if (record.status != RunStatus::ok || !record.window_s) return;
  const auto end = ends_.find(record.scenario);
  if (end == ends_.end())
    return reject(record,
                  fmt::format("the process reports a window of {:.4g} s, but did not say when it began and "
                              "ended",
                              *record.window_s));
  const Stamp& begin = begins_.at(record.scenario);
  const double seen_s = std::chrono::duration<double>(end->second.at - begin.at).count();
  const double apart_s = std::abs(seen_s - *record.window_s);
  const double allowed_s = allowed_apart_s(seen_s);
  if (apart_s <= allowed_s) return;  // never for NaN
  const double held_up_s = (begin.held_up + end->second.held_up).count();
  if (apart_s <= allowed_s + held_up_s) {
    record.unranked_reasons.push_back(fmt::format(
        "the length of the window could not be checked: edgebench itself was held up for {:.3g} s",
        held_up_s));
    return;
  }
  if (seen_s < kShortWindowS && apart_s <= kStolenS + held_up_s) {
    record.unranked_reasons.push_back(
        fmt::format("the length of the window could not be checked: edgebench saw one of {:.3g} s, and in so "
                    "short a one the difference may be the scheduler's",
                    seen_s));
    return;
  }
  reject(record,
         fmt::format("the process reports a window of {:.4g} s, but it was {:.4g} s by edgebench's own clock",
                     *record.window_s, seen_s));
}

}  // namespace eb
