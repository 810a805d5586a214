#include "backends/onnxruntime/layer_work.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/backends/onnxruntime/profiles.h"
#include "tests/support/tree.h"

namespace eb::ort {
namespace {

using test::problem;
using test::recorded_profile;

OperationCount work_of(const std::string& profile) {
  auto work = count_from_profile(recorded_profile(profile));
  EXPECT_EQ(problem(work), "");
  return work ? *work : OperationCount{};
}

std::vector<Layer> layers_of(const std::string& profile, const std::string& provider,
                             const OperationCount& work, const std::vector<AssignedGroup>& groups = {}) {
  auto executed = layers_from_profile(recorded_profile(profile), provider);
  EXPECT_EQ(problem(executed), "");
  std::vector<Layer> layers;
  if (!executed) return layers;
  add_work(work, groups, provider, executed->layers);
  for (const ExecutedLayer& one : executed->layers) layers.push_back(one.layer);
  return layers;
}

double macs_of(const std::vector<Layer>& layers) {
  double sum = 0;
  for (const Layer& layer : layers) sum += layer.macs.value_or(0);
  return sum;
}

const Layer& find(const std::vector<Layer>& layers, const std::string& name) {
  static const Layer none{};
  const auto at =
      std::find_if(layers.begin(), layers.end(), [&](const Layer& layer) { return layer.name == name; });
  EXPECT_NE(at, layers.end()) << name;
  return at == layers.end() ? none : *at;
}

TEST(LayerWork, AFusedNodeHasTheWorkOfWhatItWas) {
  const OperationCount work = work_of("small.unfused");
  const auto layers = layers_of("small.cpu", "CPUExecutionProvider", work);
  ASSERT_EQ(layers.size(), 3u);
  EXPECT_EQ(layers[0].name, "fused hidden");
  EXPECT_EQ(layers[0].macs, 620 * 120);
  EXPECT_EQ(layers[0].traffic_bytes, 4 * (620 + 620 * 120 + 120 + 120)) << "packed weights count, too";
  EXPECT_EQ(layers[2].macs, 0);
  EXPECT_EQ(macs_of(layers), work.macs());
}

TEST(LayerWork, PaddedChannelsAreNoWork) {
  const OperationCount work = work_of("squeezenet.unfused");
  const auto layers = layers_of("squeezenet.cpu", "CPUExecutionProvider", work);
  EXPECT_DOUBLE_EQ(macs_of(layers), work.macs());
  EXPECT_EQ(find(layers, "relu62_nchwc").macs, 512.0 * 1000 * 13 * 13) << "executed with 1008 channels";
  EXPECT_EQ(find(layers, "concat9").op_type, "Concat");
}

TEST(LayerWork, KernelsHaveTheWorkOfTheirNode) {
  const OperationCount work = work_of("squeezenet.unfused");
  const auto layers = layers_of("squeezenet.opencl", "EdgebenchOpenCL", work);
  EXPECT_DOUBLE_EQ(macs_of(layers), work.macs());
  const Layer& first = find(layers, "conv0");
  EXPECT_EQ(first.op_type, "Conv") << "not the kernel's name";
  EXPECT_EQ(first.traffic_bytes, 602112 + 7168 + 3154176);
}

// As the simulated NPU takes convolutions with their activations, two of each fire module at once.
std::vector<AssignedGroup> groups_of_convolutions(const OperationCount& work) {
  std::vector<AssignedGroup> groups;
  for (const OperationCount::Node& node : work.nodes) {
    if (node.op_type == "MaxPool" || node.op_type == "Concat" || node.op_type == "GlobalAveragePool")
      groups.emplace_back();
    if (groups.empty()) groups.emplace_back();
    if (node.op_type == "Conv" || node.op_type == "Relu")
      groups.back().push_back({node.name, node.op_type, "EdgebenchSimNpu"});
  }
  std::erase_if(groups, [](const AssignedGroup& group) { return group.empty(); });
  return groups;
}

TEST(LayerWork, ACompiledSubgraphHasTheWorkOfItsNodes) {
  const OperationCount work = work_of("squeezenet.unfused");
  const auto groups = groups_of_convolutions(work);
  const auto layers = layers_of("squeezenet.npu", "EdgebenchSimNpu", work, groups);
  EXPECT_DOUBLE_EQ(macs_of(layers), work.macs());
  const Layer& first = find(layers, "conv0");
  EXPECT_EQ(first.op_type, "2 nodes");
  EXPECT_EQ(first.macs, 64.0 * 111 * 111 * 27);
  EXPECT_EQ(first.traffic_bytes, 602112 + 3154176 + 7168);
}

TEST(LayerWork, WhatCannotBeToldApartIsAbsent) {
  const OperationCount work = work_of("squeezenet.unfused");
  const auto layers = layers_of("squeezenet.npu", "EdgebenchSimNpu", work, {});
  const auto compiled = std::find_if(layers.begin(), layers.end(), [](const Layer& layer) {
    return layer.op_type.starts_with("EdgebenchSimNpu");
  });
  ASSERT_NE(compiled, layers.end());
  EXPECT_FALSE(compiled->macs);
}

TEST(LayerWork, AnUncountedOperatorHasNoMacs) {
  OperationCount work;
  work.nodes = {{"e", "Einsum", 0}};
  work.uncounted = {"Einsum"};
  std::vector<ExecutedLayer> layers(1);
  layers[0].layer = {"e", "Einsum", "CPU", 5};
  layers[0].layer.macs = 0;
  add_work(work, {}, "CPU", layers);
  EXPECT_FALSE(layers[0].layer.macs);
}

TEST(LayerWork, TwoNodesOfOneNameAreNobodys) {
  OperationCount work;
  work.nodes = {{"n", "MatMul", 10}, {"n", "MatMul", 20}};
  std::vector<ExecutedLayer> layers(1);
  layers[0].layer = {"n", "MatMul", "CPU", 5};
  add_work(work, {}, "CPU", layers);
  EXPECT_FALSE(layers[0].layer.macs);
}

}  // namespace
}  // namespace eb::ort
