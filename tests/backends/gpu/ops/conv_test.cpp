#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

enum class Weights : std::uint8_t { constant, from_outside };

void expect_conv(const WindowCase& test, Weights kind = Weights::constant, bool as_image = true) {
  Shape weight_shape{test.outputs, test.input[1] / test.groups};
  weight_shape.insert(weight_shape.end(), test.kernel.begin(), test.kernel.end());
  const Tensor x = random(1, test.input, -1, 1);
  Tensor weights = random(2, weight_shape, -0.5, 0.5);
  Tensor bias = random(3, {test.outputs}, -1, 1);
  const Tensor y = conv_reference(test, x, weights, &bias);
  weights.is_constant = bias.is_constant = kind == Weights::constant;
  expect_op({.op_type = "Conv",
             .inputs = {x, weights, bias},
             .outputs = {y},
             .attributes = test.attributes(),
             .as_image = as_image,
             .rtol = 1e-4,
             .atol = 2e-4});
}

TEST(GpuConv, Pointwise) {
  expect_conv({.input = {1, 16, 7, 5}, .outputs = 32, .kernel = {1, 1}});
  expect_conv({.input = {2, 5, 7, 7}, .outputs = 19, .kernel = {1, 1}});
  expect_conv({.input = {1, 33, 28, 28}, .outputs = 10, .kernel = {1, 1}});
  expect_conv({.input = {3, 20, 4, 4}, .outputs = 7, .kernel = {1, 1}, .strides = {2}});
  expect_conv({.input = {1, 64, 1, 1}, .outputs = 100, .kernel = {1, 1}});
}

TEST(GpuConv, WinogradOfBothSizes) {
  expect_conv({.input = {1, 32, 26, 27}, .outputs = 40, .kernel = {3, 3}, .pads = {1}});
  expect_conv({.input = {2, 36, 13, 11}, .outputs = 33, .kernel = {3, 3}, .pads = {1}});
  expect_conv({.input = {1, 32, 7, 7}, .outputs = 32, .kernel = {3, 3}});
  expect_conv({.input = {1, 32, 9, 6}, .outputs = 32, .kernel = {3, 3}, .pads = {1, 0, 2, 1}});
}

TEST(GpuConv, WindowsStridesPadsAndDilations) {
  expect_conv({.input = {1, 8, 9, 11}, .outputs = 12, .kernel = {3, 3}, .strides = {2}, .pads = {1}});
  expect_conv(
      {.input = {2, 7, 10, 8}, .outputs = 17, .kernel = {5, 3}, .strides = {2, 1}, .pads = {2, 0, 1, 1}});
  expect_conv({.input = {1, 16, 12, 12}, .outputs = 16, .kernel = {3, 3}, .dilations = {2, 3}, .pads = {2}});
  expect_conv(
      {.input = {1, 64, 14, 14}, .outputs = 64, .kernel = {3, 3}, .strides = {2}, .pads = {0, 0, 1, 1}});
  expect_conv({.input = {1, 24, 7, 7}, .outputs = 24, .kernel = {7, 7}});
}

TEST(GpuConv, FirstLayerOfAPicture) {
  for (const std::int64_t channels : {1, 2, 3, 4}) {
    expect_conv(
        {.input = {1, channels, 17, 19}, .outputs = 16, .kernel = {3, 3}, .strides = {2}, .pads = {1}},
        Weights::constant, false);
    expect_conv({.input = {2, channels, 12, 12}, .outputs = 9, .kernel = {5, 7}, .pads = {0, 1, 3, 2}},
                Weights::constant, false);
  }
}

TEST(GpuConv, Depthwise) {
  for (const std::int64_t kernel : {3, 5})
    for (const std::int64_t stride : {1, 2})
      for (const std::int64_t channels : {3, 16, 37})
        expect_conv({.input = {2, channels, 13, 15},
                     .outputs = channels,
                     .kernel = {kernel, kernel},
                     .strides = {stride},
                     .pads = {kernel / 2},
                     .groups = channels});
  expect_conv({.input = {1, 24, 60, 58}, .outputs = 24, .kernel = {3, 3}, .pads = {1}, .groups = 24});
}

TEST(GpuConv, DepthwiseOfAnyWindow) {
  expect_conv({.input = {1, 20, 12, 12}, .outputs = 20, .kernel = {7, 7}, .pads = {3}, .groups = 20});
  expect_conv(
      {.input = {2, 9, 12, 12}, .outputs = 9, .kernel = {3, 3}, .dilations = {2}, .pads = {2}, .groups = 9});
  expect_conv({.input = {1, 18, 12, 9}, .outputs = 18, .kernel = {1, 3}, .strides = {1, 3}, .groups = 18});
}

TEST(GpuConv, Groups) {
  expect_conv({.input = {2, 32, 8, 8}, .outputs = 64, .kernel = {3, 3}, .pads = {1}, .groups = 4});
  expect_conv({.input = {2, 8, 6, 6}, .outputs = 32, .kernel = {1, 1}, .groups = 2});
  expect_conv({.input = {1, 6, 8, 8}, .outputs = 9, .kernel = {3, 3}, .groups = 3});
  expect_conv({.input = {1, 4, 5, 5}, .outputs = 8, .kernel = {3, 3}, .groups = 4});  // two outputs a channel
}

// Several groups in one product, where one is no whole vectors.
TEST(GpuConv, GroupsOfFewChannels) {
  expect_conv({.input = {2, 32, 8, 8}, .outputs = 32, .kernel = {3, 3}, .pads = {1}, .groups = 8});
  expect_conv({.input = {1, 16, 7, 5}, .outputs = 32, .kernel = {3, 3}, .pads = {1}, .groups = 16});
  expect_conv({.input = {1, 60, 6, 6}, .outputs = 36, .kernel = {1, 1}, .groups = 12});
  expect_conv({.input = {1, 21, 9, 9}, .outputs = 35, .kernel = {3, 3}, .strides = {2}, .groups = 7});
  expect_conv({.input = {1, 23, 5, 5}, .outputs = 46, .kernel = {3, 3}, .groups = 23});
}

TEST(GpuConv, MoreChannelsThanTheZeroPage) {
  expect_conv({.input = {1, kZeroPageFloats + 260, 4, 4},
               .outputs = 5,
               .kernel = {3, 3},
               .strides = {2},
               .pads = {1}});
  expect_conv(
      {.input = {1, kZeroPageFloats + 260, 5, 5}, .outputs = 20, .kernel = {3, 3}, .pads = {0, 0, 1, 1}});
}

TEST(GpuConv, OneAndThreeDimensions) {
  expect_conv({.input = {2, 18, 40}, .outputs = 24, .kernel = {5}, .strides = {2}, .pads = {2}});
  expect_conv({.input = {1, 40, 40}, .outputs = 40, .kernel = {3}, .pads = {1}, .groups = 40});
  expect_conv({.input = {1, 3, 5, 6, 7},
               .outputs = 4,
               .kernel = {3, 2, 3},
               .strides = {1, 2, 1},
               .pads = {1, 0, 1, 0, 1, 1}});
}

TEST(GpuConv, WeightsFromOutside) {
  expect_conv({.input = {2, 6, 8, 8}, .outputs = 5, .kernel = {3, 3}, .pads = {1}}, Weights::from_outside);
  expect_conv({.input = {1, 6, 8, 8}, .outputs = 6, .kernel = {3, 3}, .groups = 3}, Weights::from_outside);
}

TEST(GpuConv, AutoPad) {
  const WindowCase same{.input = {1, 16, 9, 9}, .outputs = 16, .kernel = {3, 3}, .strides = {2}, .pads = {1}};
  const WindowCase lower{
      .input = {1, 16, 8, 8}, .outputs = 16, .kernel = {3, 3}, .strides = {2}, .pads = {1, 1, 0, 0}};
  const WindowCase upper{
      .input = {1, 16, 8, 8}, .outputs = 16, .kernel = {3, 3}, .strides = {2}, .pads = {0, 0, 1, 1}};
  const WindowCase valid{.input = {1, 16, 8, 8}, .outputs = 16, .kernel = {3, 3}, .strides = {2}};
  for (const auto& [test, name] :
       {std::pair(same, "SAME_UPPER"), {lower, "SAME_LOWER"}, {upper, "SAME_UPPER"}, {valid, "VALID"}}) {
    const Tensor x = random(1, test.input), weights = constant(random(2, {16, 16, 3, 3}, -0.5, 0.5));
    auto attributes = test.attributes();
    attributes.erase("pads");
    attributes["auto_pad"] = std::string(name);
    expect_op({.op_type = "Conv",
               .inputs = {x, weights},
               .outputs = {conv_reference(test, x, weights, nullptr)},
               .attributes = attributes,
               .as_image = true,
               .rtol = 1e-4,
               .atol = 1e-4});
  }
}

TEST(GpuConv, Refusals) {
  const Tensor x = random(1, {1, 4, 5, 5}), weights = constant(random(2, {4, 4, 3, 3}));
  const std::vector<Tensor> y = {random(3, {1, 4, 3, 3})};
  EXPECT_EQ(refused({.op_type = "Conv", .inputs = {x, weights}, .outputs = y}), "");
  EXPECT_EQ(
      refused(
          {.op_type = "Conv", .inputs = {x, weights}, .outputs = y, .attributes = {{"pads", Shape{1, 1}}}}),
      "a spatial attribute of the wrong length");
  EXPECT_EQ(refused({.op_type = "Conv",
                     .inputs = {x, weights},
                     .outputs = y,
                     .attributes = {{"pads", Shape{-1, 0, 0, 0}}}}),
            "negative pads");
  EXPECT_EQ(refused({.op_type = "Conv",
                     .inputs = {x, weights},
                     .outputs = y,
                     .attributes = {{"group", std::int64_t{3}}}}),
            "channels are not a multiple of the groups");
  EXPECT_EQ(refused({.op_type = "Conv",
                     .inputs = {random_integers(1, Type::i32, {1, 4, 5, 5}, 0, 3), weights},
                     .outputs = y}),
            "not a float type");
  EXPECT_EQ(refused({.op_type = "Conv",
                     .inputs = {random(1, {4, 5}), constant(random(2, {4, 5}))},
                     .outputs = {random(3, {4, 4})}}),
            "not 1 to 3 spatial dimensions");
}

}  // namespace
}  // namespace eb::gpu::test
