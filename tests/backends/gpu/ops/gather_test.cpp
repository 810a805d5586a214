// Gather, GatherElements, GatherND, OneHot, Trilu and CumSum.
#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

Tensor gathered(const Tensor& x, const Tensor& indices, std::size_t axis) {
  Shape shape(x.shape.begin(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices.shape.begin(), indices.shape.end());
  shape.insert(shape.end(), x.shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x.shape.end());
  return filled(x.type, shape, [&](const Index& index) {
    const auto first = index.begin() + static_cast<std::ptrdiff_t>(axis);
    const auto rest = first + static_cast<std::ptrdiff_t>(indices.shape.size());
    const auto pick = static_cast<std::int64_t>(at(indices, Index(first, rest)));
    Index from(index.begin(), first);
    from.push_back(pick < 0 ? pick + x.shape[axis] : pick);
    from.insert(from.end(), rest, index.end());
    return at(x, from);
  });
}

TEST(Gather, AnyAxisAndIndices) {
  const Tensor x = random(1, {4, 5, 6});
  for (const Type type : {Type::i32, Type::i64})
    for (const std::int64_t axis : {0, 1, -1}) {
      const auto positive = static_cast<std::size_t>(axis < 0 ? axis + 3 : axis);
      const Tensor indices = random_integers(2, type, {2, 3}, -4, 3);
      expect_op({.op_type = "Gather",
                 .inputs = {x, indices},
                 .outputs = {gathered(x, indices, positive)},
                 .attributes = {{"axis", axis}}});
    }
}

TEST(Gather, ScalarAndConstantIndicesOfPictures) {
  const Tensor x = random(3, {2, 5, 3, 4});
  const Tensor one = constant(tensor(Type::i64, {}, {-1}));
  for (const std::int64_t axis : {0, 1, 2, 3})
    expect_op({.op_type = "Gather",
               .inputs = {x, one},
               .outputs = {gathered(x, one, static_cast<std::size_t>(axis))},
               .attributes = {{"axis", axis}},
               .as_image = true});
}

TEST(Gather, EmbeddingsAndIntegers) {
  const Tensor table = constant(random(4, {50, 300})), words = random_integers(5, Type::i64, {2, 7}, 0, 49);
  expect_op({.op_type = "Gather", .inputs = {table, words}, .outputs = {gathered(table, words, 0)}});
  const Tensor numbers = random_integers(6, Type::i64, {6, 3}, -1e12, 1e12);
  const Tensor rows = tensor(Type::i32, {2}, {5, 0});
  expect_op({.op_type = "Gather", .inputs = {numbers, rows}, .outputs = {gathered(numbers, rows, 0)}});
  EXPECT_EQ(
      refused({.op_type = "Gather", .inputs = {numbers, random(7, {2})}, .outputs = {random(8, {2, 3})}}),
      "indices are not int32 or int64");
}

TEST(GatherElements, AnyAxis) {
  for (const Type type : {Type::f32, Type::i64})
    for (const std::int64_t axis : {0, 1, -1}) {
      const auto positive = static_cast<std::size_t>(axis < 0 ? axis + 3 : axis);
      const Tensor x = random_integers(1, type, {4, 5, 6}, -9, 9);
      const Tensor indices = random_integers(2, Type::i64, {3, 4, 2}, -4, 3);
      const Tensor expected = filled(type, indices.shape, [&](Index index) {
        const auto pick = static_cast<std::int64_t>(at(indices, index));
        index[positive] = pick < 0 ? pick + x.shape[positive] : pick;
        return at(x, index);
      });
      expect_op({.op_type = "GatherElements",
                 .inputs = {x, indices},
                 .outputs = {expected},
                 .attributes = {{"axis", axis}}});
    }
}

TEST(GatherND, WithAndWithoutBatches) {
  const Tensor x = random(1, {3, 4, 5});
  const Tensor pairs = random_integers(2, Type::i64, {6, 2}, -3, 2);
  expect_op({.op_type = "GatherND",
             .inputs = {x, pairs},
             .outputs = {filled(Type::f32, {6, 5}, [&](const Index& i) {
               const auto pick = [&](std::int64_t k, std::int64_t size) {
                 const auto index = static_cast<std::int64_t>(at(pairs, {i[0], k}));
                 return index < 0 ? index + size : index;
               };
               return at(x, {pick(0, 3), pick(1, 4), i[1]});
             })}});
  const Tensor rows = random_integers(3, Type::i32, {3, 2, 1}, 0, 3);
  expect_op(
      {.op_type = "GatherND",
       .inputs = {x, rows},
       .outputs = {filled(Type::f32, {3, 2, 5},
                          [&](const Index& i) {
                            return at(x, {i[0], static_cast<std::int64_t>(at(rows, {i[0], i[1], 0})), i[2]});
                          })},
       .attributes = {{"batch_dims", std::int64_t{1}}}});
}

TEST(OneHot, AxesAndTypesOfIndices) {
  for (const Type type : {Type::i32, Type::i64, Type::f32}) {
    const Tensor indices = random_integers(1, type, {3, 4}, -5, 4);
    const auto hot = [&](const Index& i, std::int64_t depth) {
      const auto index = static_cast<std::int64_t>(at(indices, {i[0], i[1]}));
      return (index < 0 ? index + 5 : index) == depth ? 2.5 : -1.0;
    };
    const std::vector<Tensor> inputs = {indices, integers({5}), constant(reals({2}, {-1, 2.5}))};
    expect_op({.op_type = "OneHot",
               .inputs = inputs,
               .outputs = {filled(Type::f32, {3, 4, 5}, [&](const Index& i) { return hot(i, i[2]); })}});
    expect_op({.op_type = "OneHot",
               .inputs = inputs,
               .outputs = {filled(Type::f32, {3, 5, 4},
                                  [&](const Index& i) {
                                    return hot({i[0], i[2]}, i[1]);
                                  })},
               .attributes = {{"axis", std::int64_t{1}}}});
  }
}

TEST(Trilu, BothHalvesAndDiagonals) {
  for (const Type type : {Type::f32, Type::i64})
    for (const std::int64_t upper : {0, 1})
      for (const std::int64_t k : {-2, 0, 1, 100}) {
        const Tensor x = random_integers(1, type, {2, 4, 5}, 1, 9);
        const Tensor expected = filled(type, x.shape, [&](const Index& i) {
          const std::int64_t beyond = i[2] - i[1] - k;
          return (upper != 0 ? beyond >= 0 : beyond <= 0) ? at(x, i) : 0.0;
        });
        expect_op({.op_type = "Trilu",
                   .inputs = {x, constant(tensor(Type::i64, {}, {double(k)}))},
                   .outputs = {expected},
                   .attributes = {{"upper", upper}}});
      }
}

TEST(CumSum, BothWaysAndExclusive) {
  const Tensor x = random(1, {3, 7, 5});
  for (const std::int64_t axis : {0, 1, -1})
    for (const std::int64_t exclusive : {0, 1})
      for (const std::int64_t reverse : {0, 1}) {
        const Tensor expected =
            along(x, static_cast<std::size_t>(axis < 0 ? axis + 3 : axis), [&](auto line) {
              if (reverse != 0) std::reverse(line.begin(), line.end());
              double sum = 0;
              for (double& number : line) {
                const double before = sum;
                sum += number;
                number = exclusive != 0 ? before : sum;
              }
              if (reverse != 0) std::reverse(line.begin(), line.end());
              return line;
            });
        expect_op({.op_type = "CumSum",
                   .inputs = {x, constant(tensor(Type::i64, {}, {double(axis)}))},
                   .outputs = {expected},
                   .attributes = {{"exclusive", exclusive}, {"reverse", reverse}}});
      }
}

}  // namespace
}  // namespace eb::gpu::test
