// The client: every byte that it sends, and what it makes of the answers; and both of ours against each
// other.
#include "harness/meters/ptd.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/meters/power_daemon.h"
#include "harness/meters/ptd_grammar.h"
#include "tests/harness/meters/bench.h"

namespace eb {
namespace {

using test::Bench;
using test::problem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kAddress = "lab:8888";

// PTDaemon with an analyser, as its logs show it: a sample each second since Go.
struct Daemon {
  Bench& bench;
  std::string identity =
      "YokogawaWT310E,1000,1,1,1,1,0,1,1,version=1.11.1-c7f5e1f0-20230620,OS=Windows "
      "10,mode=power,1,1,1,0,0,na,na";
  std::string read_command = "RL";
  double watts = 42.5;
  double started_s = -1;
  int given = 0;

  std::string answer(std::string_view line) {
    if (line == "Hello") return "Hello, PTDaemon here!";
    if (line == "Identify") return identity;
    if (line.starts_with("SR,V,")) return "Range V changed";
    if (line.starts_with("SR,A,")) return "Error: no such range";
    if (line.starts_with("Go,1000,0,") && started_s >= 0) return "Error: a measurement is running";
    if (line.starts_with("Go,1000,0,")) {
      started_s = bench.now_s();
      return "Starting untimed measurement, maximum 500000 samples at 1000ms with 0 rampup samples";
    }
    if (line == "Stop")
      return std::exchange(started_s, -1) < 0 ? "Error: no measurement to stop"
                                              : "Stopping untimed measurement";
    if (line != read_command) return "Unknown command";
    const int done = static_cast<int>(bench.now_s() - started_s);
    std::string text = fmt::format("Last {} samples", done - given);
    for (; given < done; ++given)
      text += fmt::format("\r\nTime,11-23-2026 02:03:05.000,Watts,{:.6f},Volts,230.0,Amps,0.2,PF,0.9", watts);
    return text;
  }
};

void serve(Bench& bench, Daemon& daemon) {
  bench.peer(kAddress).answer =
      test::by_line([&](std::string_view line) { return daemon.answer(line); }, "\r\n");
}

TEST(Ptd, HoldsASession) {
  Bench bench;
  Daemon daemon{bench};
  serve(bench, daemon);
  {
    auto opened = open_instrument("ptd://lab?range-v=300", bench.world());
    ASSERT_EQ(problem(opened), "");
    EXPECT_EQ(opened->info.id, "ptd:YokogawaWT310E");
    EXPECT_EQ(opened->info.evidence, EvidenceClass::p4);
    EXPECT_EQ(opened->info.sampling, Sampling::averaging);
    EXPECT_FALSE(opened->info.gain_limit);
    EXPECT_DOUBLE_EQ(*opened->meter->read(), 42.5);
    daemon.watts = 50;
    bench.clock.advance(3'000'000'000);
    EXPECT_DOUBLE_EQ(*opened->meter->read(), 50);
    daemon.watts = -1;
    bench.clock.advance(1'000'000'000);
    EXPECT_THAT(problem(opened->meter->read()), HasSubstr("gave no value"));
  }
  const std::string& sent = bench.peer(kAddress).received;
  EXPECT_TRUE(sent.starts_with("Hello\r\nIdentify\r\nSource\r\nSR,V,300\r\nGo,1000,0,edgebench\r\nRL\r\n"))
      << sent;
  EXPECT_TRUE(sent.ends_with("RL\r\nStop\r\n")) << sent;
}

TEST(Ptd, AMeasurementThatWasLeftRunningIsStopped) {
  Bench bench;
  Daemon daemon{bench};
  serve(bench, daemon);
  daemon.started_s = 0;  // of a client that was killed
  const auto opened = open_instrument("ptd://lab", bench.world());
  ASSERT_EQ(problem(opened), "");
  EXPECT_THAT(bench.peer(kAddress).received,
              HasSubstr("Go,1000,0,edgebench\r\nStop\r\nGo,1000,0,edgebench\r\nRL\r\n"));
}

TEST(Ptd, ADcMeterIsReadInItsWords) {
  Bench bench;
  Daemon daemon{bench};
  daemon.read_command = "DC-RL";
  serve(bench, daemon);
  auto opened = open_instrument("ptd://lab", bench.world());
  ASSERT_EQ(problem(opened), "");
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 42.5);
}

TEST(Ptd, WhatIsNoPowerMeterIsRefused) {
  Bench bench;
  Daemon daemon{bench};
  serve(bench, daemon);
  daemon.identity = "PCsensor,5000,1,0,0,0,0,0,1,version=1.9.1-a2d19f26-20190717,OS=x,mode=temperature,0,0,1";
  EXPECT_THAT(problem(open_instrument("ptd://lab", bench.world())), HasSubstr("no power meter"));
  bench.peer(kAddress).answer = test::by_line([](std::string_view) { return "220 ftp"; }, "\r\n");
  EXPECT_THAT(problem(open_instrument("ptd://lab", bench.world())),
              AllOf(HasSubstr("220 ftp"), HasSubstr("Hello")));
  EXPECT_THAT(problem(open_instrument("ptd:lab", bench.world())), HasSubstr("ptd://127.0.0.1"));
}

TEST(Ptd, ARefusedRangeIsSaid) {
  Bench bench;
  Daemon daemon{bench};
  serve(bench, daemon);
  EXPECT_THAT(problem(open_instrument("ptd://lab?range-a=5", bench.world())),
              AllOf(HasSubstr("SR,A,5"), HasSubstr("no such range")));
}

TEST(Ptd, ADaemonWithoutNewSamplesIsAnError) {
  Bench bench;
  Daemon daemon{bench};
  serve(bench, daemon);
  auto opened = open_instrument("ptd://lab", bench.world());
  ASSERT_EQ(problem(opened), "");
  daemon.given = 1'000'000;
  bench.peer(kAddress).answer = test::by_line([](std::string_view) { return "Last 0 samples"; }, "\r\n");
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 42.5) << "the last mean is still true";
  bench.clock.advance(10'000'000'000);
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("no new sample"));
  bench.peer(kAddress).answer = test::by_line([](std::string_view) { return "Last 400000 samples"; }, "\r\n");
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("gave no answer")) << "promised, and never sent";
}

// Our client in front of our daemon in front of a counter: class, scope and limits arrive, and so does the
// energy.
TEST(Ptd, SpeaksWithPowerd) {
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)}) {
    Bench bench;
    struct Counter final : Meter {
      Bench& bench;
      const test::Waveform& wave;
      Counter(Bench& the_bench, const test::Waveform& the_wave) : bench(the_bench), wave(the_wave) {}
      Result<double> read() override { return wave.energy_until_j(bench.now_s()); }
    } meter(bench, wave);
    MeterInfo info = test::energy_counter();
    info.evidence = EvidenceClass::p2;
    info.scope = "module";
    info.gain_limit = 0.01;
    PowerDaemon daemon(meter, info, bench.clock, [&] { return bench.clock.now_ns() / 1'000'000; }, {});
    bench.peer(kAddress).answer = test::by_line(
        [&](std::string_view line) {
          daemon.tick();
          std::string text = daemon.answer(line);
          return text.substr(0, text.size() - 2);
        },
        "\r\n");
    auto opened = open_instrument("ptd://lab?interval-ms=200", bench.world());
    ASSERT_EQ(problem(opened), "");
    EXPECT_EQ(opened->info.evidence, EvidenceClass::p2);
    EXPECT_EQ(opened->info.scope, "module");
    EXPECT_EQ(opened->info.gain_limit, 0.01);
    const MeterWindow window = test::window(3, 63);
    const auto energy = energy_in(bench.sample(*opened, 65, 0.05), window);
    ASSERT_EQ(problem(energy), "") << wave.name;
    ASSERT_TRUE(energy->half_width_j) << wave.name;
    const double truth_j = test::energy_j(wave, window);
    EXPECT_LE(std::abs(energy->energy_j - truth_j), *energy->half_width_j) << wave.name;
    EXPECT_NEAR(energy->energy_j, truth_j, 0.01 * truth_j) << wave.name;
  }
}

}  // namespace
}  // namespace eb
