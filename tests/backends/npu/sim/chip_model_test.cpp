#include "backends/npu/sim/chip_model.h"

#include <gtest/gtest.h>

#include <vector>

namespace eb::simnpu {
namespace {

using std::chrono::nanoseconds;

Tensor tensor(std::uint64_t count, bool is_constant = false, Element element = Element::f32) {
  return {kAlignment, element, is_constant ? 1U : 0U, count};
}

Op matmul(std::uint64_t m, std::uint64_t n, std::uint64_t k) {
  Op op{.kind = OpKind::matmul, .a = tensor(m * k), .b = tensor(k * n, true), .y = tensor(m * n)};
  op.m = m;
  op.n = n;
  op.k = k;
  return op;
}

TEST(ChipModel, OneTileTakesItsSumAndFillsAndDrains) {
  const ChipModel chip;
  EXPECT_EQ(cycles_of(chip, matmul(16, 16, 100), 0), 2 * 100 + 32u);
  EXPECT_EQ(cycles_of(chip, matmul(1, 1, 100), 0), 2 * 100 + 32u)
      << "an array that is not full is not faster";
  EXPECT_EQ(cycles_of(chip, matmul(17, 33, 100), 0), 2 * 3 * (2 * 100 + 32u));
}

TEST(ChipModel, EightBitsAreTwiceAsFast) {
  Op op = matmul(16, 16, 100);
  op.is_int8 = 1;
  EXPECT_EQ(cycles_of({}, op, 0), 100 + 32u);
}

TEST(ChipModel, AConvolutionIsAProductAGroup) {
  Op op{.kind = OpKind::conv, .a = tensor(8 * 100), .b = tensor(16 * 4 * 9, true), .y = tensor(16 * 64)};
  op.images = 1;
  op.channels = 8;
  op.filters = 16;
  op.groups = 2;
  op.kernel_y = op.kernel_x = 3;
  op.out_height = op.out_width = 8;
  EXPECT_EQ(cycles_of({}, op, 0), 2 * 4 * (2 * 4 * 9 + 32u));
  EXPECT_EQ(macs_of(op), 16 * 64 * 4 * 9u);
}

TEST(ChipModel, WhatIsNoProductRunsInLanes) {
  const Op op{.kind = OpKind::relu, .a = tensor(100), .y = tensor(100)};
  EXPECT_EQ(cycles_of({}, op, 0), 7u);
  EXPECT_EQ(macs_of(op), 0u);
}

TEST(ChipModel, WhatDoesNotFitIsStreamed) {
  const ChipModel chip;
  const Op op = matmul(1, 1024, 1024);  // 4 MiB of weights for little work
  EXPECT_EQ(cycles_of(chip, op, 4 << 20), (4u << 20) / chip.memory_bytes_per_cycle);
  EXPECT_EQ(cycles_of(chip, op, chip.sram_bytes / 2), 64 * (2 * 1024 + 32u)) << "they are on the chip";
  const Op large{.kind = OpKind::relu, .a = tensor(1 << 20), .y = tensor(1 << 20)};
  EXPECT_EQ(cycles_of(chip, large, 0), (8u << 20) / chip.memory_bytes_per_cycle);
}

TEST(ChipModel, AProgramTakesTheSumOfItsOperations) {
  ChipModel chip;
  chip.clock_hz = 1e6;
  const std::vector<Op> program = {matmul(16, 16, 100), matmul(16, 16, 10)};
  EXPECT_EQ(time_of(chip, program), nanoseconds((232 + 52) * 1000));
  EXPECT_EQ(time_of(chip, {}), nanoseconds(0));
}

TEST(ChipModel, ThePeakIsReachedByLongSums) {
  const ChipModel chip;
  const Op op = matmul(16, 16, 4000);
  const double seconds = static_cast<double>(cycles_of(chip, op, 0)) / chip.clock_hz;
  EXPECT_NEAR(2e-12 * static_cast<double>(macs_of(op)) / seconds / chip.peak_tops_fp32(), 1, 5e-3);
}

}  // namespace
}  // namespace eb::simnpu
