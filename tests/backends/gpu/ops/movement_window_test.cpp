// Slice, Split and Pad.
#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

// --- Slice

struct Range {
  std::int64_t start, step, size;
};

Tensor sliced(const Tensor& x, const std::vector<Range>& ranges) {
  Shape shape;
  for (const Range& range : ranges) shape.push_back(range.size);
  return filled(x.type, shape, [&](Index index) {
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = ranges[i].start + index[i] * ranges[i].step;
    return at(x, index);
  });
}

TEST(Slice, StartsAxesAndSteps) {
  const Tensor x = random(1, {3, 6, 5});
  expect_op({.op_type = "Slice",
             .inputs = {x, integers({1, 0}), integers({3, 4}), integers({0, 1})},
             .outputs = {sliced(x, {{1, 1, 2}, {0, 1, 4}, {0, 1, 5}})}});
  expect_op({.op_type = "Slice",
             .inputs = {x, integers({-3, 0}), integers({1000000, 5}), integers({-2, 2}), integers({1, 2})},
             .outputs = {sliced(x, {{0, 1, 3}, {3, 1, 3}, {0, 2, 3}})}});
  expect_op({.op_type = "Slice",
             .inputs = {x, integers({1000, -1}), integers({-1000, -7}), integers({2, 1}), integers({-2, -1})},
             .outputs = {sliced(x, {{0, 1, 3}, {5, -1, 6}, {4, -2, 3}})}});
}

TEST(Slice, VersionOneHasAttributes) {
  const Tensor x = random(2, {3, 6});
  expect_op({.op_type = "Slice",
             .inputs = {x},
             .outputs = {sliced(x, {{1, 1, 2}, {0, 1, 5}})},
             .attributes = {{"starts", std::vector<std::int64_t>{1, 0}},
                            {"ends", std::vector<std::int64_t>{3, -1}}},
             .since_version = 1});
}

TEST(Slice, Pictures) {
  for (const std::int64_t first : {0, 3, 16}) {
    const Tensor x = random(3, {2, 37, 4, 5});
    expect_op({.op_type = "Slice",
               .inputs = {x, integers({double(first)}), integers({double(first + 18)}), integers({1})},
               .outputs = {sliced(x, {{0, 1, 2}, {first, 1, 18}, {0, 1, 4}, {0, 1, 5}})},
               .as_image = true});
  }
  const Tensor x = random(4, {2, 5, 6, 7});
  expect_op({.op_type = "Slice",
             .inputs = {x, integers({1, -1}), integers({6, -8}), integers({2, 3}), integers({2, -1})},
             .outputs = {sliced(x, {{0, 1, 2}, {0, 1, 5}, {1, 2, 3}, {6, -1, 7}})},
             .as_image = true});
  expect_op({.op_type = "Slice",
             .inputs = {x, integers({4}), integers({-6}), integers({1}), integers({-2})},
             .outputs = {sliced(x, {{0, 1, 2}, {4, -2, 3}, {0, 1, 6}, {0, 1, 7}})},
             .as_image = true});
}

TEST(Slice, IntegersAndRefusal) {
  const Tensor x = random_integers(5, Type::i64, {7}, -9, 9);
  expect_op({.op_type = "Slice",
             .inputs = {x, integers({6}), integers({0}), integers({0}), integers({-3})},
             .outputs = {sliced(x, {{6, -3, 2}})}});
  Tensor starts = integers({6});
  starts.is_constant = false;
  EXPECT_EQ(
      refused(
          {.op_type = "Slice", .inputs = {x, starts, integers({7})}, .outputs = {sliced(x, {{6, 1, 1}})}}),
      "bounds are not constant");
}

// --- Split

void expect_split(const Tensor& x, std::int64_t axis, const std::vector<std::int64_t>& sizes, bool as_image) {
  const auto positive =
      static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.shape.size()) : axis);
  OpCase test{.op_type = "Split", .inputs = {x}, .attributes = {{"axis", axis}}, .as_image = as_image};
  std::int64_t start = 0;
  for (const std::int64_t size : sizes) {
    std::vector<Range> ranges;
    for (const std::int64_t all : x.shape) ranges.push_back({0, 1, all});
    ranges[positive] = {start, 1, size};
    test.outputs.push_back(sliced(x, ranges));
    start += size;
  }
  expect_op(test);
}

TEST(Split, AnyAxis) {
  for (const bool image : {false, true}) {
    expect_split(random(1, {2, 9, 4}), 1, {3, 3, 3}, image);
    expect_split(random(2, {2, 9, 4}), -1, {1, 3}, image);
    expect_split(random(3, {4, 9, 4}), 0, {2, 2}, image);
    expect_split(random(4, {1, 48, 2, 3}), 1, {16, 32}, image);
    expect_split(random(5, {1, 48, 2, 3}), 1, {5, 32, 11}, image);
  }
}

// --- Pad

Tensor padded(const Tensor& x, const std::vector<std::int64_t>& pads, const std::string& mode, double value) {
  const std::size_t rank = x.shape.size();
  Shape shape = x.shape;
  for (std::size_t i = 0; i < rank; ++i) shape[i] += pads[i] + pads[rank + i];
  return filled(x.type, shape, [&](Index index) {
    for (std::size_t i = 0; i < rank; ++i) {
      std::int64_t& at = index[i];
      at -= pads[i];
      const std::int64_t size = x.shape[i];
      if (at >= 0 && at < size) continue;
      if (mode == "constant") return value;
      if (mode == "edge") at = at < 0 ? 0 : size - 1;
      if (mode == "wrap") at = (at % size + size) % size;
      if (mode == "reflect") at = at < 0 ? -at : 2 * (size - 1) - at;
    }
    return at(x, index);
  });
}

OpCase pad_case(const Tensor& x, const std::vector<std::int64_t>& pads, const std::string& mode,
                bool as_image = false) {
  const std::vector<double> numbers(pads.begin(), pads.end());
  return {.op_type = "Pad",
          .inputs = {x, integers(numbers), constant(tensor(x.type, {}, {3}))},
          .outputs = {padded(x, pads, mode, 3)},
          .attributes = {{"mode", mode}},
          .as_image = as_image,
          .rtol = 0,
          .atol = 0};
}

TEST(Pad, EveryMode) {
  for (const std::string mode : {"constant", "reflect", "edge", "wrap"}) {
    expect_op(pad_case(random(1, {5}), {2, 3}, mode));
    expect_op(pad_case(random(2, {3, 4}), {2, 0, 1, 3}, mode));
    for (const bool image : {false, true}) {
      expect_op(pad_case(random(3, {2, 5, 4, 3}), {0, 0, 1, 2, 0, 0, 3, 2}, mode, image));
      expect_op(pad_case(random(4, {1, 16, 4, 3}), {0, 0, 1, 2, 0, 0, 0, 0}, mode, image));
      expect_op(pad_case(random(5, {2, 5, 4, 3}), {1, 2, 1, 2, 0, 3, 3, 0}, mode, image));
    }
  }
}

TEST(Pad, NegativePadsCrop) {
  for (const bool image : {false, true})
    expect_op(pad_case(random(1, {2, 5, 6, 7}), {0, 0, -1, 2, 0, 0, 1, -3}, "constant", image));
}

TEST(Pad, VersionTwoHasAttributes) {
  const Tensor x = random(1, {3, 4});
  const std::vector<std::int64_t> pads = {1, 2, 0, 1};
  expect_op({.op_type = "Pad",
             .inputs = {x},
             .outputs = {padded(x, pads, "constant", 1.5)},
             .attributes = {{"pads", pads}, {"value", 1.5f}},
             .since_version = 2});
}

TEST(Pad, AxesAreGiven) {
  const Tensor x = random(1, {3, 4, 5});
  expect_op({.op_type = "Pad",
             .inputs = {x, integers({1, 2}), absent(), integers({-1})},
             .outputs = {padded(x, {0, 0, 1, 0, 0, 2}, "constant", 0)}});
}

TEST(Pad, IntegersAndRefusals) {
  expect_op(pad_case(random_integers(1, Type::i32, {3, 4}, -9, 9), {1, 2, 0, 1}, "constant"));
  expect_op(pad_case(random_integers(2, Type::i64, {3, 4}, -9, 9), {1, 2, 0, 1}, "edge"));
  expect_op(pad_case(random_integers(3, Type::u8, {3, 4}, 0, 9), {1, 2, 0, 1}, "constant"));
  EXPECT_EQ(refused(pad_case(random_integers(4, Type::i64, {3}, -9, 9), {1, 2}, "constant")),
            "int64 padding");
  EXPECT_EQ(refused(pad_case(random(5, {2}), {3, 0}, "wrap")), "wraps more than there is");
}

}  // namespace
}  // namespace eb::gpu::test
