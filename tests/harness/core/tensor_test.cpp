#include "harness/core/tensor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

TEST(DType, HasItsNameAndSize) {
  const std::pair<std::string_view, std::size_t> expected[] = {
      {"f32", 4}, {"f64", 8}, {"f16", 2}, {"bf16", 2}, {"i8", 1},  {"u8", 1},  {"i16", 2},
      {"u16", 2}, {"i32", 4}, {"u32", 4}, {"i64", 8},  {"u64", 8}, {"bool", 1}};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(dtype_name(static_cast<DType>(i)), expected[i].first);
    EXPECT_EQ(dtype_bytes(static_cast<DType>(i)), expected[i].second) << expected[i].first;
  }
  EXPECT_EQ(std::size(expected) - 1, static_cast<std::size_t>(DType::boolean));
}

TEST(TensorSpec, CountsElementsAndBytes) {
  const TensorSpec scalar{"s", DType::f64, {}};
  EXPECT_EQ(scalar.elements(), 1);
  EXPECT_EQ(*scalar.bytes(8), 8u);
  const TensorSpec image{"x", DType::u16, {2, 3, 5}};
  EXPECT_EQ(image.elements(), 30);
  EXPECT_EQ(*image.bytes(60), 60u);
  EXPECT_FALSE(image.bytes(59));
  const TensorSpec none{"n", DType::f32, {4, 0, 7}};
  EXPECT_EQ(none.elements(), 0);
  EXPECT_EQ(*none.bytes(1000), 0u);
}

TEST(TensorSpec, IsFixedWithoutFreeDimensions) {
  EXPECT_TRUE((TensorSpec{"x", DType::f32, {}}).is_fixed());
  EXPECT_TRUE((TensorSpec{"x", DType::f32, {0, 2}}).is_fixed());
  const TensorSpec free{"x", DType::f32, {2, -1}};
  EXPECT_FALSE(free.is_fixed());
  EXPECT_NE(problem(free.bytes(100)).find("free dimension"), std::string::npos);
}

TEST(TensorSpec, HugeShapesAreRefusedAndDoNotOverflow) {
  const std::vector<std::vector<std::int64_t>> shapes = {
      {kHuge},        {kHuge, kHuge},           {1ll << 32, 1ll << 32},
      {1ll << 62, 4}, {3, 6148914691236517206}, {2'000'000'000, 3, 1}};
  for (const auto& shape : shapes) {
    const auto bytes = TensorSpec{"x", DType::f32, shape}.bytes(TensorSet::kMaxBytes);
    ASSERT_FALSE(bytes) << *bytes;
    EXPECT_EQ(bytes.error().kind, ErrorKind::invalid);
    EXPECT_NE(bytes.error().message.find("'x'"), std::string::npos);
  }
}

TEST(TensorSet, GivesZeroedAlignedMemoryToEachTensor) {
  auto set = TensorSet::create(
      {{"a", DType::u8, {3}}, {"b", DType::f32, {2, 2}}, {"none", DType::f32, {0}}, {"c", DType::i64, {}}});
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_EQ(set->bytes(), 3u + 16u + 0u + 8u);
  ASSERT_EQ(set->tensors().size(), 4u);
  for (const Tensor& tensor : set->tensors()) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.bytes.data()) % 64, 0u) << tensor.spec->name;
    EXPECT_NE(tensor.bytes.data(), nullptr) << "a runtime takes no null for an empty tensor";
    EXPECT_TRUE(
        std::all_of(tensor.bytes.begin(), tensor.bytes.end(), [](std::byte b) { return b == std::byte{0}; }));
  }
  EXPECT_EQ(set->tensors()[1].as<float>().size(), 4u);
  EXPECT_EQ(set->tensors()[0].spec->name, "a");
}

TEST(TensorSet, KeepsItsMemoryAndSpecsWhereTheyAreWhenItMoves) {
  auto made = TensorSet::create({{"short", DType::f32, {4}}});
  ASSERT_TRUE(made);
  const std::byte* bytes = made->tensors()[0].bytes.data();
  const TensorSpec* spec = made->tensors()[0].spec;
  made->tensors()[0].as<float>()[2] = 7;
  TensorSet moved = *std::move(made);
  TensorSet assigned;
  assigned = std::move(moved);
  EXPECT_EQ(assigned.tensors()[0].bytes.data(), bytes);
  EXPECT_EQ(assigned.tensors()[0].spec, spec);
  EXPECT_EQ(assigned.tensors()[0].spec->name, "short");
  EXPECT_EQ(assigned.tensors()[0].as<float>()[2], 7);
}

TEST(TensorSet, TheLimitIsForAllTensorsTogether) {
  const TensorSpec half{"x", DType::u8, {500}};
  EXPECT_TRUE(TensorSet::create({half, half}, 1000));
  const auto over = TensorSet::create({half, half, {"y", DType::u8, {1}}}, 1000);
  ASSERT_FALSE(over);
  EXPECT_NE(over.error().message.find("'y'"), std::string::npos);
  EXPECT_FALSE(TensorSet::create({{"x", DType::f32, {kHuge}}}));
  EXPECT_FALSE(TensorSet::create({{"x", DType::f32, {-1}}}));
  EXPECT_EQ(TensorSet::create({})->bytes(), 0u);
}

TEST(FindTensor, FindsByName) {
  const auto set = TensorSet::create({{"a", DType::f32, {1}}, {"b", DType::f32, {2}}});
  ASSERT_TRUE(set);
  EXPECT_EQ(find_tensor(set->tensors(), "b"), &set->tensors()[1]);
  EXPECT_EQ(find_tensor(set->tensors(), "B"), nullptr);
  EXPECT_EQ(find_tensor({}, "a"), nullptr);
}

TEST(RequireTensor, NamesWhatIsMissingOrDifferent) {
  const auto set = TensorSet::create({{"scores", DType::f32, {1, 896, 1}}});
  ASSERT_TRUE(set);
  EXPECT_TRUE(require_tensor(set->tensors(), "scores", DType::f32, 896));
  EXPECT_EQ(problem(require_tensor(set->tensors(), "boxes", DType::f32, 896)),
            "the model has no tensor 'boxes'");
  EXPECT_EQ(problem(require_tensor(set->tensors(), "scores", DType::f32, 895)),
            "tensor 'scores' has 896 elements of f32; expected 895 of f32");
  EXPECT_FALSE(require_tensor(set->tensors(), "scores", DType::f16, 896));
}

}  // namespace
}  // namespace eb
