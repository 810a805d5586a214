#include "harness/probes/machine_load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb::probes {
namespace {

using ::testing::HasSubstr;

TEST(MachineLoad, OfARecordedMachine) {
  const test::Tree tree;
  tree.write("proc/stat", "cpu  100 5 20 1000 30 1 2 42 0 0\ncpu0 1 2 3\n");
  const auto look = look_at_load(tree.root());
  ASSERT_TRUE(look);
  EXPECT_EQ(look->busy, 128);
  EXPECT_EQ(look->stolen, 42);
  EXPECT_EQ(look->total, 1200);
}

TEST(MachineLoad, AbsentWhereTheSystemDoesNotTell) {
  const test::Tree tree;
  EXPECT_FALSE(look_at_load(tree.root()));
  tree.write("proc/stat", "cpu  100 5 lots\n");
  EXPECT_FALSE(look_at_load(tree.root()));
  EXPECT_FALSE(shares_of({0, 0, 10}, {0, 0, 10}, 0, 1, 1)) << "no tick has passed";
  EXPECT_FALSE(shares_of({0, 0, 10}, {0, 0, 20}, 0, 0, 1));
}

// Two processors, one second, of which this process had one processor all the time.
TEST(MachineLoad, OwnWorkIsNotThatOfOthers) {
  const auto quiet = shares_of({500, 0, 1000}, {602, 0, 1200}, 1'000'000'000, 1'000'000'000, 2);
  ASSERT_TRUE(quiet);
  EXPECT_NEAR(quiet->others, 0.01, 1e-9);
  EXPECT_EQ(load_warning(*quiet), "");
  const auto busy = shares_of({500, 0, 1000}, {680, 0, 1200}, 1'000'000'000, 1'000'000'000, 2);
  ASSERT_TRUE(busy);
  EXPECT_THAT(load_warning(*busy), HasSubstr("busy machine: other processes took 40 %"));
  const auto stolen = shares_of({500, 0, 1000}, {600, 20, 1200}, 1'000'000'000, 1'000'000'000, 2);
  ASSERT_TRUE(stolen);
  EXPECT_THAT(load_warning(*stolen), HasSubstr("hypervisor took 10 %"));
}

TEST(MachineLoad, RoundingDoesNotMakeASharesNegative) {
  EXPECT_EQ(shares_of({0, 0, 0}, {90, 0, 200}, 1'000'000'000, 1'000'000'000, 2)->others, 0);
}

}  // namespace
}  // namespace eb::probes
