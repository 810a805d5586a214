#include "harness/stats/layer_bound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eb {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
const RooflinePeaks kPeaks{0.2, 20};  // the ridge is at 10 operations a byte

LayerBound bound_of(double time_us, std::optional<double> macs, std::optional<double> bytes,
                    const RooflinePeaks& peaks = kPeaks) {
  return speed_of({time_us, macs, bytes}, peaks).bound;
}

TEST(LayerBound, TheRidgeDivides) {
  // 2e6 operations: 10 us at the peak; 200 kB, too.
  EXPECT_EQ(bound_of(50, 1e6, 200e3), LayerBound::compute) << "on the ridge";
  EXPECT_EQ(bound_of(50, 1e6, 199e3), LayerBound::compute);
  EXPECT_EQ(bound_of(50, 1e6, 201e3), LayerBound::memory);
  EXPECT_EQ(bound_of(50, 0, 200e3), LayerBound::memory) << "a copy";
}

TEST(LayerBound, AShortLayerFarFromTheRoofIsOverhead) {
  // 0.2e6 operations: 1 us at the peak.
  EXPECT_EQ(bound_of(10, 1e5, 1e3), LayerBound::compute) << "not more than ten times";
  EXPECT_EQ(bound_of(10.1, 1e5, 1e3), LayerBound::overhead);
  EXPECT_EQ(bound_of(19.9, 1e5, 1e3), LayerBound::overhead);
  EXPECT_EQ(bound_of(20, 1e5, 1e3), LayerBound::compute) << "too long to be only that";
  EXPECT_EQ(bound_of(5, 0, 8), LayerBound::overhead);
  EXPECT_EQ(bound_of(15, 1e5, 40e3), LayerBound::memory) << "memory's 2 us count, too";
}

TEST(LayerBound, WithoutPeaksOrWorkNobodyKnows) {
  EXPECT_EQ(bound_of(50, 1e6, 2e5, {}), LayerBound::unknown);
  EXPECT_EQ(bound_of(50, 1e6, 2e5, {0.2, {}}), LayerBound::unknown);
  EXPECT_EQ(bound_of(50, 1e6, 2e5, {{}, 20}), LayerBound::unknown);
  EXPECT_EQ(bound_of(50, {}, 2e5), LayerBound::unknown);
  EXPECT_EQ(bound_of(50, 1e6, {}), LayerBound::unknown);
  EXPECT_EQ(bound_of(0, 1e6, 2e5), LayerBound::unknown);
}

TEST(LayerBound, SpeedsAndSharesAreThoseOfTheWork) {
  const LayerSpeed speed = speed_of({20, 1e6, 100e3}, kPeaks);
  EXPECT_DOUBLE_EQ(*speed.gops_per_s, 100);
  EXPECT_DOUBLE_EQ(*speed.gbytes_per_s, 5);
  EXPECT_DOUBLE_EQ(*speed.compute_share, 0.5);
  EXPECT_DOUBLE_EQ(*speed.memory_share, 0.25);
  const LayerSpeed unprobed = speed_of({20, 1e6, 100e3}, {});
  EXPECT_DOUBLE_EQ(*unprobed.gops_per_s, 100);
  EXPECT_FALSE(unprobed.compute_share || unprobed.memory_share);
  EXPECT_FALSE(speed_of({20, 0, 100e3}, kPeaks).gops_per_s) << "a copy has no TOPS";
}

TEST(LayerBound, ForeignNumbersDoNoHarm) {
  for (const double bad : {std::nan(""), kInf, -kInf, -1.0, 0.0, 1e308, 1e-308}) {
    for (const LayerSpeed& speed : {speed_of({bad, 1e6, 1e5}, kPeaks), speed_of({20, bad, 1e5}, kPeaks),
                                    speed_of({20, 1e6, bad}, kPeaks), speed_of({20, 1e6, 1e5}, {bad, 20}),
                                    speed_of({20, 1e6, 1e5}, {0.2, bad})})
      for (const auto& number :
           {speed.gops_per_s, speed.gbytes_per_s, speed.compute_share, speed.memory_share})
        EXPECT_TRUE(!number || (std::isfinite(*number) && *number >= 0)) << bad;
  }
}

TEST(LayerBound, EveryBoundHasAName) {
  EXPECT_EQ(bound_name(LayerBound::compute), "compute");
  EXPECT_EQ(bound_name(LayerBound::memory), "memory");
  EXPECT_EQ(bound_name(LayerBound::overhead), "overhead");
  EXPECT_EQ(bound_name(LayerBound::unknown), "unknown");
}

}  // namespace
}  // namespace eb
