// What the daemon answers, byte for byte, and what it measures.
#include "harness/meters/power_daemon.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "harness/meters/instrument_spec.h"
#include "tests/harness/meters/bench.h"

namespace eb {
namespace {

using test::FakeClock;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kStartMs = 1'795'399'384'000;  // 2026-11-23 02:03:04 UTC

// A daemon, its meter and its clock: time goes on to whatever is due.
struct Desk {
  FakeClock clock{};
  std::int64_t zero_ns = clock.now_ns();
  std::function<Result<double>(double s)> value;
  struct FunctionMeter final : Meter {
    Desk& desk;
    explicit FunctionMeter(Desk& the_desk) : desk(the_desk) {}
    Result<double> read() override { return desk.value(desk.now_s()); }
  } meter{*this};
  PowerDaemon daemon;

  Desk(std::function<Result<double>(double)> the_value, MeterInfo info,
       PowerDaemonOptions options = {.version = "0.1.0-00c0ffee", .system = "Linux 6.1"})
      : value(std::move(the_value)),
        daemon(
            meter, std::move(info), clock,
            [this] { return kStartMs + (clock.now_ns() - zero_ns) / 1'000'000; }, std::move(options)) {}
  double now_s() { return static_cast<double>(clock.now_ns() - zero_ns) * 1e-9; }
  void run_until(double s) {
    while (const auto due_ns = daemon.due_ns()) {
      if (*due_ns > zero_ns + test::ns(s)) break;
      clock.wait_until_ns(*due_ns, 0);
      daemon.tick();
    }
    clock.wait_until_ns(zero_ns + test::ns(s), 0);
  }
};

MeterInfo counter() {
  return {.id = "rapl:0",
          .domain = "package-0",
          .scope = "package",
          .evidence = EvidenceClass::p1,
          .quantity = Quantity::energy_j,
          .sampling = Sampling::accumulating,
          .update_ns = 1'000'000,
          .counter_range = 100,
          .highest = 1000};
}

// A session as MLPerf's director holds it: every byte of both sides.
TEST(PowerDaemon, AnswersADirectorByteForByte) {
  Desk desk([](double s) { return std::fmod(90 + 5 * s, 100); }, counter());
  const auto says = [&](const char* line) { return desk.daemon.answer(line); };
  EXPECT_EQ(says("Hello"), "Hello, PTDaemon here!\r\n");
  EXPECT_EQ(says("Identify"),
            "edgebench-rapl:0,1000,1,0,0,0,1,0,0,version=0.1.0-00c0ffee,OS=Linux "
            "6.1,mode=power,0,0,1,0,0,no_cal_date,na\r\n");
  EXPECT_EQ(says("RR"), "Ranges,-1,-1.0,-1,-1.0\r\n");
  EXPECT_EQ(says("SR,V,Auto"), "Range V changed\r\n");
  EXPECT_EQ(says("SR,A,Auto"), "Range A changed\r\n");
  EXPECT_EQ(says("Go,1000,0,s1_ranging"),
            "Starting untimed measurement, maximum 500000 samples at 1000ms with 0 rampup samples\r\n");
  EXPECT_EQ(says("Go,1000,0,again"), "Error: a measurement is running\r\n");
  desk.run_until(3.5);
  EXPECT_EQ(says("R*"), "Watts,5.000000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000\r\n");
  EXPECT_EQ(says("RL"),
            "Last 3 samples\r\n"
            "Time,11-23-2026 02:03:05.000,Watts,5.000000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000\r\n"
            "Time,11-23-2026 02:03:06.000,Watts,5.000000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000\r\n"
            "Time,11-23-2026 02:03:07.000,Watts,5.000000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000\r\n");
  EXPECT_EQ(says("RL"), "Last 0 samples\r\n");
  EXPECT_EQ(says("RL,*,*"), "Invalid number of parameters\r\n");
  EXPECT_EQ(says("DC-RL"), "Unknown command\r\n");
  EXPECT_EQ(says("Uncertainty"), "Uncertainty,-1.000000,-1.000000,-1.000000,3,0,0,3\r\n");
  EXPECT_EQ(says("Watts"), "Watts,5.000000,5.000000,5.000000,3,0,3\r\n");
  EXPECT_EQ(says("Stop"), "Stopping untimed measurement\r\n");
  EXPECT_EQ(says("Stop"), "Error: no measurement to stop\r\n");
  EXPECT_EQ(says("Source"),
            "Source,rapl:0,class=P1,scope=package,quantity=energy,sampling=accumulating,rate_hz=1000,"
            "bandwidth_hz=unknown,calibration=unknown,ranges=fixed\r\n");
  EXPECT_EQ(says("UncertaintyModel"), "UncertaintyModel,gain=unknown,offset_w=unknown\r\n");
}

TEST(PowerDaemon, KeepsALogAsPtdaemonDoes) {
  Desk desk([](double s) { return 5 * s; }, counter());
  desk.daemon.answer("Go,500,1,s1_testing");
  desk.run_until(1.2);
  desk.daemon.answer("Stop");
  const auto log = desk.daemon.take_log();
  EXPECT_THAT(log, Contains("11-23-2026 02:03:04.000: Go with mark 's1_testing'"));
  EXPECT_THAT(log, Contains("11-23-2026 02:03:04.000: WARNING: nobody states the uncertainty of rapl:0"));
  EXPECT_THAT(log, Contains("11-23-2026 02:03:05.200: Completed test"));
  EXPECT_THAT(
      log, Contains("Time,11-23-2026 02:03:05.000,Watts,5.000000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000,"
                    "Mark,s1_testing"));
  EXPECT_THAT(log, ::testing::Not(Contains(HasSubstr("02:03:04.500,Watts"))))
      << "the ramp-up is not measured";
  EXPECT_TRUE(desk.daemon.take_log().empty());
}

// Counters to the last joule; a meter of power within what random moments miss.
TEST(PowerDaemon, MeansHoldTheTruth) {
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)})
    for (const bool is_counter : {true, false}) {
      MeterInfo info = is_counter ? counter() : test::power_meter();
      Desk desk(
          [&](double s) { return is_counter ? std::fmod(wave.energy_until_j(s), 100) : wave.power_w(s); },
          info);
      desk.daemon.answer("Go,1000,0,x");
      desk.run_until(60.5);
      const auto fields = split_text(desk.daemon.answer("Watts"), ',');
      ASSERT_EQ(fields.size(), 7u);
      EXPECT_EQ(fields[4], "60");
      const double truth_w = wave.energy_until_j(60) / 60;
      EXPECT_NEAR(*parse_number(fields[1]), truth_w, (is_counter ? 1e-4 : 0.02) * truth_w)
          << wave.name << is_counter;
    }
}

TEST(PowerDaemon, WhatTheMeterDoesNotSayIsNotMadeUp) {
  Desk desk(
      [](double s) -> Result<double> {
        if (s > 2.5 && s < 3.5) return Error{ErrorKind::io, "the cable is out"};
        return s > 5.5 ? std::nan("") : 5 * s;
      },
      counter());
  desk.daemon.answer("Go,1000,0,x");
  desk.run_until(6.5);
  const std::string text = desk.daemon.answer("RL,*");
  std::vector<std::string> watts;
  for (const std::string& line : split_text(text, '\n'))
    if (line.starts_with("Time,")) watts.push_back(split_text(line, ',')[3]);
  EXPECT_THAT(watts, ::testing::ElementsAre("5.000000", "5.000000", "-1.000000", "-1.000000", "5.000000",
                                            "-1.000000"));
  EXPECT_EQ(desk.daemon.answer("Watts"), "Watts,5.000000,5.000000,5.000000,6,3,3\r\n");
  EXPECT_THAT(desk.daemon.take_log(), Contains(HasSubstr("ERROR: no value: the cable is out")));
}

TEST(PowerDaemon, ASlowMeterHasHolesAndADeadOneIsNoHang) {
  Desk* here = nullptr;
  Desk desk(
      [&](double) -> Result<double> {
        here->clock.advance(2'500'000'000);
        return 5.0;
      },
      test::power_meter());
  here = &desk;
  desk.daemon.answer("Go,1000,0,x");
  desk.run_until(10);
  EXPECT_THAT(desk.daemon.answer("Watts"), ::testing::StartsWith("Watts,5.000000,5.000000,5.000000,1"));
  EXPECT_THAT(desk.daemon.answer("RL"), HasSubstr("Watts,-1.000000"));
  desk.value = [&](double) -> Result<double> {
    desk.clock.advance(2 * 86'400 * kSecondNs);
    return 5.0;
  };
  desk.run_until(12);
  EXPECT_EQ(desk.daemon.answer("Stop"), "Error: no measurement to stop\r\n") << "two days of nothing end it";
}

TEST(PowerDaemon, BadParametersAreAnsweredAndChangeNothing) {
  Desk desk([](double s) { return 5 * s; }, counter());
  struct Case {
    const char* line;
    const char* answer;
  };
  const Case cases[] = {{"", "Unknown command"},
                        {"hello", "Unknown command"},
                        {"Go", "Invalid number of parameters"},
                        {"Go,1000", "Invalid number of parameters"},
                        {"Go,1000,0,a,b", "Invalid number of parameters"},
                        {"Go,ten,0", "Error in parameter"},
                        {"Go,-1,0", "Error in parameter"},
                        {"Go,1,0", "Error in parameter"},
                        {"Go,1e12,0", "Error in parameter"},
                        {"Go,1000,-1", "Error in parameter"},
                        {"SR,V", "Invalid number of parameters"},
                        {"SR,X,Auto", "Error in parameter"},
                        {"SR,V,wide", "Error in parameter"},
                        {"SR,V,300", "Error: the range of this meter is fixed"},
                        {"RL,0", "Error in parameter"},
                        {"RL,7", "Insufficient unread samples"},
                        {"Watts", "No data"},
                        {"R*", "No data"},
                        {"Mark", "Invalid number of parameters"},
                        {"Stop", "Error: no measurement to stop"}};
  for (const Case& one : cases)
    EXPECT_EQ(desk.daemon.answer(one.line), std::string(one.answer) + "\r\n") << one.line;
  EXPECT_FALSE(desk.daemon.due_ns());
  desk.daemon.answer("Go,1000,0," + std::string(5000, '\x1b'));
  for (const std::string& line : desk.daemon.take_log()) EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_TRUE(desk.daemon.due_ns());
}

TEST(PowerDaemon, RangesAreAcceptedOnlyWhenAskedFor) {
  Desk desk([](double s) { return 5 * s; }, counter(), {.version = "0.1.0-00c0ffee", .accepts_ranges = true});
  EXPECT_EQ(desk.daemon.answer("SR,V,300"), "Range V changed\r\n");
  EXPECT_THAT(desk.daemon.answer("Source"), HasSubstr("ranges=fixed-but-accepted"));
}

}  // namespace
}  // namespace eb
