#include "harness/run/throttling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "harness/core/run.h"
#include "tests/harness/run/recorded_state.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using test::Tree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kCpus = "sys/devices/system/cpu/";
const std::string kBoard = "sys/devices/platform/soc/soc:firmware/get_throttled";

// Two cores of two threads each.
void write_cpus(const Tree& tree, int first_core, int second_core, int package) {
  for (const int cpu : {0, 1, 2, 3}) {
    const std::string folder = kCpus + "cpu" + std::to_string(cpu) + "/";
    tree.write(folder + "topology/physical_package_id", "0\n");
    tree.write(folder + "topology/core_id", cpu % 2 == 0 ? "0\n" : "1\n");
    tree.write(folder + "thermal_throttle/core_throttle_count",
               std::to_string(cpu % 2 == 0 ? first_core : second_core) + "\n");
    tree.write(folder + "thermal_throttle/package_throttle_count", std::to_string(package) + "\n");
  }
}

// What happened while `run` changed the tree.
Json during(const Tree& tree, const std::function<void()>& run) {
  const CounterFiles files = find_counters(tree.root());
  const Counters before = read_counters(files);
  run();
  const Json result = throttling_between(before, read_counters(files));
  const auto known = context_keys();
  for (const auto& [key, value] : result.items())
    EXPECT_TRUE(std::any_of(known.begin(), known.end(), [&k = key](const ContextKey& c) {
      return c.key == k;
    })) << key;
  return result;
}

TEST(Throttling, CoresCountOnceAndNotEachOfTheirThreads) {
  const Tree tree;
  write_cpus(tree, 5, 7, 9);
  EXPECT_EQ(during(tree, [&] { write_cpus(tree, 8, 7, 10); }),
            Json({{"throttled_core_events", 3}, {"throttled_package_events", 1}}));
}

TEST(Throttling, AMachineThatCountsNothingSaysNothing) {
  const Tree tree;
  EXPECT_EQ(during(tree, [] {}), Json::object());
}

TEST(Throttling, CountersThatWereResetOrVanishAreAbsent) {
  const Tree tree;
  write_cpus(tree, 5, 7, 9);
  EXPECT_EQ(during(tree, [&] { write_cpus(tree, 0, 0, 9); }), Json({{"throttled_package_events", 0}}));
  EXPECT_EQ(during(tree, [&] { std::filesystem::remove_all(tree / (kCpus + "cpu1")); }),
            Json({{"throttled_package_events", 0}}))
      << "a sum without one of the cores is no sum";
}

TEST(Throttling, OfABoardAreItsFlagsThatAreNewOrHold) {
  const Tree tree;
  const auto events = [&](const char* before, const char* after) {
    tree.write(kBoard, std::string(before) + "\n");
    return during(tree, [&] { tree.write(kBoard, std::string(after) + "\n"); })
        .value("throttled_board", Json());
  };
  EXPECT_EQ(events("0", "0"), Json::array());
  EXPECT_EQ(events("50000", "50000"), Json::array()) << "before the run";
  EXPECT_EQ(events("0", "50000"), Json({"undervoltage", "throttled"}));
  EXPECT_EQ(events("50000", "d0008"), Json({"soft temperature limit"}));
  EXPECT_EQ(events("50005", "50000"), Json({"undervoltage", "throttled"})) << "as it began";
  EXPECT_EQ(events("0", "20002"), Json({"frequency capped"}));
  for (const char* odd : {"", "throttled=0x0", "-1", "fffffffff", "0x0"}) {
    EXPECT_EQ(events("0", odd), Json()) << odd;
    EXPECT_EQ(events(odd, "0"), Json()) << odd;
  }
}

TEST(Throttling, OfABoardWithoutThatFileIsItsAlarmOfVoltage) {
  const Tree tree;
  test::raspberry_pi_5(tree);
  EXPECT_EQ(during(tree, [&] { tree.write("sys/class/hwmon/hwmon3/in0_lcrit_alarm", "1\n"); }),
            Json({{"throttled_board", {"undervoltage"}}}));
}

TEST(Throttling, OfAJetsonAreTheEventsOfItsSupply) {
  const Tree tree;
  test::jetson_orin_nano_state(tree);
  EXPECT_EQ(during(tree, [&] { tree.write("sys/class/hwmon/hwmon5/oc3_event_cnt", "27400\n"); }),
            Json({{"throttled_supply_events", 10}}));
}

TEST(Throttling, OfAControlGroupIsThatOfAllAroundUs) {
  const Tree tree;
  tree.write("proc/self/cgroup", "0::/a/b\n");
  const auto write = [&](const char* inner, const char* outer) {
    tree.write("sys/fs/cgroup/a/b/cpu.stat", inner);
    tree.write("sys/fs/cgroup/a/cpu.stat", outer);
  };
  write("usage_usec 5\nnr_periods 10\nnr_throttled 2\nthrottled_usec 500\n",
        "nr_throttled 1\nthrottled_usec 0\n");
  const Json result = during(tree, [&] {
    write("usage_usec 9\nnr_periods 20\nnr_throttled 5\nthrottled_usec 2500\n",
          "nr_throttled 2\nthrottled_usec 1000\n");
  });
  EXPECT_EQ(result["cgroup_throttled_periods"], 4);
  EXPECT_DOUBLE_EQ(result["cgroup_throttled_ms"], 3);
}

TEST(Throttling, OfAControlGroupOfVersion1) {
  const Tree tree;
  tree.write("proc/self/cgroup", "4:cpu,cpuacct:/\n");
  const std::string file = "sys/fs/cgroup/cpu/cpu.stat";
  tree.write(file, "nr_periods 1\nnr_throttled 1\nthrottled_time 1000000\n");
  const Json result =
      during(tree, [&] { tree.write(file, "nr_periods 3\nnr_throttled 2\nthrottled_time 3000000\n"); });
  EXPECT_EQ(result["cgroup_throttled_periods"], 1);
  EXPECT_DOUBLE_EQ(result["cgroup_throttled_ms"], 2);
  EXPECT_EQ(during(tree, [&] { tree.write(file, "nr_throttled many\nthrottled_time\nthrottled_usec -1\n"); }),
            Json::object());
}

TEST(Throttling, StolenTimeIsAShareOfAllTime) {
  const Tree tree;
  const std::string rest = "cpu0 1 2 3 4 5 6 7 8 9 10\n" + std::string(100'000, 'i');
  tree.write("proc/stat", "cpu  1000 0 500 9000 100 0 0 40 0 0\n" + rest);
  const Json result =
      during(tree, [&] { tree.write("proc/stat", "cpu  1040 0 520 9030 100 0 0 50 0 0\n" + rest); });
  EXPECT_DOUBLE_EQ(result["steal_percent"], 10);
  for (const std::string& odd : {std::string("cpu  1 2 3\n"), std::string("intr 1 2 3 4 5 6 7 8\n"),
                                 std::string("cpu  9999 0 x 9030 100 0 0 50 0 0\n"), std::string(5000, '1')})
    EXPECT_EQ(during(tree, [&] { tree.write("proc/stat", odd); }), Json::object()) << odd.substr(0, 40);
}

TEST(JudgeThrottling, EveryCauseHasItsWarningAndOneIsNotRanked) {
  EXPECT_THAT(judge_throttling(Json::object()).warnings, IsEmpty());
  const Json nothing = {
      {"steal_percent", 0.5},         {"throttled_core_events", 0},       {"throttled_package_events", 0},
      {"throttled_supply_events", 0}, {"throttled_board", Json::array()}, {"cgroup_throttled_periods", 0}};
  EXPECT_THAT(judge_throttling(nothing).warnings, IsEmpty());
  const auto judge = [](const char* key, const Json& value) { return judge_throttling({{key, value}}); };
  EXPECT_THAT(judge("throttled_core_events", 1).warnings, ElementsAre(HasSubstr("heat slowed")));
  EXPECT_THAT(judge("throttled_package_events", 1).warnings, ElementsAre(HasSubstr("heat slowed")));
  EXPECT_THAT(judge("throttled_supply_events", 1).warnings, ElementsAre(HasSubstr("voltage or current")));
  EXPECT_THAT(judge("throttled_board", {"undervoltage", "throttled"}).warnings,
              ElementsAre(HasSubstr(": undervoltage, throttled")));
  EXPECT_THAT(judge("steal_percent", 2.0).warnings, ElementsAre(HasSubstr("hypervisor")));
  EXPECT_THAT(judge("steal_percent", 2.0).unranked_reasons, IsEmpty());
  EXPECT_THAT(judge("cgroup_throttled_periods", 1).unranked_reasons,
              ElementsAre("throttled by its control group"));
}

class ThrottleWatchTest : public ::testing::Test {
 protected:
  ThrottleWatchTest() {
    tree_.write("proc/self/cgroup", "0::/\n");
    throttle(0);
    files_ = find_counters(tree_.root());
    records_.resize(2);
    records_[0].scenario = "single-stream";
    records_[1].scenario = "offline";
  }
  void throttle(int periods) {
    tree_.write("sys/fs/cgroup/cpu.stat", "nr_throttled " + std::to_string(periods));
  }

  Tree tree_;
  CounterFiles files_{};
  std::vector<RunRecord> records_{};
};

TEST_F(ThrottleWatchTest, JudgesTheWindowInWhichItHappened) {
  ThrottleWatch watch(files_);
  throttle(10);  // while the model was opened
  watch.on_window("single-stream", true);
  watch.on_window("single-stream", false);
  watch.on_window("offline", true);
  throttle(11);
  watch.on_window("offline", false);
  watch.judge(records_);
  EXPECT_THAT(records_[0].unranked_reasons, IsEmpty());
  EXPECT_THAT(records_[1].unranked_reasons, ElementsAre("throttled by its control group"));
  EXPECT_EQ(records_[1].warnings.size(), 1u);
}

TEST_F(ThrottleWatchTest, SeveralWindowsOfAScenarioSayTheSameOnce) {
  ThrottleWatch watch(files_);
  for (const int periods : {1, 2, 2}) {
    watch.on_window("offline", true);
    throttle(periods);
    watch.on_window("offline", false);
  }
  watch.judge(records_);
  EXPECT_THAT(records_[1].unranked_reasons, ElementsAre("throttled by its control group"));
}

TEST_F(ThrottleWatchTest, AWindowWithoutABeginningOrAnEndIsNotJudged) {
  ThrottleWatch watch(files_);
  watch.on_window("offline", false);
  watch.on_window("single-stream", true);
  throttle(5);
  watch.judge(records_);
  for (const RunRecord& record : records_) EXPECT_THAT(record.warnings, IsEmpty());
}

}  // namespace
}  // namespace eb
