#include "backends/gpu/ops/resample.h"
#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

// Where one axis's element comes from, straight from ONNX's text, in doubles.
double position(const std::string& mode, double scale, double from, double to, double x) {
  if (mode == "asymmetric") return x / scale;
  if (mode == "align_corners") return to == 1 ? 0 : x * (from - 1) / (to - 1);
  if (mode == "tf_half_pixel_for_nn") return (x + 0.5) / scale;
  if (mode == "pytorch_half_pixel") return to > 1 ? (x + 0.5) / scale - 0.5 : 0;
  if (mode == "half_pixel_symmetric") {
    const double adjustment = to / (scale * from), center = from / 2;
    return center * (1 - adjustment) + (x + 0.5) / scale - 0.5;
  }
  return (x + 0.5) / scale - 0.5;
}

double cubic_weight(double t, double a) {
  t = std::abs(t);
  if (t <= 1) return (a + 2) * t * t * t - (a + 3) * t * t + 1;
  return t < 2 ? a * t * t * t - 5 * a * t * t + 8 * a * t - 4 * a : 0;
}

struct How {
  std::string mode = "nearest", coordinates = "half_pixel", rounding = "round_prefer_floor";
  bool exclude_outside = false;
};

double interpolated(const std::vector<double>& line, const How& how, double x) {
  const auto size = static_cast<std::int64_t>(line.size());
  const auto pick = [&](double i) {
    return line[static_cast<std::size_t>(
        std::clamp<std::int64_t>(static_cast<std::int64_t>(i), 0, size - 1))];
  };
  if (how.mode == "nearest") {
    if (how.rounding == "floor") return pick(std::floor(x));
    if (how.rounding == "ceil") return pick(std::ceil(x));
    if (how.rounding == "round_prefer_ceil") return pick(std::floor(x + 0.5));
    return pick(std::ceil(x - 0.5));
  }
  const double base = std::floor(x);
  double sum = 0, weights = 0;
  for (int k = -1; k <= 2; ++k) {
    const double distance = x - (base + k);
    const bool outside = base + k < 0 || base + k >= static_cast<double>(size);
    double weight =
        how.mode == "linear" ? std::max(0.0, 1 - std::abs(distance)) : cubic_weight(distance, -0.75);
    if (how.exclude_outside && outside) weight = 0;
    sum += weight * pick(base + k);
    weights += weight;
  }
  return how.exclude_outside ? sum / weights : sum;
}

Tensor resized(Tensor x, const Shape& shape, const std::vector<double>& scales, const How& how) {
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (x.shape[axis] == shape[axis] && scales[axis] == 1) continue;
    const std::int64_t from = x.shape[axis], to = shape[axis];
    Shape next = x.shape;
    next[axis] = to;
    x = filled(x.type, next, [&](Index index) {
      const double place =
          position(how.coordinates, scales[axis], double(from), double(to), double(index[axis]));
      std::vector<double> line;
      for (index[axis] = 0; index[axis] < from; ++index[axis]) line.push_back(at(x, index));
      return interpolated(line, how, place);
    });
  }
  return x;
}

OpCase resize_case(const Tensor& x, const std::vector<double>& scales, const How& how, bool as_image) {
  Shape shape;
  for (std::size_t i = 0; i < scales.size(); ++i)
    shape.push_back(static_cast<std::int64_t>(std::floor(double(x.shape[i]) * scales[i])));
  return {.op_type = "Resize",
          .inputs = {x, absent(), constant(reals({static_cast<std::int64_t>(scales.size())}, scales))},
          .outputs = {resized(x, shape, scales, how)},
          .attributes = {{"mode", how.mode},
                         {"coordinate_transformation_mode", how.coordinates},
                         {"nearest_mode", how.rounding},
                         {"exclude_outside", std::int64_t{how.exclude_outside ? 1 : 0}}},
          .as_image = as_image,
          .atol = 1e-5};
}

const std::vector<std::string> kCoordinates = {"half_pixel",           "asymmetric",
                                               "align_corners",        "pytorch_half_pixel",
                                               "tf_half_pixel_for_nn", "half_pixel_symmetric"};

TEST(Resize, NearestInEveryMode) {
  for (const std::string& coordinates : kCoordinates)
    for (const std::string rounding : {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"}) {
      SCOPED_TRACE(coordinates + " " + rounding);
      const Tensor x = random(1, {1, 3, 4, 6});
      expect_op(resize_case(x, {1, 1, 2, 2}, {"nearest", coordinates, rounding}, false));
      expect_op(resize_case(x, {1, 1, 0.5, 1.5}, {"nearest", coordinates, rounding}, true));
    }
}

TEST(Resize, LinearAndCubicInEveryMode) {
  for (const std::string& coordinates : kCoordinates)
    for (const std::string mode : {"linear", "cubic"}) {
      SCOPED_TRACE(coordinates + " " + mode);
      const Tensor x = random(2, {2, 5, 4, 6});
      expect_op(resize_case(x, {1, 1, 2, 2}, {mode, coordinates}, false));
      expect_op(resize_case(x, {1, 1, 0.75, 2.5}, {mode, coordinates}, true));
    }
}

TEST(Resize, CubicWithoutTheOutside) {
  How how{"cubic"};
  how.exclude_outside = true;
  expect_op(resize_case(random(3, {1, 16, 4, 6}), {1, 1, 2, 1.5}, how, true));
}

TEST(Resize, AnyAxesOfAnyRank) {
  for (const bool image : {false, true}) {
    expect_op(resize_case(random(4, {7}), {2}, {"linear"}, image));
    expect_op(resize_case(random(5, {3, 5}), {2, 3}, {"linear"}, image));
    expect_op(resize_case(random(6, {2, 5, 6}), {1, 1, 2}, {"linear"}, image));
    expect_op(resize_case(random(7, {2, 5, 3, 4, 2}), {1, 1, 2, 1.5, 2}, {"linear"}, image));
    expect_op(resize_case(random(8, {2, 5, 3, 4}), {1, 1, 1, 2}, {"linear"}, image));
    expect_op(resize_case(random(9, {2, 5, 3, 4}), {1, 1, 2, 1}, {"nearest"}, image));
    expect_op(resize_case(random(10, {2, 3, 4, 16}), {1, 2, 2, 1}, {"nearest"}, image));
  }
}

TEST(Resize, SizesAxesAndOneToOne) {
  const Tensor x = random(11, {1, 3, 4, 6});
  OpCase test = resize_case(x, {1, 1, 1.75, 0.5}, {"linear"}, true);
  test.inputs = {x, absent(), absent(), integers({7, 3})};
  test.attributes["axes"] = std::vector<std::int64_t>{2, -1};
  expect_op(test);
  // An empty constant is as good as none.
  test.inputs[1] = test.inputs[2] = constant(reals({0}, {}));
  expect_op(test);
  expect_op(resize_case(x, {1, 1, 1, 1}, {"linear"}, true));
}

TEST(Resize, BeforeVersion11) {
  const Tensor x = random(12, {1, 3, 4, 6});
  How how{"nearest", "asymmetric", "floor"};
  for (const std::string op_type : {"Resize", "Upsample"}) {
    OpCase test = resize_case(x, {1, 1, 2, 3}, how, false);
    test.op_type = op_type;
    test.since_version = op_type == "Resize" ? 10 : 9;
    test.inputs = {x, test.inputs[2]};
    test.attributes = {{"mode", std::string("nearest")}};
    expect_op(test);
  }
}

TEST(Resize, Refusals) {
  const Tensor x = random(13, {1, 3, 4, 6});
  OpCase test = resize_case(x, {1, 1, 2, 2}, {"linear"}, false);
  test.attributes["antialias"] = std::int64_t{1};
  EXPECT_EQ(refused(test), "antialias");
  test.attributes.erase("antialias");
  test.inputs[2].is_constant = false;
  EXPECT_EQ(refused(test), "scales are not constant");
  test.inputs[2].is_constant = true;
  test.attributes["coordinate_transformation_mode"] = std::string("tf_crop_and_resize");
  EXPECT_EQ(refused(test), "coordinates tf_crop_and_resize");
}

TEST(Resample, WeightsAddUpToOne) {
  for (const std::string mode : {"linear", "cubic"}) {
    const Resample how{.mode = mode};
    const auto taps = resample(how, 1.7f, 10, 17);
    ASSERT_EQ(taps.size(), 17u * static_cast<std::size_t>(how.taps()));
    for (std::size_t i = 0; i < 17; ++i) {
      float sum = 0;
      for (int k = 0; k < how.taps(); ++k) {
        const Tap& tap = taps[i * static_cast<std::size_t>(how.taps()) + static_cast<std::size_t>(k)];
        EXPECT_GE(tap.index, 0);
        EXPECT_LT(tap.index, 10);
        sum += tap.weight;
      }
      EXPECT_NEAR(sum, 1, 1e-6);
    }
  }
}

}  // namespace
}  // namespace eb::gpu::test
