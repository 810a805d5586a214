#include "workloads/top_one.h"

#include <gtest/gtest.h>

#include <limits>

namespace eb {
namespace {

TensorSet answer(std::vector<float> chances) {
  auto set = TensorSet::create({{.name = "y", .shape = {1, static_cast<std::int64_t>(chances.size())}}});
  EXPECT_TRUE(set);
  std::copy(chances.begin(), chances.end(), set->tensors()[0].as<float>().begin());
  return *std::move(set);
}

TEST(TopOneJudge, CountsTheFirstOfEqualOutputs) {
  const auto judge = make_top_one_judge({.classes = {0, 1}, .class_count = 2, .output = "y"});
  ASSERT_TRUE(judge->add(0, answer({1, 1}).tensors()));
  ASSERT_TRUE(judge->add(1, answer({1, 1}).tensors()));
  EXPECT_EQ(*judge->grade(), 0.5);
}

TEST(TopOneJudge, InfinityIsANumberAndNanIsNone) {
  const float infinite = std::numeric_limits<float>::infinity();
  const auto judge = make_top_one_judge({.classes = {1, 1, 0}, .class_count = 2, .output = "y"});
  ASSERT_TRUE(judge->add(0, answer({0, infinite}).tensors()));
  EXPECT_EQ(*judge->grade(), 1.0);
  ASSERT_TRUE(judge->add(1, answer({std::numeric_limits<float>::quiet_NaN(), 1}).tensors()));
  ASSERT_TRUE(judge->add(2, answer({0, std::numeric_limits<float>::quiet_NaN()}).tensors()));
  EXPECT_NEAR(*judge->grade(), 1.0 / 3, 1e-12);
}

TEST(TopOneJudge, RefusesOtherOutputsOtherSamplesAndNoSample) {
  const auto judge = make_top_one_judge({.classes = {1}, .class_count = 2, .output = "y"});
  EXPECT_FALSE(judge->grade());
  EXPECT_FALSE(judge->add(0, answer({1, 2, 3}).tensors()));
  EXPECT_FALSE(judge->add(1, answer({1, 2}).tensors()));
  EXPECT_FALSE(judge->grade());
}

}  // namespace
}  // namespace eb
