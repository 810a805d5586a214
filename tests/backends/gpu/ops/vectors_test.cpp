// How elementwise calls are arranged: no device is needed.
#include "backends/gpu/ops/vectors.h"

#include <gtest/gtest.h>

#include "backends/gpu/ops.h"

namespace eb::gpu {
namespace {

// x -> MaxPool 1x1 -> op(x, other): the pool leaves x in the image layout.
class Arranged {
 public:
  Arranged(const char* op, Shape shape, std::vector<Shape> constants = {}, bool as_image = true) {
    const ValueId x = add(shape), pooled = as_image ? add(shape) : x;
    graph_.inputs = {x};
    if (as_image) {
      Node pool{.name = "pool", .op_type = "MaxPool", .inputs = {x}, .outputs = {pooled}};
      pool.attributes["kernel_shape"] = std::vector<std::int64_t>(shape.size() - 2, 1);
      graph_.nodes.push_back(pool);
    }
    Node node{.name = "node", .op_type = op, .inputs = {pooled}};
    node.since_version = 13;
    for (const Shape& constant : constants) {
      node.inputs.push_back(add(constant));
      graph_.values.back().constant =
          std::as_bytes(std::span(zeros_))
              .first(static_cast<std::size_t>(elements(constant)) * sizeof(float));
    }
    node.outputs = {add(shape)};
    graph_.outputs = {node.outputs[0]};
    graph_.nodes.push_back(std::move(node));
    device_.max_group_items = 64;
  }

  // The node's calls, without those that bring the output home.
  std::vector<Call> calls(int vector_floats) {
    device_.vector_floats = vector_floats;
    const auto program = make_plan(graph_, device_);
    EXPECT_TRUE(program);
    std::vector<Call> calls;
    for (const Call& call : program->calls)
      if (call.node == "node" && call.kernel.kernel != "from_runs") calls.push_back(call);
    return calls;
  }

  Call only_call(int vector_floats) {
    const std::vector<Call> all = calls(vector_floats);
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? Call{} : all[0];
  }

 private:
  ValueId add(Shape shape) {
    graph_.values.push_back({.name = "v", .type = Type::f32, .shape = std::move(shape)});
    return static_cast<ValueId>(graph_.values.size()) - 1;
  }

  Graph graph_{};
  DeviceInfo device_{};
  std::vector<float> zeros_ = std::vector<float>(1024);
};

int constant(const Call& call, const char* name) {
  for (const auto& [key, value] : call.kernel.constants)
    if (key == name) return value;
  return -1;
}

std::uint32_t count(const Call& call) {
  return call.params[0].bits;
}
std::uint32_t tail(const Call& call) {
  return call.params[1].bits;
}
std::uint32_t splat(const Call& call) {
  return call.params[2].bits;
}

TEST(Vectors, SameShapesAreOneLine) {
  const Call flat = Arranged("Relu", {3, 7, 11}, {}, false).only_call(16);
  EXPECT_EQ(constant(flat, "DIMS"), 1);
  EXPECT_EQ(count(flat), 15u);  // 231 floats
  const Call image = Arranged("Relu", {2, 20, 3, 3}).only_call(16);
  EXPECT_EQ(constant(image, "DIMS"), 1);
  EXPECT_EQ(count(image), 2u * 9 * 2);
}

TEST(Vectors, PaddingIsZeroedOnlyWhereItMightBecomeInfinite) {
  const Call finite = Arranged("Relu", {1, 5, 3, 3}).only_call(4);
  EXPECT_EQ(tail(finite), 4u);
  const Call infinite = Arranged("Reciprocal", {1, 5, 3, 3}).only_call(4);
  EXPECT_EQ(tail(infinite), 1u);
  EXPECT_EQ(constant(infinite, "DIMS"), 2);
  const Call full = Arranged("Reciprocal", {1, 8, 3, 3}).only_call(4);
  EXPECT_EQ(tail(full), 4u);
  EXPECT_EQ(constant(full, "DIMS"), 1);
}

TEST(Vectors, AConstantAChannelMeetsTheImageAsItIs) {
  for (const Shape& shape : {Shape{5, 1, 1}, Shape{1, 5, 1, 1}}) {
    const Call call = Arranged("Add", {2, 5, 3, 3}, {shape}).only_call(4);
    EXPECT_EQ(constant(call, "DIMS"), 2);
    EXPECT_EQ(splat(call), 0u);
  }
  const Call scalar = Arranged("Add", {2, 5, 3, 3}, {Shape{}}).only_call(4);
  EXPECT_EQ(constant(scalar, "DIMS"), 1);
  EXPECT_EQ(splat(scalar), 2u);
  const Call map = Arranged("Add", {2, 5, 3, 3}, {Shape{1, 1, 3, 3}}).only_call(4);
  EXPECT_EQ(splat(map), 2u);
}

TEST(Vectors, FlatBroadcastingIsByVectorsWhereTheyFit) {
  const Call rows = Arranged("Add", {4, 6, 32}, {Shape{32}}, false).only_call(16);
  EXPECT_EQ(constant(rows, "DIMS"), 2);
  const Call column = Arranged("Add", {4, 6, 32}, {Shape{6, 1}}, false).only_call(16);
  EXPECT_EQ(splat(column), 2u);
  const std::vector<Call> odd = Arranged("Add", {4, 6, 5}, {Shape{5}}, false).calls(16);
  ASSERT_EQ(odd.size(), 2u);
  EXPECT_EQ(odd[0].kernel.kernel, "broadcast");
  EXPECT_EQ(constant(odd[1], "DIMS"), 1);
}

}  // namespace
}  // namespace eb::gpu
