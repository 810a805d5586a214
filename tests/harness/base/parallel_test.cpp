#include "harness/base/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace eb {
namespace {

TEST(Parallel, EveryPieceIsDoneOnce) {
  for (const std::size_t count : {0u, 1u, 2u, 1000u}) {
    std::vector<std::atomic<int>> times(count);
    for_each_in_parallel(count, [&](std::size_t i) { ++times[i]; });
    for (const auto& each : times) EXPECT_EQ(each, 1) << count;
  }
}

TEST(Parallel, WhatIsDoneIsSeenAfterwards) {
  std::vector<std::size_t> squares(100);
  for_each_in_parallel(squares.size(), [&](std::size_t i) { squares[i] = i * i; });
  for (std::size_t i = 0; i < squares.size(); ++i) EXPECT_EQ(squares[i], i * i);
}

}  // namespace
}  // namespace eb
