#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "workloads/workloads.h"

namespace eb {
namespace {

TensorSet inputs_of(DType dtype, std::int64_t elements = 1000) {
  auto set = TensorSet::create({{"x", dtype, {elements}}});
  EXPECT_TRUE(set);
  return *std::move(set);
}

TensorSet sample(DType dtype, std::size_t number) {
  TensorSet set = inputs_of(dtype);
  EXPECT_TRUE(make_user_workload("/home/x/m.onnx", "user/m")->load(number, set.tensors()));
  return set;
}

template <class T>
std::set<T> values(DType dtype) {
  const TensorSet set = sample(dtype, 3);
  const auto all = set.tensors()[0].as<T>();
  return {all.begin(), all.end()};
}

TEST(UserWorkload, MakesNoClaimAndPinsNoHash) {
  const auto workload = make_user_workload("/home/x/net.v2.onnx", "user/net");
  const WorkloadInfo& info = workload->info();
  EXPECT_EQ(info.id, "user/net");
  EXPECT_EQ(info.title, "net.v2.onnx") << "no folder of the user's";
  EXPECT_TRUE(info.is_user_model);
  EXPECT_TRUE(info.metric.empty());
  EXPECT_TRUE(info.data_sha256.empty());
  EXPECT_EQ(info.models.at("as-is").path, "/home/x/net.v2.onnx");
  EXPECT_EQ(info.models.at("as-is").sha256, "");
  EXPECT_EQ(workload->judge(), nullptr);
  EXPECT_GT(workload->sample_count(), 1u);
  EXPECT_TRUE(workload->starts_stream(1));
}

TEST(UserWorkload, RealNumbersFillMinusOneToOne) {
  for (const DType dtype : {DType::f32, DType::f64}) {
    const TensorSet set = sample(dtype, 0);
    std::vector<double> all;
    if (dtype == DType::f32)
      all.assign(set.tensors()[0].as<float>().begin(), set.tensors()[0].as<float>().end());
    if (dtype == DType::f64)
      all.assign(set.tensors()[0].as<double>().begin(), set.tensors()[0].as<double>().end());
    const auto [low, high] = std::minmax_element(all.begin(), all.end());
    EXPECT_GE(*low, -1);
    EXPECT_LT(*low, -0.9);
    EXPECT_LE(*high, 1);
    EXPECT_GT(*high, 0.9);
    EXPECT_GT(std::set<double>(all.begin(), all.end()).size(), 990u);
  }
}

TEST(UserWorkload, HalvesAreOneAndMinusOne) {
  EXPECT_EQ(values<std::uint16_t>(DType::f16), (std::set<std::uint16_t>{0x3c00, 0xbc00}));
  EXPECT_EQ(values<std::uint16_t>(DType::bf16), (std::set<std::uint16_t>{0x3f80, 0xbf80}));
}

TEST(UserWorkload, WholeNumbersAreZeroAndOneInEveryWidth) {
  for (const DType dtype : {DType::i8, DType::u8, DType::boolean})
    EXPECT_EQ(values<std::uint8_t>(dtype), (std::set<std::uint8_t>{0, 1}));
  for (const DType dtype : {DType::i16, DType::u16})
    EXPECT_EQ(values<std::uint16_t>(dtype), (std::set<std::uint16_t>{0, 1}));
  for (const DType dtype : {DType::i32, DType::u32})
    EXPECT_EQ(values<std::uint32_t>(dtype), (std::set<std::uint32_t>{0, 1}));
  for (const DType dtype : {DType::i64, DType::u64})
    EXPECT_EQ(values<std::uint64_t>(dtype), (std::set<std::uint64_t>{0, 1}));
}

TEST(UserWorkload, ASampleIsTheSameEverywhereAndEverySampleIsAnother) {
  const TensorSet first = sample(DType::f32, 0);
  const TensorSet again = sample(DType::f32, 0);
  const TensorSet other = sample(DType::f32, 1);
  const auto equal = [](const TensorSet& a, const TensorSet& b) {
    return std::equal(a.tensors()[0].bytes.begin(), a.tensors()[0].bytes.end(), b.tensors()[0].bytes.begin());
  };
  EXPECT_TRUE(equal(first, again));
  EXPECT_FALSE(equal(first, other));
  // mt19937_64 is fixed by the C++ standard: the first number of seed 1 is 2469588189546311528.
  EXPECT_FLOAT_EQ(first.tensors()[0].as<float>()[0],
                  static_cast<float>((2469588189546311528ull >> 11) * 0x1p-53 * 2 - 1));
}

TEST(UserWorkload, FillsEveryInputAndTakesEmptyOnes) {
  auto set = TensorSet::create({{"a", DType::f32, {64}}, {"none", DType::f32, {0}}, {"b", DType::i64, {64}}});
  ASSERT_TRUE(set);
  ASSERT_TRUE(make_user_workload("m.onnx", "user/m")->load(5, set->tensors()));
  EXPECT_NE(set->tensors()[0].as<float>()[63], 0);
  const auto b = set->tensors()[2].as<std::int64_t>();
  EXPECT_EQ(std::count(b.begin(), b.end(), 0) + std::count(b.begin(), b.end(), 1), 64);
  EXPECT_GT(std::count(b.begin(), b.end(), 1), 0);
}

}  // namespace
}  // namespace eb
