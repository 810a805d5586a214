#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

// The adjoint of a convolution: sum over outputs of y * conv(x) equals sum over inputs of x *
// conv_transpose(y). Here each output is gathered directly.
Tensor transposed_reference(const WindowCase& test, const Tensor& x, const Tensor& weights,
                            const Shape& output) {
  Tensor y = reals(output, std::vector<double>(static_cast<std::size_t>(elements(output))));
  const std::int64_t group_inputs = test.input[1] / test.groups, group_outputs = output[1] / test.groups;
  const std::int64_t taps = elements(test.kernel);
  for (std::int64_t at = 0; at < elements(x.shape); ++at) {
    const Shape in = position_of(at, x.shape);
    for (std::int64_t o = 0; o < group_outputs; ++o)
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const Shape offset = position_of(tap, test.kernel);
        Shape out{in[0], in[1] / group_inputs * group_outputs + o};
        bool inside = true;
        for (std::size_t i = 0; i < test.spatial(); ++i) {
          out.push_back(in[i + 2] * test.all_strides()[i] - test.all_pads()[i] +
                        offset[i] * test.all_dilations()[i]);
          inside = inside && out.back() >= 0 && out.back() < output[i + 2];
        }
        if (inside)
          y.numbers[static_cast<std::size_t>(index_of(out, output))] +=
              x.numbers[static_cast<std::size_t>(at)] *
              weights.numbers[static_cast<std::size_t>((in[1] * group_outputs + o) * taps + tap)];
      }
  }
  return y;
}

struct Transposed {
  WindowCase test{};
  Shape spatial{};  // of the output
};

OpCase transposed_case(const Transposed& given) {
  const WindowCase& test = given.test;
  Shape weight_shape{test.input[1], test.outputs / test.groups};
  weight_shape.insert(weight_shape.end(), test.kernel.begin(), test.kernel.end());
  Shape output{test.input[0], test.outputs};
  output.insert(output.end(), given.spatial.begin(), given.spatial.end());
  const Tensor x = random(1, test.input), weights = constant(random(2, weight_shape));
  return {.op_type = "ConvTranspose",
          .inputs = {x, weights},
          .outputs = {transposed_reference(test, x, weights, output)},
          .attributes = test.attributes(),
          .as_image = true,
          .rtol = 1e-4,
          .atol = 1e-4};
}

// With weights that the planner packs, and with weights that it cannot.
void expect_transposed(const Transposed& given) {
  OpCase test = transposed_case(given);
  expect_op(test);
  test.inputs[1].is_constant = false;
  expect_op(test);
}

TEST(GpuConvTranspose, WindowsStridesAndPads) {
  expect_transposed({{.input = {1, 6, 5, 5}, .outputs = 4, .kernel = {2, 2}, .strides = {2}}, {10, 10}});
  expect_transposed(
      {{.input = {2, 3, 4, 5}, .outputs = 5, .kernel = {3, 3}, .strides = {2, 1}, .pads = {1}}, {7, 5}});
  expect_transposed(
      {{.input = {1, 20, 6, 4}, .outputs = 33, .kernel = {4, 4}, .strides = {2}, .pads = {1}}, {12, 8}});
  expect_transposed({{.input = {1, 8, 5, 5}, .outputs = 8, .kernel = {2, 3}, .strides = {3, 4}}, {14, 19}});
}

TEST(GpuConvTranspose, RowsThatNoInputReaches) {
  expect_transposed({{.input = {1, 8, 4, 4}, .outputs = 16, .kernel = {3, 3}, .strides = {2}, .pads = {1}},
                     {8, 8}});  // output_padding 1
  expect_transposed({{.input = {1, 4, 3, 3}, .outputs = 4, .kernel = {1, 1}, .strides = {3}}, {9, 9}});
}

TEST(GpuConvTranspose, Dilated) {
  expect_transposed({{.input = {1, 4, 4, 4}, .outputs = 6, .kernel = {3, 3}, .dilations = {2}}, {8, 8}});
  expect_transposed(
      {{.input = {1, 4, 5, 4}, .outputs = 6, .kernel = {3, 2}, .strides = {2, 3}, .dilations = {3, 2}},
       {15, 12}});
}

TEST(GpuConvTranspose, OneAndThreeDimensions) {
  expect_transposed(
      {{.input = {1, 4, 9}, .outputs = 3, .kernel = {4}, .strides = {3}, .pads = {1, 0}}, {27}});
  expect_transposed(
      {{.input = {2, 4, 3, 2, 3}, .outputs = 5, .kernel = {2, 2, 3}, .strides = {2, 2, 1}}, {6, 4, 5}});
}

TEST(GpuConvTranspose, Groups) {
  for (const auto& [inputs, outputs, groups] :
       {std::array<std::int64_t, 3>{4, 6, 2}, {16, 64, 4}, {20, 20, 20}, {12, 24, 12}, {40, 40, 20}})
    expect_transposed({{.input = {2, inputs, 4, 5},
                        .outputs = outputs,
                        .kernel = {4, 4},
                        .strides = {2},
                        .pads = {1},
                        .groups = groups},
                       {8, 10}});
}

TEST(GpuConvTranspose, AutoPadAndOutputShape) {
  OpCase test = transposed_case(
      {{.input = {1, 4, 5, 5}, .outputs = 4, .kernel = {3, 3}, .strides = {2}, .pads = {0, 0, 1, 1}},
       {10, 10}});
  test.attributes.erase("pads");
  test.attributes["auto_pad"] = std::string("SAME_UPPER");
  expect_op(test);
  test.attributes["auto_pad"] = std::string("NOTSET");
  test.attributes["output_shape"] = Shape{10, 10};
  expect_op(test);
}

// Products beyond what is kept in memory at a time: strips of rows, of several pictures.
TEST(GpuConvTranspose, LargePicturesInStrips) {
  const Transposed large{
      {.input = {2, 1, 150, 300}, .outputs = 1, .kernel = {6, 6}, .strides = {2}, .pads = {1}}, {302, 602}};
  OpCase test = transposed_case(large);
  const OneNodeGraph one(test);
  for (const ComputeDevice* device : open_devices()) {
    const auto plan = make_plan(one.graph(), device->info());
    ASSERT_TRUE(plan);
    EXPECT_GT(plan->calls.size(), 8u) << "two strips of two pictures, at least";
  }
  expect_op(test);
}

}  // namespace
}  // namespace eb::gpu::test
