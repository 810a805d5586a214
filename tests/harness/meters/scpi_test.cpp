// Supplies that answer as the makers' manuals say, and some that do not.
#include "harness/meters/scpi.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "harness/base/serial.h"
#include "tests/harness/meters/bench.h"
#include "tests/support/pty_posix.h"

namespace eb {
namespace {

using test::Bench;
using test::problem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr const char* kAddress = "bench:5025";
constexpr const char* kSpec = "scpi://bench?dialect=rs&channel=2";

// A supply of 5 V that feeds `watts`.
std::function<std::string(std::string_view)> supply(std::function<double()> watts) {
  return test::by_line([watts = std::move(watts)](std::string_view line) -> std::string {
    if (line == "*IDN?") return "Rohde&Schwarz,NGM202,3638.4472k03/100001,03.050";
    if (line == "SYST:ERR?") return "0,\"No error\"";
    if (line == "MEAS:VOLT?") return "5.000000E+00";
    if (line == "MEAS:CURR?") return fmt::format("{:.6E}", watts() / 5);
    return "";
  });
}

TEST(Scpi, MeasuresVoltsTimesAmperes) {
  Bench bench;
  bench.peer(kAddress).answer = supply([] { return 7.5; });
  auto opened = open_instrument(kSpec, bench.world());
  ASSERT_EQ(problem(opened), "");
  EXPECT_EQ(bench.peer(kAddress).received, "*IDN?\n*CLS\nINST:NSEL 2\nSYST:ERR?\nMEAS:VOLT?\nMEAS:CURR?\n");
  EXPECT_EQ(opened->info.id, "scpi:NGM202/2");
  EXPECT_EQ(opened->info.evidence, EvidenceClass::p3);
  EXPECT_EQ(opened->info.quantity, Quantity::power_w);
  EXPECT_FALSE(opened->info.gain_limit) << "nobody states it";
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 7.5);
  EXPECT_EQ(opened->meter->raw(), "5 V 1.5 A");
}

TEST(Scpi, EveryDialectAsksInItsOwnWords) {
  struct Case {
    const char* dialect;
    const char* port;
    const char* identity;
    const char* asks;
  };
  const Case cases[] = {
      {"generic", "5025", "ACME,X1,0,1", "MEAS:VOLT?\nMEAS:CURR?\n"},
      {"keysight", "5025", "Keysight Technologies,N6705C,MY1,E.02", "MEAS:VOLT? (@3)\nMEAS:CURR? (@3)\n"},
      {"agilent", "5025", "Agilent Technologies,N6705B,MY1,D.01", "MEAS:VOLT? (@3)\nMEAS:CURR? (@3)\n"},
      {"siglent", "5025", "Siglent Technologies,SPD3303X,S1,1.01", "MEAS:POWE? CH3\n"},
      {"rigol", "5555", "RIGOL TECHNOLOGIES,DP832,DP8,00.01", ":MEAS:POWE? CH3\n"}};
  for (const Case& one : cases) {
    Bench bench;
    auto& peer = bench.peer(std::string("h:") + one.port);
    peer.answer = test::by_line([&](std::string_view line) -> std::string {
      if (line == "*IDN?") return one.identity;
      if (line == "SYST:ERR?") return "+0,\"No error\"";
      return line.find("MEAS") == std::string::npos ? "" : "2.0";
    });
    auto opened = open_instrument(fmt::format("scpi://h?dialect={}&channel=3", one.dialect), bench.world());
    ASSERT_EQ(problem(opened), "") << one.dialect;
    EXPECT_TRUE(peer.received.ends_with(one.asks)) << one.dialect << ": " << peer.received;
    const bool is_power = std::string_view(one.asks).find("POWE") != std::string_view::npos;
    EXPECT_DOUBLE_EQ(*opened->meter->read(), is_power ? 2 : 4) << one.dialect;
  }
}

TEST(Scpi, AnotherInstrumentIsRefused) {
  Bench bench;
  bench.peer(kAddress).answer = supply([] { return 1; });
  EXPECT_THAT(problem(open_instrument("scpi://bench?dialect=keysight", bench.world())),
              AllOf(HasSubstr("NGM202"), HasSubstr("dialect")));
  bench.peer(kAddress).answer = test::by_line([](std::string_view) { return "220 mail.example ESMTP"; });
  EXPECT_THAT(problem(open_instrument(kSpec, bench.world())), HasSubstr("220 mail.example"));
}

TEST(Scpi, ASetUpThatIsRefusedIsSaid) {
  Bench bench;
  bench.peer(kAddress).answer = test::by_line([](std::string_view line) -> std::string {
    if (line == "*IDN?") return "Rohde&Schwarz,NGE103,1,2";
    return line == "SYST:ERR?" ? "-222,\"Data out of range\"" : "";
  });
  EXPECT_THAT(problem(open_instrument(kSpec, bench.world())), HasSubstr("-222"));
}

TEST(Scpi, ABadAnswerIsNoReading) {
  std::string answer = "1.0";
  Bench bench;
  bench.peer(kAddress).answer = test::by_line([&](std::string_view line) -> std::string {
    if (line == "*IDN?") return "Rohde&Schwarz,NGM202,1,2";
    if (line == "SYST:ERR?") return "0";
    return line.starts_with("MEAS") ? answer : "";
  });
  auto opened = open_instrument(kSpec, bench.world());
  ASSERT_EQ(problem(opened), "");
  for (const char* bad : {"nan", "9.91E37", "OVLD", "1.0 V"}) {
    answer = bad;
    EXPECT_THAT(problem(opened->meter->read()), AllOf(HasSubstr("MEAS:VOLT?"), HasSubstr(bad)));
  }
  answer = "1.5";
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 2.25) << "the next one is read again";
}

TEST(Scpi, OneThatFallsSilentOrGoesIsAnErrorWithinItsDeadline) {
  Bench bench;
  bench.peer(kAddress).answer = supply([] { return 5; });
  auto opened = open_instrument(kSpec, bench.world());
  ASSERT_EQ(problem(opened), "");
  bench.peer(kAddress).is_stuck = true;
  const std::int64_t start_ns = bench.clock.now_ns();
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("bench:5025 gave no answer within 3000 ms"));
  EXPECT_LE(bench.clock.now_ns() - start_ns, 3100 * kMillisecondNs);
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("3000 ms"));
  EXPECT_LE(bench.clock.now_ns() - start_ns, 3100 * kMillisecondNs) << "once is enough";
  bench.peer(kAddress).is_stuck = false;
  auto again = open_instrument(kSpec, bench.world());
  ASSERT_EQ(problem(again), "");
  bench.peer(kAddress).is_closed = true;
  EXPECT_THAT(problem(again->meter->read()), HasSubstr("bench:5025 broke the connection"));
}

TEST(Scpi, NobodyThereIsSaidWithTheSpec) {
  Bench bench;
  const auto opened = open_instrument(kSpec, bench.world());
  EXPECT_THAT(problem(opened), AllOf(HasSubstr(kSpec), HasSubstr("cannot connect")));
  EXPECT_THAT(problem(open_instrument("scpi:bench", bench.world())), HasSubstr("scpi://"));
}

// A supply that is asked 20 times a second, 4 ms after it looked: the interval holds the truth.
TEST(Scpi, TheIntervalOfASlowSupplyHoldsTheTruth) {
  int held = 0, runs = 0;
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)})
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      Bench bench;
      bench.peer(kAddress).answer = supply([&] { return wave.power_w(bench.now_s()); });
      bench.peer(kAddress).delay_ns = 4 * kMillisecondNs;
      auto opened = open_instrument(std::string(kSpec) + "&update-ms=1", bench.world());
      ASSERT_EQ(problem(opened), "");
      const Trace trace = bench.sample(*opened, 63, 0.05, seed);
      const MeterWindow window = test::window(1.5, 61.5);
      const auto energy = energy_in(trace, window);
      ASSERT_EQ(problem(energy), "") << wave.name;
      ASSERT_TRUE(energy->half_width_j) << wave.name;
      EXPECT_THAT(energy->warnings, Contains(HasSubstr("nobody states the accuracy")));
      ++runs;
      held +=
          std::abs(energy->energy_j - test::energy_j(wave, window)) <= *energy->half_width_j + 0.05 ? 1 : 0;
    }
  EXPECT_GE(held, 0.985 * runs);
}

// The bytes go through a real port; time is the bench's.
TEST(Scpi, ASerialPortIsAWireAsAnyOther) {
  for (const test::Waveform& wave :
       {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 29.97)}) {
    Bench bench;
    const test::Pty pty = test::Pty::open();
    InstrumentWorld world = bench.world();
    std::string opened_port;
    int opened_baud = 0;
    world.open_port = [&](const std::string& port, int baud) -> Result<std::unique_ptr<Stream>> {
      opened_port = port;
      opened_baud = baud;
      EB_GET(auto stream, open_serial(pty.port, baud));
      return std::unique_ptr<Stream>(std::make_unique<test::AnsweredStream>(
          std::move(stream), pty, supply([&] { return wave.power_w(bench.now_s()); })));
    };
    auto opened = open_instrument("scpi:/dev/ttyACM0?dialect=rs&baud=921600&update-ms=1", world);
    ASSERT_EQ(problem(opened), "");
    EXPECT_EQ(opened_port, "/dev/ttyACM0");
    EXPECT_EQ(opened_baud, 921600);
    const Trace trace = bench.sample(*opened, 5, 0.001);
    const MeterWindow window = test::window(1, 4);
    const auto energy = energy_in(trace, window);
    ASSERT_EQ(problem(energy), "") << wave.name;
    const double truth_j = test::energy_j(wave, window);
    ASSERT_TRUE(energy->half_width_j) << wave.name;
    EXPECT_NEAR(energy->energy_j, truth_j, *energy->half_width_j + 1e-3 * truth_j) << wave.name;
    EXPECT_LT(*energy->half_width_j, 0.05 * truth_j) << wave.name;
  }
}

TEST(Scpi, APortWithAWrongRateIsSaid) {
  Bench bench;
  EXPECT_THAT(problem(open_instrument("scpi:/dev/ttyACM0?baud=fast", bench.world())), HasSubstr("baud=fast"));
  EXPECT_THAT(problem(open_instrument("scpi:ttyACM0", bench.world())), HasSubstr("scpi://"));
}

}  // namespace
}  // namespace eb
