#include "backends/gpu/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "backends/gpu/memory.h"
#include "tests/backends/gpu/graph_builder.h"
#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

DeviceInfo narrow() {
  DeviceInfo info;
  info.type = DeviceType::cpu;
  info.vector_floats = 4;
  info.max_group_items = 256;
  return info;
}

std::vector<std::string> kernels(const Program& program) {
  std::vector<std::string> names;
  for (const Call& call : program.calls) names.push_back(call.kernel.kernel);
  return names;
}

ValueId conv(GraphBuilder& build, ValueId from, std::int64_t outputs) {
  const Shape in = build.shape(from);
  const std::int64_t inputs = in[1];
  const ValueId weights = build.constant(
      {outputs, inputs, 1, 1}, std::vector<float>(static_cast<std::size_t>(outputs * inputs), 0.1f));
  return build.op("Conv", {from, weights}, {in[0], outputs, in[2], in[3]});
}

TEST(GpuPlan, ConvolutionsInARowStayImages) {
  GraphBuilder build;
  const ValueId x = build.input({1, 8, 5, 5});
  build.output(conv(build, conv(build, conv(build, x, 16), 16), 8));
  const DeviceInfo device = narrow();
  const auto program = make_plan(build.graph(), device);
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_EQ(kernels(*program), (std::vector<std::string>{"to_runs", "conv", "conv", "conv", "from_runs"}));
}

TEST(GpuPlan, SmallTypesAreConvertedAtTheEdge) {
  GraphBuilder build;
  const ValueId x = build.input({1, 4, 3, 3}, Type::f16);
  const ValueId y = build.op("MaxPool", {x}, {1, 4, 3, 3}, {{"kernel_shape", Shape{1, 1}}});
  build.output(y);
  const DeviceInfo device = narrow();
  Graph graph = build.graph();
  graph.values[static_cast<std::size_t>(y)].type = Type::f16;
  const auto program = make_plan(graph, device);
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_EQ(kernels(*program),
            (std::vector<std::string>{"import", "to_runs", "pool", "from_runs", "export"}));
  EXPECT_EQ(program->inputs[0].bytes, 72u);
  EXPECT_EQ(program->outputs[0].bytes, 72u);
}

TEST(GpuPlan, RowsWithoutPaddingAreFlat) {
  GraphBuilder build;
  const ValueId x = build.input({3, 8}), weights = build.constant({8, 16}, std::vector<float>(128, 0.1f));
  build.output(build.op("MatMul", {x, weights}, {3, 16}));
  const DeviceInfo device = narrow();
  const auto program = make_plan(build.graph(), device);
  ASSERT_TRUE(program);
  EXPECT_EQ(kernels(*program), (std::vector<std::string>{"conv"}));
}

TEST(GpuPlan, LifetimesEndWithTheLastReader) {
  GraphBuilder build;
  const ValueId x = build.input({1, 4, 3, 3});
  const ValueId a = conv(build, x, 4), b = conv(build, a, 4), c = conv(build, b, 4);
  build.output(c);
  const DeviceInfo device = narrow();
  const auto program = make_plan(build.graph(), device);
  ASSERT_TRUE(program);
  const auto layout = lay_out(program->areas, 1 << 30);
  ASSERT_TRUE(layout);
  const std::int64_t all =
      std::accumulate(program->areas.begin(), program->areas.end(), std::int64_t{0},
                      [](std::int64_t sum, const auto& area) { return sum + (area.floats + 63) / 64 * 64; });
  EXPECT_LT(layout->slab_floats[0] - kZeroPageFloats, all);
  const auto& output = program->areas[static_cast<std::size_t>(program->outputs[0].area)];
  EXPECT_EQ(output.last_call, static_cast<int>(program->calls.size()));
}

TEST(GpuPlan, PartsOfAConcatenationAreWrittenInPlace) {
  GraphBuilder build;
  const ValueId x = build.input({1, 8, 5, 5});
  const ValueId a = conv(build, x, 8), b = conv(build, x, 16);
  const ValueId joined = build.op("Concat", {a, b}, {1, 24, 5, 5}, {{"axis", std::int64_t{1}}});
  build.output(conv(build, joined, 8));
  const DeviceInfo device = narrow();
  const auto program = make_plan(build.graph(), device);
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_EQ(kernels(*program), (std::vector<std::string>{"to_runs", "conv", "conv", "conv", "from_runs"}));
  const Place first = program->calls[1].buffers[3], second = program->calls[2].buffers[3];
  EXPECT_EQ(first.area, second.area);
  EXPECT_EQ(first.pitch, 24);
  EXPECT_EQ(second.first_channel, 8);
}

TEST(GpuPlan, APartThatOthersReadIsCopied) {
  GraphBuilder build;
  const ValueId x = build.input({1, 8, 5, 5});
  const ValueId a = conv(build, x, 8), b = conv(build, x, 6);
  build.output(build.op("Concat", {a, b}, {1, 14, 5, 5}, {{"axis", std::int64_t{1}}}));
  build.output(a);
  const DeviceInfo device = narrow();
  const auto program = make_plan(build.graph(), device);
  ASSERT_TRUE(program) << program.error().message;
  EXPECT_NE(program->calls[1].buffers[3].area, program->calls[2].buffers[3].area);
}

TEST(GpuPlan, AConstantOutputIsCopied) {
  GraphBuilder build;
  build.output(build.constant({2}, std::vector<float>{1, 2}));
  const DeviceInfo device = narrow();
  const auto program = make_plan(build.graph(), device);
  ASSERT_TRUE(program) << program.error().message;
  ASSERT_EQ(program->calls.size(), 1u);
  EXPECT_GE(program->calls[0].buffers[0].constant, 0);
  EXPECT_EQ(program->calls[0].buffers[1].area, program->outputs[0].area);
}

TEST(GpuPlan, ConstantsAreLaidOutOnTheHost) {
  GraphBuilder build;
  const ValueId image = build.constant({1, 3, 1, 2}, std::vector<float>{1, 2, 3, 4, 5, 6});
  const DeviceInfo device = narrow();
  const Tiles tiles;
  Planner planner(build.graph(), device, tiles);
  const Place place = planner.image(image);
  EXPECT_EQ(place.area, -1);
  EXPECT_EQ(place.pixels, 2);
  EXPECT_EQ(place.channels, 3);
  EXPECT_EQ(place.pitch, 4);
  EXPECT_EQ(planner.image(image).constant, place.constant) << "made once";
}

// A residual block and a gate, on every device: fused plans give what the operators one by one give.
TEST(GpuPlan, FusedNetworksAreRight) {
  const auto devices = open_devices();
  if (devices.empty()) GTEST_SKIP() << "no Vulkan and no OpenCL device";
  const WindowCase window{.input = {1, 32, 12, 12}, .outputs = 32, .kernel = {3, 3}, .pads = {1}};
  const Tensor x = random(1, window.input), weights = random(2, {32, 32, 3, 3}, -0.1, 0.1);
  const Tensor first = conv_reference(window, x, weights, nullptr);
  const auto each_of = [](const std::vector<Tensor>& inputs, const Each& function) {
    return each(Type::f32, inputs, function);
  };
  const Tensor sum = each_of({first, x}, [](const auto& v) { return std::max(v[0] + v[1], 0.0); });
  const Tensor second = conv_reference(window, sum, weights, nullptr);
  const Tensor expected = each_of({second}, [](const auto& v) { return v[0] / (1 + std::exp(-v[0])); });

  GraphBuilder build;
  std::vector<float> numbers(weights.numbers.begin(), weights.numbers.end());
  const ValueId input = build.input(window.input);
  const ValueId w = build.constant(weights.shape, numbers);
  const std::map<std::string, Attribute> pads = {{"pads", Shape{1, 1, 1, 1}}};
  const ValueId a = build.op("Conv", {input, w}, window.input, pads);
  const ValueId r = build.op("Relu", {build.op("Add", {a, input}, window.input)}, window.input);
  const ValueId b = build.op("Conv", {r, w}, window.input, pads);
  build.output(build.op("Mul", {b, build.op("Sigmoid", {b}, window.input)}, window.input));
  for (ComputeDevice* device : devices) {
    SCOPED_TRACE(device->info().name);
    const auto program = make_plan(build.graph(), device->info());
    ASSERT_TRUE(program) << program.error().message;
    EXPECT_LE(program->calls.size(), 8u);  // to_runs, twice the three of Winograd, from_runs
    auto loaded = load_program(*device, *program);
    ASSERT_TRUE(loaded) << loaded.error().message;
    std::vector<std::byte> in = to_bytes(x), out(expected.numbers.size() * 4);
    const std::span<const std::byte> inputs[] = {in};
    const std::span<std::byte> outputs[] = {out};
    const Status status = (*loaded)->run(inputs, outputs);
    ASSERT_TRUE(status) << status.error().message;
    expect_near(out, expected, {.op_type = "network", .inputs = {x}, .rtol = 1e-4, .atol = 2e-4});
    const Status wrong = (*loaded)->run(inputs, std::vector<std::span<std::byte>>{std::span(out).first(8)});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().kind, ErrorKind::invalid);
  }
}

}  // namespace
}  // namespace eb::gpu::test
