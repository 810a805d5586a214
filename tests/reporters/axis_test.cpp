#include "reporters/axis.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace eb {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(ReportAxis, HasRoundTicksAroundTheData) {
  const Axis axis = make_axis(std::array{3.2, 4.7}, {AxisStart::data, AxisEnds::round, 0, 6});
  EXPECT_FALSE(axis.logarithmic);
  EXPECT_DOUBLE_EQ(axis.low, 3.0);
  EXPECT_DOUBLE_EQ(axis.high, 5.0);
  EXPECT_EQ(tick_text(axis.ticks[1]), "3.5");
}

TEST(ReportAxis, StartsAtZeroOnRequest) {
  EXPECT_DOUBLE_EQ(make_axis(std::array{30.0, 47.0}, {AxisStart::zero, AxisEnds::round, 0, 6}).low, 0);
}

TEST(ReportAxis, TightEndsAreTheData) {
  const Axis axis = make_axis(std::array{3.2, 4.7}, {AxisStart::data, AxisEnds::tight, 0, 6});
  EXPECT_DOUBLE_EQ(axis.low, 3.2);
  EXPECT_DOUBLE_EQ(axis.high, 4.7);
  for (const double tick : axis.ticks) EXPECT_TRUE(tick >= 3.2 && tick <= 4.7) << tick;
  EXPECT_GE(axis.ticks.size(), 2U);
}

TEST(ReportAxis, IsLogarithmicOverAWideSpread) {
  const Axis axis = make_axis(std::array{0.007, 15.0}, {AxisStart::zero, AxisEnds::round, 40, 6});
  EXPECT_TRUE(axis.logarithmic);
  EXPECT_DOUBLE_EQ(axis.low, 0.005);
  EXPECT_DOUBLE_EQ(axis.high, 20);
  EXPECT_DOUBLE_EQ(axis.position(axis.low), 0);
  EXPECT_DOUBLE_EQ(axis.position(axis.high), 1);
  EXPECT_NEAR(axis.position(std::sqrt(0.005 * 20)), 0.5, 1e-12);
  EXPECT_EQ(axis.ticks.size(), 4U);  // 0.01, 0.1, 1, 10
}

TEST(ReportAxis, NeverLogarithmicWithoutPositiveValues) {
  EXPECT_FALSE(make_axis(std::array{0.0, 1000.0}, {AxisStart::data, AxisEnds::round, 10, 6}).logarithmic);
  EXPECT_FALSE(make_axis(std::array{-1.0, 1000.0}, {AxisStart::data, AxisEnds::round, 10, 6}).logarithmic);
}

TEST(ReportAxis, PlacesStayInside) {
  const Axis axis = make_axis(std::array{1.0, 2.0}, {AxisStart::data, AxisEnds::round, 0, 6});
  EXPECT_EQ(axis.position(-5), 0);
  EXPECT_EQ(axis.position(99), 1);
  EXPECT_EQ(axis.position(std::nan("")), 0);
}

// Whatever a file says, the axis is usable: rising ends, rising and few ticks inside them.
TEST(ReportAxis, SurvivesAnyValues) {
  const double values[] = {0,      1,   -1,          1e-300,    5e-324,     1e-13,        1e15, 1e16,  1e308,
                           -1e308, 0.1, 0.1 + 1e-15, kInfinity, -kInfinity, std::nan(""), 1e-9, 123456};
  for (const double a : values) {
    for (const double b : values) {
      for (const AxisStart start : {AxisStart::zero, AxisStart::data}) {
        for (const AxisEnds ends : {AxisEnds::round, AxisEnds::tight}) {
          const Axis axis = make_axis(std::array{a, b}, {start, ends, 25, 6});
          ASSERT_LT(axis.low, axis.high) << a << " " << b;
          ASSERT_TRUE(std::isfinite(axis.low) && std::isfinite(axis.high)) << a << " " << b;
          ASSERT_LE(axis.ticks.size(), 24U) << a << " " << b;
          ASSERT_TRUE(std::is_sorted(axis.ticks.begin(), axis.ticks.end())) << a << " " << b;
          for (const double place : {axis.position(a), axis.position(b)})
            ASSERT_TRUE(place >= 0 && place <= 1);
        }
      }
    }
  }
}

TEST(ReportAxis, WithoutValuesGoesFromZeroToOne) {
  const Axis axis = make_axis({}, {});
  EXPECT_DOUBLE_EQ(axis.low, 0);
  EXPECT_DOUBLE_EQ(axis.high, 1);
}

}  // namespace
}  // namespace eb
