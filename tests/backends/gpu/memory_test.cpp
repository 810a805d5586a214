#include "backends/gpu/memory.h"

#include <gtest/gtest.h>

#include <random>

namespace eb::gpu {
namespace {

constexpr std::uint64_t kPlenty = 1 << 30;

bool overlap(const Program::Area& a, const MemoryLayout::Spot& at_a, const Program::Area& b,
             const MemoryLayout::Spot& at_b) {
  const bool same_time = a.first_call <= b.last_call && b.first_call <= a.last_call;
  const bool same_place = at_a.slab == at_b.slab && at_a.first_float < at_b.first_float + b.floats &&
                          at_b.first_float < at_a.first_float + a.floats;
  return same_time && same_place;
}

TEST(GpuMemory, AreasThatNeverMeetShareAddresses) {
  const Program::Area areas[] = {{1000, 0, 1}, {1000, 1, 2}, {1000, 2, 3}, {1000, 3, 4}};
  const auto layout = lay_out(areas, kPlenty);
  ASSERT_TRUE(layout);
  ASSERT_EQ(layout->slab_floats.size(), 1u);
  EXPECT_LE(layout->slab_floats[0], kZeroPageFloats + 2 * 1024);
}

TEST(GpuMemory, NothingOverlapsInTimeAndPlace) {
  std::mt19937 engine(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<Program::Area> areas;
    for (int i = 0; i < 40; ++i) {
      const int first = static_cast<int>(engine() % 60), length = static_cast<int>(engine() % 10);
      areas.push_back({1 + static_cast<std::int64_t>(engine() % 5000), first, first + length});
    }
    const auto layout = lay_out(areas, 40000);
    ASSERT_TRUE(layout);
    for (std::size_t a = 0; a < areas.size(); ++a) {
      EXPECT_GE(layout->areas[a].first_float, kZeroPageFloats);
      EXPECT_EQ(layout->areas[a].first_float % MemoryLayout::kAlignFloats, 0);
      EXPECT_LE(layout->areas[a].first_float + areas[a].floats,
                layout->slab_floats[static_cast<std::size_t>(layout->areas[a].slab)]);
      for (std::size_t b = 0; b < a; ++b)
        EXPECT_FALSE(overlap(areas[a], layout->areas[a], areas[b], layout->areas[b])) << a << " and " << b;
    }
    for (const std::int64_t floats : layout->slab_floats) EXPECT_LE(floats * 4, 40000);
  }
}

TEST(GpuMemory, OneBufferHasALimitAndMoreAreOpened) {
  const Program::Area areas[] = {{6000, 0, 1}, {6000, 0, 1}};
  const auto layout = lay_out(areas, 4 * (kZeroPageFloats + 6100));
  ASSERT_TRUE(layout);
  EXPECT_EQ(layout->slab_floats.size(), 2u);
  const auto too_large = lay_out(areas, 4 * 6000);
  ASSERT_FALSE(too_large);
  EXPECT_EQ(too_large.error().kind, ErrorKind::unsupported);
}

TEST(GpuMemory, NoAreasNeedNoMemory) {
  const auto layout = lay_out({}, kPlenty);
  ASSERT_TRUE(layout);
  EXPECT_TRUE(layout->slab_floats.empty());
}

}  // namespace
}  // namespace eb::gpu
