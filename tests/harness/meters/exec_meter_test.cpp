#include "harness/meters/exec_meter.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <deque>

#include "tests/harness/meters/bench.h"

namespace eb {
namespace {

using test::Bench;
using test::problem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kHeader =
    "edgebench-meter/1 quantity=power unit=mW sampling=averaging rate_hz=1000 name=JS220";

// A program on a fake clock: what it has said until now.
struct Program {
  std::deque<std::string> lines{};
  std::function<void(Program&)> go_on{};  // called when all is read: may say more
  bool is_over = false;
  int exit_code = 0;
  std::string error{};
  ProcessOptions started{};
};

class FakeProcess final : public Process {
 public:
  FakeProcess(test::FakeClock& clock, Program& program) : clock_(clock), program_(program) {}
  Event next_line(std::string& line, std::chrono::milliseconds limit) override {
    if (program_.lines.empty() && program_.go_on) program_.go_on(program_);
    if (program_.lines.empty() && program_.is_over) return Event::ended;
    if (program_.lines.empty()) {
      clock_.advance(limit.count() * 1'000'000);
      return Event::timeout;
    }
    line = program_.lines.front();
    program_.lines.pop_front();
    return Event::line;
  }
  const std::string& error_tail() const override { return program_.error; }
  Memory memory() const override { return {}; }
  std::vector<std::filesystem::path> libraries() const override { return {}; }
  void kill() override {}
  void pause() override {}
  void resume() override {}
  ProcessExit wait(std::chrono::milliseconds) override { return {.code = program_.exit_code}; }

 private:
  test::FakeClock& clock_;
  Program& program_;
};

InstrumentWorld world_of(Bench& bench, Program& program) {
  InstrumentWorld world = bench.world();
  world.start = [&](const ProcessOptions& options) -> Result<std::unique_ptr<Process>> {
    program.started = options;
    return std::unique_ptr<Process>(std::make_unique<FakeProcess>(bench.clock, program));
  };
  return world;
}

TEST(ExecHeader, SaysWhatTheSamplesAre) {
  const auto header = parse_exec_header(
      std::string(kHeader) + " evidence=P4 scope=module gain=0.002 offset_w=0.01 highest_w=20 latency_ms=50");
  ASSERT_EQ(problem(header), "");
  EXPECT_EQ(header->info.id, "exec:JS220");
  EXPECT_EQ(header->info.evidence, EvidenceClass::p4);
  EXPECT_EQ(header->info.scope, "module");
  EXPECT_EQ(header->info.gain_limit, 0.002);
  EXPECT_EQ(header->info.offset_limit_w, 0.01);
  EXPECT_EQ(header->info.highest, 20);
  EXPECT_EQ(header->info.update_ns, 50'000'000);
  EXPECT_EQ(header->period_ns, 1'000'000);
  EXPECT_EQ(header->scale, 1e-3);
}

TEST(ExecHeader, WhatIsWrongIsNamed) {
  struct Case {
    const char* line;
    const char* says;
  };
  const Case cases[] = {
      {"", "it is ''"},
      {"time,power", "it is 'time,power'"},
      {"edgebench-meter/1", "no quantity"},
      {"edgebench-meter/1 quantity=charge unit=W sampling=averaging rate_hz=1 name=x", "quantity=charge"},
      {"edgebench-meter/1 quantity=power unit=J sampling=averaging rate_hz=1 name=x", "unit=J"},
      {"edgebench-meter/1 quantity=power unit=W sampling=guessed rate_hz=1 name=x", "sampling=guessed"},
      {"edgebench-meter/1 quantity=power unit=W sampling=accumulating rate_hz=1 name=x", "accumulating"},
      {"edgebench-meter/1 quantity=energy unit=J sampling=averaging rate_hz=1 name=x", "accumulating"},
      {"edgebench-meter/1 quantity=power unit=W sampling=averaging name=x", "no rate_hz"},
      {"edgebench-meter/1 quantity=power unit=W sampling=averaging rate_hz=0 name=x", "rate_hz=0"},
      {"edgebench-meter/1 quantity=power unit=W sampling=averaging rate_hz=1", "no name"},
      {"edgebench-meter/1 quantity=power unit=W sampling=averaging rate_hz=1 name=x evidence=P9",
       "evidence=P9"},
      {"edgebench-meter/1 quantity=power quantity=power", "there twice"},
      {"edgebench-meter/1 power", "'power' is not KEY=VALUE"}};
  for (const Case& one : cases)
    EXPECT_THAT(problem(parse_exec_header(one.line)), HasSubstr(one.says)) << one.line;
}

TEST(Exec, StartsAProgramWithoutAShell) {
  Bench bench;
  Program program{.lines = {"# warming up", kHeader, "0.000 5000"}};
  const auto opened = open_instrument("exec:/opt/js --rate \"1 k\" ;ls", world_of(bench, program));
  ASSERT_EQ(problem(opened), "");
  EXPECT_EQ(program.started.program, "/opt/js");
  EXPECT_THAT(program.started.arguments, ElementsAre("--rate", "1 k", ";ls"));
  for (const std::string& variable : program.started.environment)
    EXPECT_EQ(variable.find("TOKEN"), std::string::npos) << variable;
  EXPECT_EQ(opened->info.quantity, Quantity::energy_j);
  EXPECT_EQ(opened->info.sampling, Sampling::accumulating);
}

// 1 kHz of means, read ten times a second.
TEST(Exec, EnergyIsWithinAThousandth) {
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)}) {
    Bench bench;
    Program program{.lines = {kHeader}};
    double said_s = 0;
    program.go_on = [&](Program& it) {
      for (; said_s + 0.001 <= bench.now_s(); said_s += 0.001)
        it.lines.push_back(
            fmt::format("{:.6f} {:.6f}", 100 + said_s + 0.001,
                        (wave.energy_until_j(said_s + 0.001) - wave.energy_until_j(said_s)) * 1e6));
    };
    auto opened = open_instrument("exec:js", world_of(bench, program));
    ASSERT_EQ(problem(opened), "");
    const MeterWindow window = test::window(1.5, 61.5);
    const auto energy = energy_in(bench.sample(*opened, 63, 0.1), window);
    ASSERT_EQ(problem(energy), "") << wave.name;
    const double truth_j = test::energy_j(wave, window);
    EXPECT_NEAR(energy->energy_j, truth_j, 1e-3 * truth_j) << wave.name;
    EXPECT_LE(std::abs(energy->energy_j - truth_j), *energy->half_width_j) << wave.name;
  }
}

TEST(Exec, AProgramThatEndsSaysWhy) {
  Bench bench;
  Program early{.is_over = true, .exit_code = 3, .error = "no device on USB\n"};
  EXPECT_THAT(problem(open_instrument("exec:js", world_of(bench, early))),
              AllOf(HasSubstr("exit code 3"), HasSubstr("no device on USB")));
  Program late{.lines = {kHeader, "0 5000"}};
  auto opened = open_instrument("exec:js", world_of(bench, late));
  ASSERT_EQ(problem(opened), "");
  late.is_over = true;
  late.error = "Traceback:\nusb.USBError: gone\n";
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("exit code 0: usb.USBError: gone"));
}

TEST(Exec, BadLinesAreErrorsAndBadSamplesAreHoles) {
  Bench bench;
  Program program{.lines = {kHeader, "0 5000"}};
  auto opened = open_instrument("exec:js", world_of(bench, program));
  ASSERT_EQ(problem(opened), "");
  program.lines = {"error the fuse is blown"};
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("the program says: the fuse is blown"));
  for (const char* bad : {"5000", "now 5000", "x"}) {
    program.lines = {bad};
    EXPECT_THAT(problem(opened->meter->read()), HasSubstr("instead of TIME VALUE")) << bad;
  }
  program.lines = {"0.001 nan", "0.002 1e12", "0.003 5000"};
  EXPECT_EQ(problem(opened->meter->read()), "") << "two lost samples are bridged";
  for (int i = 4; i < 100; ++i) program.lines.push_back(fmt::format("0.{:03} nan", i));
  program.lines.emplace_back("0.100 5000");
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("no samples from 0.003 to 0.1 s"));
}

TEST(Exec, SilenceIsAnErrorWithinSeconds) {
  Bench bench;
  Program mute{};
  EXPECT_THAT(problem(open_instrument("exec:js", world_of(bench, mute))),
              HasSubstr("no first line within 10 s"));
  EXPECT_LT(bench.now_s(), 11);
  Program empty{.lines = {kHeader}};
  EXPECT_THAT(problem(open_instrument("exec:js", world_of(bench, empty))), HasSubstr("no sample within 5 s"));
  EXPECT_LT(bench.now_s(), 17);
  Program dies{.lines = {kHeader, "0 5000"}};
  auto opened = open_instrument("exec:js", world_of(bench, dies));
  ASSERT_EQ(problem(opened), "");
  EXPECT_EQ(problem(opened->meter->read()), "");
  bench.clock.advance(3'000'000'000);
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("has said nothing for 3"));
}

TEST(Exec, SaysWhichProgramItMisses) {
  Bench bench;
  EXPECT_THAT(problem(open_instrument("exec:", bench.world())), HasSubstr("say which program"));
  EXPECT_THAT(problem(open_instrument("exec:nowhere-to-be-found", bench.world())),
              HasSubstr("nowhere-to-be-found"));
  EXPECT_THAT(problem(open_instrument("exec:a \"b", bench.world())), HasSubstr("quotation mark"));
}

// A real program, found in PATH, whose standard error is kept.
TEST(Exec, TalksToARealProcess) {
  const auto clock = make_steady_clock();
  const auto opened = open_instrument(
      "exec:sh -c \"echo edgebench-meter/1 quantity=energy unit=J sampling=accumulating "
      "rate_hz=1 name=x; echo 0 1.5; read never; sleep 600\"",
      real_world(*clock));
  // Its standard input is at its end, so it goes on to sleep, and ends with the meter.
  ASSERT_EQ(problem(opened), "");
  EXPECT_EQ(*opened->meter->read(), 1.5);
}

}  // namespace
}  // namespace eb
