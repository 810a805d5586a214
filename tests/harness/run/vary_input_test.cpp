#include "harness/run/vary_input.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string>

namespace eb {
namespace {

template <class T>
struct Filled {
  Filled(DType dtype, std::vector<T> given) : values(std::move(given)) {
    spec = {"x", dtype, {static_cast<std::int64_t>(values.size())}};
  }
  Tensor tensor() { return {&spec, std::as_writable_bytes(std::span(values))}; }
  std::vector<T> values;
  TensorSpec spec;
};

TEST(Vary, RealNumbersChangeByTwoPercentAtMostAndZerosStay) {
  Filled<float> x(DType::f32, {1, -2, 0, 100});
  EXPECT_TRUE(vary(x.tensor(), 1));
  EXPECT_NEAR(x.values[0], 1, 0.02);
  EXPECT_NEAR(x.values[1], -2, 0.04);
  EXPECT_EQ(x.values[2], 0);
  EXPECT_NEAR(x.values[3], 100, 2);
  Filled<double> zeros(DType::f64, std::vector<double>(8, 0));
  EXPECT_TRUE(vary(zeros.tensor(), 1));
  for (const double value : zeros.values) EXPECT_LE(std::abs(value), 0.02);
}

TEST(Vary, EveryVariantIsAnother) {
  std::set<std::string> seen;
  for (std::uint64_t variant = 1; variant <= 500; ++variant) {
    Filled<float> x(DType::f32, {0.5F, 1, 2});
    EXPECT_TRUE(vary(x.tensor(), variant));
    seen.emplace(reinterpret_cast<const char*>(x.values.data()), x.tensor().bytes.size());
  }
  EXPECT_EQ(seen.size(), 500u);
}

TEST(Vary, WhatIsQuantizedNextIsNewToo) {
  Filled<float> x(DType::f32, std::vector<float>(1000, 0.9F));
  vary(x.tensor(), 3);
  std::set<int> steps;
  for (const float value : x.values) steps.insert(static_cast<int>(std::lround(value * 127)));
  EXPECT_GT(steps.size(), 2u);
}

TEST(Vary, WholeNumbersOnlyChangeTheirOrder) {
  Filled<std::int64_t> ids(DType::i64, {5, 7, 9, 11, 13});
  EXPECT_TRUE(vary(ids.tensor(), 2));
  EXPECT_NE(ids.values, (std::vector<std::int64_t>{5, 7, 9, 11, 13}));
  std::sort(ids.values.begin(), ids.values.end());
  EXPECT_EQ(ids.values, (std::vector<std::int64_t>{5, 7, 9, 11, 13}));
}

TEST(Vary, BytesAndHalvesChangeInTheirLowestBit) {
  Filled<std::uint8_t> pixels(DType::u8, std::vector<std::uint8_t>(64, 200));
  EXPECT_TRUE(vary(pixels.tensor(), 1));
  for (const auto pixel : pixels.values) EXPECT_EQ(pixel & 0xfe, 200);
  Filled<std::uint16_t> halves(DType::f16, {0x3c00, 0x7c00, 0xfc00, 0x4000, 0x4200, 0x4400});
  vary(halves.tensor(), 1);
  EXPECT_EQ(halves.values[1], 0x7c00) << "infinity would become no number";
  EXPECT_EQ(halves.values[2], 0xfc00);
}

TEST(Vary, SaysWhenNothingChanged) {
  Filled<std::int64_t> length(DType::i64, {16});
  EXPECT_FALSE(vary(length.tensor(), 1));
  Filled<std::uint8_t> mask(DType::boolean, {1, 1, 1});
  EXPECT_FALSE(vary(mask.tensor(), 1));
}

}  // namespace
}  // namespace eb
