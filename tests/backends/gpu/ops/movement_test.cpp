#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

// --- Reshape and its kin

TEST(Reshape, KeepsTheOrderOfElements) {
  const Tensor x = random(1, {2, 3, 4});
  expect_op({.op_type = "Reshape", .inputs = {x, integers({4, 6})}, .outputs = {reshaped(x, {4, 6})}});
  expect_op({.op_type = "Flatten", .inputs = {x}, .outputs = {reshaped(x, {2, 12})}});
  expect_op(
      {.op_type = "Unsqueeze", .inputs = {x, integers({0, -1})}, .outputs = {reshaped(x, {1, 2, 3, 4, 1})}});
  const Tensor one = random(2, {1, 5, 1});
  expect_op({.op_type = "Squeeze", .inputs = {one}, .outputs = {reshaped(one, {5})}});
}

TEST(Reshape, OfPictures) {
  // Padded channels; the pixels regrouped; one pixel a picture; back to a picture of one pixel.
  for (const Shape& shape : {Shape{2, 5, 3, 4}, Shape{2, 16, 3, 4}}) {
    const Tensor x = random(3, shape);
    expect_op({.op_type = "Reshape",
               .inputs = {x, integers({0, 0, -1})},
               .outputs = {reshaped(x, {shape[0], shape[1], 12})},
               .as_image = true});
    expect_op({.op_type = "Flatten",
               .inputs = {x},
               .outputs = {reshaped(x, {2, shape[1] * 12})},
               .as_image = true});
  }
  const Tensor pixel = random(4, {2, 5, 1, 1});
  expect_op(
      {.op_type = "Flatten", .inputs = {pixel}, .outputs = {reshaped(pixel, {2, 5})}, .as_image = true});
}

TEST(Reshape, OfEveryType) {
  for (const Type type : {Type::f16, Type::i8, Type::u8, Type::i32, Type::i64, Type::boolean}) {
    const Tensor x = random_integers(5, type, {3, 4}, 0, 1);
    expect_op({.op_type = "Reshape", .inputs = {x, integers({12})}, .outputs = {reshaped(x, {12})}});
  }
}

// --- Transpose

Tensor transposed(const Tensor& x, const std::vector<std::int64_t>& order) {
  Shape shape;
  for (const std::int64_t axis : order) shape.push_back(x.shape[static_cast<std::size_t>(axis)]);
  return filled(x.type, shape, [&](const Index& index) {
    Index from(index.size());
    for (std::size_t i = 0; i < index.size(); ++i) from[static_cast<std::size_t>(order[i])] = index[i];
    return at(x, from);
  });
}

OpCase transpose_case(const Tensor& x, const std::vector<std::int64_t>& order, bool as_image = false) {
  return {.op_type = "Transpose",
          .inputs = {x},
          .outputs = {transposed(x, order)},
          .attributes = {{"perm", order}},
          .as_image = as_image,
          .rtol = 0,
          .atol = 0};
}

TEST(Transpose, Matrices) {
  for (const Shape& shape : {Shape{1, 7}, Shape{3, 5}, Shape{33, 20}, Shape{64, 48}}) {
    const OpCase test = transpose_case(random(1, shape), {1, 0});
    expect_op(test);
    expect_op_as_gpu(test);
  }
  const Tensor x = random(2, {4, 3, 2});
  expect_op({.op_type = "Transpose", .inputs = {x}, .outputs = {transposed(x, {2, 1, 0})}});
}

TEST(Transpose, AnyRank) {
  const std::vector<std::vector<std::int64_t>> orders = {{0},          {0, 2, 1},       {2, 0, 1},
                                                         {0, 2, 1, 3}, {0, 2, 3, 1},    {0, 3, 1, 2},
                                                         {3, 1, 0, 2}, {4, 2, 0, 1, 3}, {5, 4, 3, 2, 1, 0}};
  const Shape sizes = {2, 3, 17, 4, 5, 2};
  for (const auto& order : orders)
    expect_op(transpose_case(
        random(3, {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(order.size())}), order));
  expect_op(transpose_case(random(4, {2, 3, 2, 3, 2, 2, 2, 3}), {7, 5, 3, 1, 6, 4, 2, 0}));
}

TEST(Transpose, HeadsOfAttention) {
  expect_op(transpose_case(random(5, {2, 9, 3, 32}), {0, 2, 1, 3}));
  expect_op(transpose_case(random(6, {2, 3, 9, 20}), {0, 1, 3, 2}));
}

TEST(Transpose, Pictures) {
  for (const Shape& shape : {Shape{2, 5, 3, 4}, Shape{1, 32, 3, 4}})
    for (const std::vector<std::int64_t>& order :
         {std::vector<std::int64_t>{0, 2, 3, 1}, {0, 3, 1, 2}, {0, 1, 3, 2}, {1, 0, 2, 3}, {0, 3, 2, 1}})
      expect_op(transpose_case(random(7, shape), order, true));
}

TEST(Transpose, Integers) {
  for (const Type type : {Type::i32, Type::i64, Type::u8}) {
    expect_op(transpose_case(random_integers(8, type, {3, 4, 5}, 0, 100), {2, 0, 1}));
    expect_op(transpose_case(random_integers(8, type, {1, 9, 10, 2}, 0, 100), {0, 3, 1, 2}));
  }
  EXPECT_EQ(refused(transpose_case(random_integers(8, Type::i64, {1, 1, 1, 1, 1, 1, 1, 2}, 0, 9),
                                   {7, 6, 5, 4, 3, 2, 1, 0})),
            "more than 7 dimensions of int64");
}

// --- Concat

Tensor concatenated(const std::vector<Tensor>& parts, std::size_t axis) {
  Shape shape = parts[0].shape;
  shape[axis] = 0;
  for (const Tensor& part : parts) shape[axis] += part.shape[axis];
  return filled(parts[0].type, shape, [&](Index index) {
    std::size_t part = 0;
    while (index[axis] >= parts[part].shape[axis]) index[axis] -= parts[part++].shape[axis];
    return at(parts[part], index);
  });
}

OpCase concat_case(const std::vector<Tensor>& parts, std::int64_t axis, bool as_image = false) {
  const auto positive =
      static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(parts[0].shape.size()) : axis);
  return {.op_type = "Concat",
          .inputs = parts,
          .outputs = {concatenated(parts, positive)},
          .attributes = {{"axis", axis}},
          .as_image = as_image,
          .rtol = 0,
          .atol = 0};
}

TEST(Concat, AnyAxis) {
  for (const std::int64_t axis : {0, 1, 2, -1, -3}) {
    std::vector<Tensor> parts;
    for (const std::int64_t size : {2, 5, 1}) {
      Shape shape = {2, 3, 4};
      shape[static_cast<std::size_t>(axis < 0 ? axis + 3 : axis)] = size;
      parts.push_back(random(static_cast<unsigned>(size), shape));
    }
    expect_op(concat_case(parts, axis));
    expect_op(concat_case(parts, axis, true));
  }
}

TEST(Concat, ChannelsOfPictures) {
  expect_op(concat_case({random(1, {2, 16, 2, 3}), random(2, {2, 32, 2, 3})}, 1, true));
  expect_op(concat_case({random(1, {2, 16, 2, 3}), random(2, {2, 5, 2, 3})}, 1, true));
  expect_op(
      concat_case({random(1, {2, 5, 2, 3}), random(2, {2, 16, 2, 3}), random(3, {2, 3, 2, 3})}, 1, true));
  expect_op(concat_case({random(1, {2, 5, 2, 3}), constant(random(2, {2, 16, 2, 3}))}, 1, true));
  expect_op(concat_case({random(1, {2, 5, 2, 3}), random(2, {2, 5, 4, 3})}, 2, true));
  expect_op(concat_case({random(1, {2, 5, 2, 3}), random(2, {2, 5, 2, 2})}, 3, true));
}

TEST(Concat, Integers) {
  for (const Type type : {Type::i32, Type::i64, Type::boolean})
    expect_op(
        concat_case({random_integers(1, type, {2, 3}, 0, 1), random_integers(2, type, {2, 4}, 0, 1)}, 1));
}

// --- Tile

TEST(Tile, RepeatsAnyAxis) {
  const Tensor x = random(1, {2, 3, 4});
  const auto tiled = [&](const Tensor& from, const Shape& repeats) {
    Shape shape = from.shape;
    for (std::size_t i = 0; i < shape.size(); ++i) shape[i] *= repeats[i];
    return filled(from.type, shape, [&](Index index) {
      for (std::size_t i = 0; i < index.size(); ++i) index[i] %= from.shape[i];
      return at(from, index);
    });
  };
  expect_op({.op_type = "Tile", .inputs = {x, integers({1, 1, 3})}, .outputs = {tiled(x, {1, 1, 3})}});
  expect_op({.op_type = "Tile",
             .inputs = {x, integers({2, 3, 2})},
             .outputs = {tiled(x, {2, 3, 2})},
             .as_image = true});
  const Tensor n = random_integers(2, Type::i64, {1, 4}, -5, 5);
  expect_op({.op_type = "Tile", .inputs = {n, integers({3, 1})}, .outputs = {tiled(n, {3, 1})}});
}

// --- DepthToSpace, SpaceToDepth

TEST(DepthToSpace, BothOrdersAndBack) {
  for (const std::int64_t channels : {1, 3, 16}) {
    const Tensor x = random(1, {2, channels * 4, 2, 3});
    for (const bool crd : {false, true}) {
      const Tensor wide = filled(Type::f32, {2, channels, 4, 6}, [&](const Index& i) {
        const std::int64_t block = i[2] % 2 * 2 + i[3] % 2;
        return at(x, {i[0], crd ? i[1] * 4 + block : block * channels + i[1], i[2] / 2, i[3] / 2});
      });
      for (const bool image : {false, true}) {
        expect_op({.op_type = "DepthToSpace",
                   .inputs = {x},
                   .outputs = {wide},
                   .attributes = {{"blocksize", std::int64_t{2}}, {"mode", std::string(crd ? "CRD" : "DCR")}},
                   .as_image = image});
        if (!crd)
          expect_op({.op_type = "SpaceToDepth",
                     .inputs = {wide},
                     .outputs = {x},
                     .attributes = {{"blocksize", std::int64_t{2}}},
                     .as_image = image});
      }
    }
  }
}

}  // namespace
}  // namespace eb::gpu::test
