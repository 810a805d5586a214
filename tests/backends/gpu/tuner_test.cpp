#include "backends/gpu/tuner.h"

#include "harness/base/files.h"
#include "tests/backends/gpu/graph_builder.h"
#include "tests/backends/gpu/ops/window_reference.h"

namespace eb::gpu::test {
namespace {

std::vector<float> floats(const Tensor& tensor) {
  return {tensor.numbers.begin(), tensor.numbers.end()};
}

// What the tuner found is found again by the next session, and gives the same numbers.
TEST(GpuTuner, ChoicesAreKeptAndRight) {
  const auto devices = open_devices();
  if (devices.empty()) GTEST_SKIP() << "no Vulkan and no OpenCL device";
  const WindowCase window{.input = {1, 32, 6, 6}, .outputs = 32, .kernel = {3, 3}, .pads = {1}};
  const Tensor x = random(1, window.input), weights = random(2, {32, 32, 3, 3}, -0.2, 0.2);
  const Tensor expected = conv_reference(window, x, weights, nullptr);
  GraphBuilder build;
  const ValueId input = build.input(window.input);
  const ValueId w = build.constant(weights.shape, floats(weights));
  build.output(build.op("Conv", {input, w}, window.input, {{"pads", Shape{1, 1, 1, 1}}}));
  const std::string key = ProductShape{36, 288, 32, 9, true}.key();
  for (ComputeDevice* device : devices) {
    SCOPED_TRACE(device->info().name);
    const auto folder = TempFolder::create();
    ASSERT_TRUE(folder);
    const auto before = tiles_for(*device, build.graph(), folder->path(), Tuning::from_cache);
    ASSERT_TRUE(before);
    EXPECT_TRUE(before->empty());
    const auto tuned = tiles_for(*device, build.graph(), folder->path(), Tuning::anew);
    ASSERT_TRUE(tuned) << tuned.error().message;
    EXPECT_TRUE(tuned->has(key));
    const auto again = tiles_for(*device, build.graph(), folder->path(), Tuning::from_cache);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->has(key));

    const auto program = make_plan(build.graph(), device->info(), *tuned);
    ASSERT_TRUE(program);
    auto loaded = load_program(*device, *program);
    ASSERT_TRUE(loaded);
    std::vector<std::byte> in = to_bytes(x), out(expected.numbers.size() * 4);
    const std::span<const std::byte> inputs[] = {in};
    const std::span<std::byte> outputs[] = {out};
    ASSERT_TRUE((*loaded)->run(inputs, outputs));
    expect_near(out, expected, {.op_type = "Conv", .inputs = {x}, .rtol = 1e-4, .atol = 2e-4});
  }
}

TEST(GpuTuner, AGraphWithoutProductsHasNothingToTune) {
  const auto devices = open_devices();
  if (devices.empty()) GTEST_SKIP() << "no Vulkan and no OpenCL device";
  GraphBuilder build;
  const ValueId x = build.input({1, 4, 4, 4});
  build.output(build.op("MaxPool", {x}, {1, 4, 4, 4}, {{"kernel_shape", Shape{1, 1}}}));
  const auto tuned = tune(*devices.front(), build.graph(), {});
  ASSERT_TRUE(tuned);
  EXPECT_TRUE(tuned->empty());
}

}  // namespace
}  // namespace eb::gpu::test
