#pragma once
// A bench for instruments: a fake clock, fake peers by address, and a sampler that reads as `run` does, at
// random moments.
#include <map>
#include <memory>
#include <string>

#include "harness/meters/energy.h"
#include "harness/meters/instruments.h"
#include "harness/meters/sampling.h"
#include "tests/harness/meters/waveform.h"
#include "tests/support/fake_stream.h"
#include "tests/support/tree.h"

namespace eb::test {

struct Bench {
  FakeClock clock{};
  std::map<std::string, std::shared_ptr<FakePeer>> peers{};  // by "host:port"
  std::int64_t zero_ns = clock.now_ns();

  FakePeer& peer(const std::string& address) {
    auto& one = peers[address];
    if (!one) one = std::make_shared<FakePeer>();
    return *one;
  }
  InstrumentWorld world() {
    return {
        .clock = &clock,
        .connect = [this](const std::string& host, std::uint16_t port) -> Result<std::unique_ptr<Stream>> {
          const auto found = peers.find(host + ":" + std::to_string(port));
          if (found == peers.end()) return Error{ErrorKind::unavailable, "cannot connect to " + host};
          return std::unique_ptr<Stream>(std::make_unique<FakeStream>(clock, found->second));
        },
        .start = [](const ProcessOptions& options) -> Result<std::unique_ptr<Process>> {
          return Error{ErrorKind::io, "cannot start " + options.program.string()};
        },
        .nvml_library = "libno-such-nvml.so"};
  }
  double now_s() { return static_cast<double>(clock.now_ns() - zero_ns) * 1e-9; }

  // Readings at one random moment in each period until `until_s`; their times since `zero_ns`.
  Trace sample(Instrument& instrument, double until_s, double period_s, std::uint64_t seed = 1) {
    Trace trace(instrument.info);
    JitteredTimes times(clock.now_ns(), ns(period_s), seed);
    while (now_s() < until_s) {
      clock.wait_until_ns(times.next_ns(), 0);
      const auto value = instrument.meter->read();
      trace.add(clock.now_ns() - zero_ns, value);
    }
    return trace;
  }
};

}  // namespace eb::test
