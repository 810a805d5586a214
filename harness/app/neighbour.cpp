#include "harness/app/neighbour.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace eb {
namespace {

constexpr std::int64_t kWindowNs = std::int64_t{24} * 3600 * 1'000'000'000;

Error why(const ChildOutcome& outcome) {
  std::string reason = outcome.reason;
  for (const RunRecord& record : outcome.records)
    if (reason.empty()) reason = record.reason;
  return {ErrorKind::unavailable, fmt::format("the workload beside it did not go on: {}",
                                              reason.empty() ? "its process ended" : reason)};
}

}  // namespace

Result<NeighbourName> neighbour_from_text(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size())
    return Error{ErrorKind::invalid,
                 fmt::format("'{}' must be WORKLOAD@BACKEND, as in speech/keyword-spotting@cpu", text)};
  const std::string_view place = text.substr(at + 1);
  const std::size_t colon = std::min(place.find(':'), place.size());
  NeighbourName name{std::string(text.substr(0, at)), std::string(place.substr(0, colon))};
  if (colon < place.size()) name.device = place.substr(colon + 1);
  return name;
}

Job neighbour_job(const Job& job, const NeighbourName& name, const std::string& precision) {
  Job other;
  other.workload = name.workload;
  other.backend = name.backend;
  other.device = name.device;
  other.precision = precision;
  other.threads = job.threads;
  other.models_folder = job.models_folder;
  other.zoo_folder = job.zoo_folder;
  other.ep = job.ep;
  other.scenarios = {
      {.name = "single-stream",
       .rule = {.min_queries = 1, .min_duration_ns = kWindowNs, .max_duration_ns = kWindowNs}}};
  return other;
}

Neighbour::Neighbour(Job job, const DoJob& do_job)
    : thread_([this, job = std::move(job), do_job] {
        outcome_ = do_job(
            job,
            [this](std::string_view phase) {
              if (phase.starts_with("measure")) state_ = State::running;
            },
            [this] { return is_stopped_.load(); });
        state_ = State::over;
      }) {}

Neighbour::~Neighbour() {
  is_stopped_ = true;
  thread_.join();
}

Status Neighbour::wait_until_running(const std::function<bool()>& is_given_up) {
  constexpr auto kLook = std::chrono::milliseconds(20);
  while (state_ == State::starting) {
    if (is_given_up()) return Error{ErrorKind::unavailable, "interrupted"};
    std::this_thread::sleep_for(kLook);
  }
  return ended();
}

Status Neighbour::ended() {
  if (state_ == State::over) return why(outcome_);
  return Done{};
}

}  // namespace eb
