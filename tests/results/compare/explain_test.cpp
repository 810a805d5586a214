// The pairs are those that people reported of their boards; what each test says of a number is the thread's.
#include "results/compare/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/results/compare/runs.h"

namespace eb {
namespace {

using namespace test;
using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A board's context, with much that differs between any two machines and explains little.
Json board(const char* kernel, const char* governor, double busy_percent) {
  return {{"kernel", kernel},
          {"os", "Debian"},
          {"firmware", std::string("U-Boot ") + kernel},
          {"governor", governor},
          {"cpu_busy_percent", busy_percent},
          {"edgebench_commit", kernel},
          {"memory_mb", 8000},
          {"cpu_threads", 8}};
}

Json clock_domain(const char* domain, double mhz, const char* governor = "userspace") {
  return {{"domain", domain}, {"cur_mhz", mhz}, {"governor", governor}};
}

Explanation explained(const RunRecord& first, const Json& first_context, const RunRecord& other,
                      const Json& other_context) {
  return explain({first_context, first}, {other_context, other},
                 {*first.latency_mean_ms / *other.latency_mean_ms, std::nullopt});
}

class Boards : public ::testing::Test {
 protected:
  Json fast_ = board("5.10", "performance", 1), slow_ = board("6.1", "ondemand", 6);
  RunRecord first_ = npu_cell("vision/a", {12.7}), other_ = npu_cell("vision/a", {96.4});

  void took_ms(double first, double other) {
    set_latencies(first_, {first});
    set_latencies(other_, {other});
  }
  Cause top() const {
    const Explanation found = explained(first_, fast_, other_, slow_);
    EXPECT_THAT(found.causes, Not(IsEmpty()));
    // From the other side it is the same cause.
    const Explanation turned = explained(other_, slow_, first_, fast_);
    EXPECT_THAT(turned.causes, Not(IsEmpty()));
    if (found.causes.empty() || turned.causes.empty()) return {};
    EXPECT_EQ(turned.causes[0].up_to.has_value(), found.causes[0].up_to.has_value());
    EXPECT_NEAR(turned.causes[0].share, found.causes[0].share, 1e-9);
    return found.causes[0];
  }
};

TEST_F(Boards, NpuLeftAt200MHz) {  // rcore-os/tgoskits#1908: 12.7 against 96.4 ms
  fast_["clocks"] =
      Json::array({clock_domain("cpu0-3", 1800), clock_domain("npu", 800), clock_domain("ddr", 2112)});
  slow_["clocks"] =
      Json::array({clock_domain("cpu0-3", 1416), clock_domain("npu", 200), clock_domain("ddr", 2112)});
  EXPECT_EQ(top().sentence, "clock at the start of npu: 800 MHz against 200 MHz");
  EXPECT_NEAR(*top().up_to, 4, 1e-9);
  EXPECT_NEAR(top().share, std::log(4) / std::log(96.4 / 12.7), 1e-9) << "it is not all of it";
}

TEST_F(Boards, NpuThatMayOnlyReach200MHz) {
  fast_["clocks"] = {
      {{"domain", "npu"}, {"max_mhz", 1000}, {"cur_mhz", 200}, {"governor", "rknpu_ondemand"}}};
  slow_["clocks"] =
      Json::array({{{"domain", "npu"}, {"max_mhz", 200}, {"cur_mhz", 200}, {"governor", "rknpu_ondemand"}}});
  EXPECT_EQ(top().sentence, "highest clock allowed to npu: 1000 MHz against 200 MHz");
}

TEST_F(Boards, MemoryThatIsNotScaled) {  // airockchip/rknn-llm#532, #409
  took_ms(100, 300);
  fast_["clocks"] = Json::array({clock_domain("npu", 1000), clock_domain("ddr", 2112, "dmc_ondemand")});
  slow_["clocks"] = Json::array({clock_domain("npu", 1000), clock_domain("ddr", 528, "dmc_ondemand")});
  first_.driver = "rknpu 0.9.8";
  other_.driver = "rknpu 0.9.6";
  EXPECT_EQ(top().sentence, "clock at the start of ddr: 2112 MHz against 528 MHz");
}

TEST_F(Boards, HailoOnOneLane) {  // hailo-ai/hailo_model_zoo#118: 46 against 28 images a second
  took_ms(1000.0 / 46, 1000.0 / 28);
  fast_["links"] = Json::array({{{"device", "Hailo-8"}, {"kind", "pcie"}, {"gen", 3}, {"lanes", 4}}});
  slow_["links"] = Json::array({{{"device", "Hailo-8"}, {"kind", "pcie"}, {"gen", 3}, {"lanes", 1}}});
  first_.runtime = "HailoRT 4.17";
  other_.runtime = "HailoRT 4.17";
  EXPECT_EQ(top().sentence, "PCIe link of Hailo-8: gen 3 x4 against gen 3 x1");
  EXPECT_NEAR(*top().up_to, 4, 1e-9);
  EXPECT_EQ(top().share, 1);
}

TEST_F(Boards, CoralOnUsb2) {  // google-coral/edgetpu#151: 2.4 against 9.5 ms
  took_ms(2.4, 9.5);
  fast_["links"] = Json::array({{{"device", "Coral USB Accelerator"}, {"kind", "usb"}, {"mbps", 5000}}});
  slow_["links"] = Json::array({{{"device", "Coral USB Accelerator"}, {"kind", "usb"}, {"mbps", 480}}});
  first_.runtime = "libedgetpu 16";
  other_.runtime = "libedgetpu 14";
  EXPECT_EQ(top().sentence, "USB speed of Coral USB Accelerator: 5000 Mbit/s against 480 Mbit/s");
}

TEST_F(Boards, VerboseLog) {  // onnxruntime/onnxruntime-qnn#323: 80 against 580 ms
  took_ms(80, 580);
  fast_["ort_log_level"] = "error";
  slow_["ort_log_level"] = "verbose";
  first_.runtime = "ONNX Runtime 1.24.1";
  other_.runtime = "ONNX Runtime 1.24.0";
  EXPECT_EQ(top().sentence, "log level of ONNX Runtime: error against verbose");
  EXPECT_NEAR(top().share, 1, 1e-9);
  EXPECT_THAT(top().basis, HasSubstr("onnxruntime-qnn#323"));
}

TEST_F(Boards, VerboseLogOfAProvider) {
  took_ms(80, 580);
  first_.provider_options = "backend_path=libQnnHtp.so; qnn_log_level=error";
  other_.provider_options = "backend_path=libQnnHtp.so; qnn_log_level=verbose";
  EXPECT_EQ(top().sentence, "provider's option qnn_log_level: error against verbose");
}

TEST_F(Boards, PerformanceMode) {  // onnxruntime/onnxruntime-qnn#781
  took_ms(10, 25);
  first_.provider_options = "htp_performance_mode=burst; htp_arch=73";
  other_.provider_options = "htp_performance_mode=default; htp_arch=73";
  EXPECT_EQ(top().sentence, "provider's option htp_performance_mode: burst against default");
  EXPECT_FALSE(top().up_to) << "nobody has said how much";
}

TEST_F(Boards, PerformanceProfileOfTheSystem) {
  took_ms(10, 20);
  fast_["performance_profile"] = "MAXN";
  slow_["performance_profile"] = "10W";
  EXPECT_EQ(top().sentence, "performance profile: MAXN against 10W");
}

TEST_F(Boards, VersionOfTheCompiler) {  // onnxruntime/onnxruntime-qnn#858: 1.5 to 2.5
  took_ms(10, 22);
  fast_["libraries"] = {{{"path", "/opt/a/libQnnHtp.so.2.28"}, {"version", "2.28"}}};
  slow_["libraries"] = {{{"path", "/opt/b/libQnnHtp.so.2.31"}, {"version", "2.31"}}};
  EXPECT_EQ(top().sentence, "library libQnnHtp.so: 2.28 against 2.31");
  EXPECT_EQ(top().share, 1);
  fast_.erase("libraries");
  first_.runtime = "QNN 2.28";
  other_.runtime = "QNN 2.31";
  EXPECT_EQ(top().sentence, "runtime: QNN 2.28 against QNN 2.31");
}

TEST_F(Boards, TheClockOfTheWindowGoesBeforeThatOfTheStart) {
  fast_["clocks"] = Json::array({clock_domain("npu", 200)});
  slow_["clocks"] = Json::array({clock_domain("npu", 800)});
  first_.clock = other_.clock = "devfreq npu";
  first_.clock_mean_mhz = 990;
  other_.clock_mean_mhz = 250;
  EXPECT_EQ(top().sentence, "mean clock of devfreq npu: 990 MHz against 250 MHz");
}

TEST_F(Boards, WhatIsNotEnoughGoesBehindWhatIs) {
  fast_["clocks"] = Json::array({clock_domain("npu", 800)});
  slow_["clocks"] = Json::array({clock_domain("npu", 700)});
  fast_["ort_log_level"] = "error";
  slow_["ort_log_level"] = "verbose";
  EXPECT_THAT(top().sentence, HasSubstr("log level"));
}

class Processors : public Boards {
 protected:
  void SetUp() override {
    first_ = cell("vision/a", {10});
    other_ = cell("vision/a", {20});
    slow_ = fast_;
  }
  std::vector<Cause> causes() const { return explained(first_, fast_, other_, slow_).causes; }
};

TEST_F(Processors, EqualContextsExplainNothing) {
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(Processors, Threads) {
  first_.threads = 4;
  EXPECT_EQ(top().sentence, "threads: 4 against 2");
  EXPECT_NEAR(*top().up_to, 2, 1e-12);
  EXPECT_EQ(top().basis, "measured");
}

TEST_F(Processors, OtherWorkAndTheHypervisor) {
  slow_["cpu_busy_percent"] = 50.5;
  EXPECT_THAT(top().sentence, HasSubstr("busy with other work at the start: 1 % against 50.5 %"));
  EXPECT_NEAR(*top().up_to, 2, 1e-9);
  slow_["cpu_busy_percent"] = 1;
  fast_["steal_percent"] = 0;
  slow_["steal_percent"] = 60;
  EXPECT_THAT(top().sentence, HasSubstr("hypervisor"));
}

TEST_F(Processors, TheControlGroupsLimit) {
  slow_["cgroup_cpu_limit"] = 2;
  EXPECT_EQ(top().sentence, "processors that could be used: 8 against 2");
}

TEST_F(Processors, HeatBatteryBoostAndOthersThatSlowOneSideOnly) {
  const struct {
    const char* key;
    Json good, bad;
    const char* words;
  } rows[] = {{"power_source", "AC", "battery", "power source"},
              {"throttled_package_events", 0, 40, "heat"},
              {"throttled_board", Json(), {"undervoltage"}, "board reports"},
              {"cgroup_throttled_ms", 0, 900, "control group"},
              {"cpu_boost", true, false, "boost"},
              {"build_type", "Release", "Debug", "build of edgebench"},
              {"virtual_machine", "", "kvm", "virtual machine"}};
  for (const auto& row : rows) {
    Json good = fast_, bad = fast_;
    good[row.key] = row.good;
    bad[row.key] = row.bad;
    const auto found = explained(first_, good, other_, bad).causes;
    ASSERT_EQ(found.size(), 1u) << row.key;
    EXPECT_THAT(found[0].sentence, HasSubstr(row.words));
    EXPECT_FALSE(found[0].up_to);
    EXPECT_THAT(explained(first_, bad, other_, good).causes, IsEmpty()) << row.key << " on the faster side";
  }
}

TEST_F(Processors, TimeBelowTheHighestClock) {
  first_.clock_below_max_share = 0;
  other_.clock_below_max_share = 0.8;
  EXPECT_THAT(top().sentence, HasSubstr("0 % of the time against 80 % of the time"));
}

TEST_F(Processors, ASlowerClockOfTheFasterSideIsNoCause) {
  fast_["clocks"] = Json::array({clock_domain("cpu0-3", 1000)});
  slow_["clocks"] = Json::array({clock_domain("cpu0-3", 2000)});
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(Processors, AClockThatFollowsTheLoadSaysLittleAtTheStart) {
  fast_["clocks"] = Json::array({clock_domain("cpu0-3", 2000, "schedutil")});
  slow_["clocks"] = Json::array({clock_domain("cpu0-3", 400, "schedutil")});
  EXPECT_FALSE(top().up_to);
  EXPECT_THAT(top().sentence, HasSubstr("may have risen under load"));
}

TEST_F(Processors, WhatAcceleratorsHangOnDoesNotMatter) {
  fast_["links"] = Json::array({{{"device", "GPU"}, {"kind", "pcie"}, {"gen", 4}, {"lanes", 16}}});
  slow_["links"] = Json::array({{{"device", "GPU"}, {"kind", "pcie"}, {"gen", 1}, {"lanes", 1}}});
  fast_["clocks"] = Json::array({clock_domain("npu", 800)});
  slow_["clocks"] = Json::array({clock_domain("npu", 200)});
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(Processors, HostileContextsExplainNothingAndBreakNothing) {
  const double infinite = std::numeric_limits<double>::infinity();
  for (const Json& hostile :
       {Json(), Json(3), Json("text"), Json::array({1, 2}),
        Json{{"clocks", 3}, {"links", "x"}, {"libraries", {1}}},
        Json{{"clocks", {{{"domain", 3}, {"cur_mhz", "x"}}, 7}},
             {"links", {{{"kind", "pcie"}, {"gen", 99}, {"lanes", -4}}}}},
        Json{{"clocks", {{{"domain", "cpu0"}, {"cur_mhz", infinite}}}}, {"cpu_busy_percent", infinite}},
        Json{{"clocks", {{{"domain", "cpu0"}, {"cur_mhz", 0}}}},
             {"cpu_busy_percent", 100},
             {"steal_percent", -7}}}) {
    Json plain = {
        {"clocks", Json::array({clock_domain("cpu0", 1000)})}, {"cpu_busy_percent", 0}, {"steal_percent", 0}};
    EXPECT_THAT(explained(first_, hostile, other_, hostile).causes, IsEmpty()) << hostile;
    for (const Cause& cause : explained(first_, hostile, other_, plain).causes)
      EXPECT_TRUE(!cause.up_to || std::isfinite(*cause.up_to)) << cause.sentence;
  }
  for (const double ratio : {0.0, -1.0, 1.0, infinite})
    EXPECT_THAT(explain({fast_, first_}, {slow_, other_}, {ratio, std::nullopt}).causes, IsEmpty()) << ratio;
}

TEST_F(Processors, LongTextsAreCut) {
  first_.driver = std::string(5000, 'x');
  other_.driver = "y";
  EXPECT_LT(top().sentence.size(), 300u);
}

TEST(Explanations, AreOfTheCellThatDiffersMostOfEachDevice) {
  const std::vector<RunRecord> first = {npu_cell("vision/a", {10, 10, 10}),
                                        npu_cell("vision/b", {10, 10, 10}), cell("vision/a", {10, 10, 10})};
  const std::vector<RunRecord> other = {npu_cell("vision/a", {20, 20, 20}),
                                        npu_cell("vision/b", {40, 40, 40}), cell("vision/a", {10, 10, 10})};
  const auto found =
      compare_runs(named("A", first, {{"clocks", Json::array({clock_domain("npu", 800)})}}),
                   named("B", other, {{"clocks", Json::array({clock_domain("npu", 200)})}}), {});
  ASSERT_EQ(found.explanations.size(), 1u) << "the CPU does not differ";
  EXPECT_EQ(found.explanations[0].device, "npu:vendor:0");
  EXPECT_THAT(found.explanations[0].cell, HasSubstr("vision/b"));
  EXPECT_NEAR(found.explanations[0].ratio.value, 0.25, 1e-9);
}

TEST(Explanations, AreNotMadeForNoise) {
  const auto explanations = [](double ms, int launches) {
    const std::vector<double> first(static_cast<std::size_t>(launches), 10.0), other(first.size(), ms);
    return compare_runs(named("A", {cell("vision/a", first)}, {{"kernel", "1"}}),
                        named("B", {cell("vision/a", other)}, {{"kernel", "2"}}), {})
        .explanations;
  };
  EXPECT_THAT(explanations(10, 3), IsEmpty());
  EXPECT_EQ(explanations(10.5, 3).size(), 1u) << "sure";
  EXPECT_THAT(explanations(10.5, 1), IsEmpty()) << "not sure, and small";
  EXPECT_EQ(explanations(20, 1).size(), 1u) << "not sure, but large";
}

}  // namespace
}  // namespace eb
