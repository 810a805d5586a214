#include <algorithm>

#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

double reduce(const std::string& op_type, const std::vector<double>& line) {
  double sum = 0, product = 1, absolute = 0, squares = 0, exponentials = 0;
  for (const double x : line) {
    sum += x;
    product *= x;
    absolute += std::abs(x);
    squares += x * x;
    exponentials += std::exp(x);
  }
  if (op_type == "ReduceSum") return sum;
  if (op_type == "ReduceMean") return sum / static_cast<double>(line.size());
  if (op_type == "ReduceMax") return *std::max_element(line.begin(), line.end());
  if (op_type == "ReduceMin") return *std::min_element(line.begin(), line.end());
  if (op_type == "ReduceProd") return product;
  if (op_type == "ReduceL1") return absolute;
  if (op_type == "ReduceL2") return std::sqrt(squares);
  if (op_type == "ReduceSumSquare") return squares;
  if (op_type == "ReduceLogSum") return std::log(sum);
  return std::log(exponentials);
}

// The elements of x that fall on one of the result, whose shape keeps the reduced axes.
Tensor reduced(const std::string& op_type, const Tensor& x, const std::vector<bool>& over) {
  Shape shape = x.shape;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (over[i]) shape[i] = 1;
  std::vector<std::vector<double>> lines(static_cast<std::size_t>(elements(shape)));
  filled(x.type, x.shape, [&](Index index) {
    const double number = at(x, index);
    for (std::size_t i = 0; i < index.size(); ++i)
      if (over[i]) index[i] = 0;
    lines[static_cast<std::size_t>(offset_of(shape, index))].push_back(number);
    return 0.0;
  });
  Tensor made = tensor(x.type, shape, {});
  for (const auto& line : lines) made.numbers.push_back(reduce(op_type, line));
  return made;
}

OpCase reduce_case(const std::string& op_type, const Tensor& x, const std::vector<std::int64_t>& axes,
                   bool keeps = true) {
  std::vector<bool> over(x.shape.size(), axes.empty());
  for (const std::int64_t axis : axes)
    over[static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.shape.size()) : axis)] = true;
  Tensor expected = reduced(op_type, x, over);
  if (!keeps) {
    Shape shape;
    for (std::size_t i = 0; i < over.size(); ++i)
      if (!over[i]) shape.push_back(x.shape[i]);
    expected.shape = shape;
  }
  OpCase test{.op_type = op_type,
              .inputs = {x},
              .outputs = {expected},
              .attributes = {{"keepdims", std::int64_t{keeps ? 1 : 0}}},
              .atol = 1e-5};
  if (!axes.empty()) test.inputs.push_back(integers({axes.begin(), axes.end()}));
  return test;
}

const std::vector<std::string> kOperators = {"ReduceSum",    "ReduceMean",     "ReduceMax", "ReduceMin",
                                             "ReduceProd",   "ReduceL1",       "ReduceL2",  "ReduceSumSquare",
                                             "ReduceLogSum", "ReduceLogSumExp"};

TEST(Reduce, EveryOperatorInEveryWay) {
  for (const std::string& op_type : kOperators) {
    SCOPED_TRACE(op_type);
    const double low = op_type == "ReduceLogSum" ? 0.5 : -2;
    const Tensor x = random(1, {2, 5, 3, 6}, low, 2);
    expect_op(reduce_case(op_type, x, {1}));                              // lines of scalars
    expect_op(reduce_case(op_type, random(2, {3, 4, 16}, low, 2), {1}));  // lines of vectors
    expect_op(reduce_case(op_type, random(3, {4, 21}, low, 2), {-1}));    // runs
    OpCase pixels = reduce_case(op_type, x, {2, 3});
    pixels.as_image = true;
    expect_op(pixels);
    OpCase channels = reduce_case(op_type, random(4, {2, 20, 3}, low, 2), {1}, false);
    channels.as_image = true;
    expect_op(channels);
    expect_op_as_gpu(channels);
  }
}

TEST(Reduce, AnyAxesOfAnyRank) {
  const Shape sizes = {3, 2, 5, 4, 3};
  const std::vector<std::vector<std::int64_t>> all = {
      {}, {0}, {-1}, {0, 1}, {0, 2}, {1, 3}, {2, 3}, {0, -1}, {4, 0, 2}, {0, 1, 2, 3}, {1, 2}};
  for (const auto& axes : all)
    for (std::size_t rank = 1; rank <= sizes.size(); ++rank) {
      const auto fits = [&](std::int64_t axis) { return axis < static_cast<std::int64_t>(rank); };
      if (!std::all_of(axes.begin(), axes.end(), fits)) continue;
      if (rank == 1 && axes.size() > 1) continue;
      const Tensor x = random(5, {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(rank)});
      for (const bool keeps : {false, true}) {
        OpCase test = reduce_case("ReduceMean", x, axes, keeps);
        expect_op(test);
        test.as_image = true;
        expect_op(test);
      }
    }
}

TEST(Reduce, LongRunsOnAGpu) {
  for (const std::string op_type : {"ReduceMean", "ReduceMax", "ReduceLogSumExp"})
    for (const std::int64_t size : {1, 15, 64, 1000})
      expect_op_as_gpu(reduce_case(op_type, random(6, {3, size}), {1}));
}

TEST(Reduce, AxesAsAnAttribute) {
  OpCase test = reduce_case("ReduceSum", random(7, {2, 3, 4}), {});
  test = reduce_case("ReduceSum", test.inputs[0], {1});
  test.inputs.pop_back();
  test.attributes["axes"] = std::vector<std::int64_t>{1};
  test.since_version = 11;
  expect_op(test);
}

TEST(Reduce, NothingToDo) {
  const Tensor x = random(8, {2, 3});
  OpCase test{.op_type = "ReduceSum",
              .inputs = {x},
              .outputs = {x},
              .attributes = {{"noop_with_empty_axes", std::int64_t{1}}}};
  expect_op(test);
  test.inputs.push_back(integers({}));
  expect_op(test);
  test.op_type = "ReduceL1";
  EXPECT_EQ(refused(test), "nothing to reduce");
}

TEST(Reduce, RefusesIntegers) {
  const Tensor x = random_integers(9, Type::i64, {2, 3}, 0, 9);
  EXPECT_EQ(refused({.op_type = "ReduceSum", .inputs = {x}, .outputs = {x}}), "reduction of integers");
  expect_op(reduce_case("ReduceMax", random_integers(10, Type::u8, {3, 5}, 0, 255), {1}));
}

// --- ArgMax, ArgMin

OpCase arg_case(const std::string& op_type, const Tensor& x, std::int64_t axis, bool keeps, bool last) {
  const auto positive =
      static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(x.shape.size()) : axis);
  const Tensor found = along(x, positive, [&](std::vector<double> line) {
    if (op_type == "ArgMin")
      for (double& number : line) number = -number;
    const double most = *std::max_element(line.begin(), line.end());
    const auto first = std::find(line.begin(), line.end(), most) - line.begin();
    const auto end = static_cast<std::ptrdiff_t>(line.size()) - 1 -
                     (std::find(line.rbegin(), line.rend(), most) - line.rbegin());
    return std::vector<double>(line.size(), static_cast<double>(last ? end : first));
  });
  Shape shape = x.shape;
  shape[positive] = 1;
  Tensor expected = filled(Type::i64, shape, [&](const Index& index) { return at(found, index); });
  if (!keeps) expected.shape.erase(expected.shape.begin() + static_cast<std::ptrdiff_t>(positive));
  return {.op_type = op_type,
          .inputs = {x},
          .outputs = {expected},
          .attributes = {{"axis", axis},
                         {"keepdims", std::int64_t{keeps ? 1 : 0}},
                         {"select_last_index", std::int64_t{last ? 1 : 0}}}};
}

TEST(ArgMax, AnyAxisWithTies) {
  for (const std::string op_type : {"ArgMax", "ArgMin"})
    for (const std::int64_t axis : {0, 1, 2, -1})
      for (const bool last : {false, true}) {
        const Tensor x = typed(Type::f32, random_integers(1, Type::f32, {3, 5, 4}, 0, 3));
        OpCase test = arg_case(op_type, x, axis, last, last);
        expect_op(test);
        test.as_image = true;
        expect_op(test);
      }
  expect_op(arg_case("ArgMax", random(2, {2, 1000}), 1, false, false));
}

}  // namespace
}  // namespace eb::gpu::test
