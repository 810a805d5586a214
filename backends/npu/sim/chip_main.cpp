// The simulated chip: computes what it is asked, and answers when a chip of its model would.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "backends/npu/sim/chip_link.h"
#include "backends/npu/sim/chip_math.h"
#include "backends/npu/sim/chip_model.h"

namespace {

using eb::simnpu::Outcome;
using eb::simnpu::Reply;
using Clock = std::chrono::steady_clock;

// What a request takes beside its work, on any machine.
constexpr std::chrono::microseconds kHandOver{50};

// Timers are late by up to this; the rest is waited for actively.
constexpr std::chrono::microseconds kTimerError{200};

void wait_until(Clock::time_point due) {
  std::this_thread::sleep_until(due - kTimerError);
  while (Clock::now() < due) {
  }
}

Reply answer(eb::simnpu::HostLink& host, const eb::simnpu::ChipModel& model,
             const eb::simnpu::Request& request) {
  const auto start = Clock::now();
  const std::clock_t busy_start = std::clock();
  const auto program = eb::simnpu::program_at(host.block(), request.program);
  if (!program) return {Outcome::invalid, 0, 0};
  for (const eb::simnpu::Op& op : *program) compute(host.block(), op);
  // Processor time: what another process took away is no fault of the simulation.
  const auto computed =
      std::chrono::nanoseconds(std::int64_t{std::clock() - busy_start} * (1'000'000'000 / CLOCKS_PER_SEC));
  const auto modelled = std::chrono::duration_cast<std::chrono::nanoseconds>(
      eb::simnpu::time_of(model, *program) * static_cast<double>(request.slowdown));
  Reply reply{Outcome::done, static_cast<std::uint64_t>(modelled.count()),
              static_cast<std::uint64_t>(computed.count())};
  if (computed > modelled + kHandOver) {
    reply.outcome = Outcome::overrun;
  } else {
    wait_until(start + modelled);
  }
  return reply;
}

}  // namespace

int main(int argc, char** argv) {
  const auto host = eb::simnpu::HostLink::attach();
  if (!host) {
    fmt::print(stderr, "edgebench_simnpu_chip: {}\n", host.error().message);
    return 2;
  }
  eb::simnpu::ChipModel model;
  if (argc > 1) model.clock_hz = std::strtod(argv[1], nullptr);
  if (!(model.clock_hz > 0)) return 2;
  while (const auto request = (*host)->next_request()) (*host)->answer(answer(**host, model, *request));
  return 0;
}
