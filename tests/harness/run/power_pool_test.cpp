// Power of a cell, of its launches.
#include "harness/run/power_pool.h"

#include <gmock/gmock.h>

#include <cmath>

namespace eb {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A launch of 10 s in which each of `samples` took `mj`, known to a tenth.
Launch launch(std::int64_t samples, double mj) {
  Launch made;
  RunRecord& record = made.record;
  record.samples = samples;
  record.window_s = 10;
  record.mean_power_w = static_cast<double>(samples) * mj * 1e-3 / 10;
  record.idle_power_w = 2;
  record.energy_per_sample_mj = mj;
  record.energy_per_sample_low_mj = mj - 0.1;
  record.energy_per_sample_high_mj = mj + 0.1;
  record.net_energy_per_sample_mj = mj / 2;
  record.power_readings = 100;
  record.power_gaps = 1;
  record.power_dropouts = 0;
  record.meter_overhead = 1.02;
  record.meter_overhead_low = 1.00;
  record.meter_overhead_high = 1.04;
  record.power_files = {"raw/power.csv"};
  return made;
}

RunRecord pooled(const std::vector<Launch>& launches) {
  RunRecord record = launches.front().record;
  record.effective_tops = 0.5;
  pool_power(launches, record);
  pool_heat(launches, record);
  return record;
}

TEST(PowerPool, OfOneLaunchIsThatLaunch) {
  const RunRecord record = pooled({launch(1000, 20)});
  EXPECT_DOUBLE_EQ(*record.mean_power_w, 2);
  EXPECT_DOUBLE_EQ(*record.energy_per_sample_mj, 20);
  EXPECT_DOUBLE_EQ(*record.energy_per_sample_low_mj, 19.9);
  EXPECT_DOUBLE_EQ(*record.energy_per_sample_high_mj, 20.1);
  EXPECT_DOUBLE_EQ(*record.net_energy_per_sample_mj, 10);
  EXPECT_FALSE(record.net_energy_per_sample_low_mj) << "no interval was said";
  EXPECT_DOUBLE_EQ(*record.tops_per_watt, 0.25);
  EXPECT_DOUBLE_EQ(*record.meter_overhead_low, 1);
}

TEST(PowerPool, EnergiesAreSumsOverSums) {
  const RunRecord record = pooled({launch(1000, 20), launch(3000, 10)});
  EXPECT_DOUBLE_EQ(*record.energy_per_sample_mj, 50.0 / 4);
  EXPECT_DOUBLE_EQ(*record.mean_power_w, 2.5);
  EXPECT_NEAR(*record.energy_per_sample_high_mj - *record.energy_per_sample_mj, 0.1, 1e-9);
  EXPECT_EQ(record.power_readings, 200);
  EXPECT_EQ(record.power_gaps, 2);
  EXPECT_EQ(record.power_dropouts, 0);
}

TEST(PowerPool, ThreeLaunchesHaveStudentsInterval) {
  const RunRecord record = pooled({launch(1000, 19), launch(1000, 20), launch(1000, 21)});
  EXPECT_DOUBLE_EQ(*record.energy_per_sample_mj, 20);
  // t(0.995, 2) / sqrt(3) = 9.925 / 1.732
  EXPECT_NEAR(*record.energy_per_sample_high_mj, 20 + 5.730, 1e-3);
  EXPECT_NEAR(*record.energy_per_sample_low_mj, 20 - 5.730, 1e-3);
  EXPECT_TRUE(record.net_energy_per_sample_low_mj) << "the launches themselves tell";
  EXPECT_NEAR(*record.meter_overhead_high, 1.02 + 0.02 / std::sqrt(3), 1e-9);
}

TEST(PowerPool, LaunchesThatAgreeAreNotBetterThanTheirMeter) {
  const RunRecord record = pooled({launch(1000, 20), launch(1000, 20), launch(1000, 20)});
  EXPECT_NEAR(*record.energy_per_sample_high_mj, 20.1, 1e-9);
}

TEST(PowerPool, APartOfTheLaunchesIsNotTheCell) {
  Launch lost = launch(1000, 20);
  lost.record.mean_power_w = lost.record.energy_per_sample_mj = lost.record.idle_power_w = std::nullopt;
  for (const auto& launches : {std::vector{launch(1000, 20), lost}, std::vector{lost, launch(1000, 20)}}) {
    const RunRecord record = pooled(launches);
    EXPECT_FALSE(record.mean_power_w || record.energy_per_sample_mj || record.tops_per_watt ||
                 record.energy_per_sample_low_mj || record.net_energy_per_sample_mj || record.idle_power_w);
    EXPECT_THAT(record.warnings, Contains(HasSubstr("1 of 2 launches")));
  }
}

TEST(PowerPool, WithoutPowerThereIsNoWord) {
  Launch none;
  none.record.window_s = 10;
  const RunRecord record = pooled({none, none});
  EXPECT_FALSE(record.mean_power_w || record.tops_per_watt || record.meter_overhead || record.power_readings);
  EXPECT_THAT(record.warnings, IsEmpty());
}

TEST(PowerPool, HeatIsThatOfTheHottestLaunch) {
  Launch cool = launch(1000, 20), hot = launch(1000, 20);
  cool.record.temperature_max_c = 50;
  cool.record.temperature_sensor = "soc";
  cool.record.clock_mean_mhz = 2000;
  cool.record.cool_down_s = 3;
  hot.record.temperature_first_c = 60;
  hot.record.temperature_max_c = 70;
  hot.record.temperature_sensor = "gpu";
  hot.record.clock_mean_mhz = 1000;
  hot.record.cool_down_s = 4;
  hot.record.power_files = {"raw/power.csv", "raw/second.csv"};
  const RunRecord record = pooled({cool, hot});
  EXPECT_EQ(record.temperature_first_c, 60);
  EXPECT_EQ(record.temperature_max_c, 70);
  EXPECT_EQ(record.temperature_sensor, "gpu");
  EXPECT_EQ(record.clock_mean_mhz, 1500);
  EXPECT_EQ(record.cool_down_s, 7);
  EXPECT_THAT(record.power_files, ElementsAre("raw/power.csv", "raw/second.csv"));
}

}  // namespace
}  // namespace eb
