#include "backends/onnxruntime/layer_profile.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/backends/onnxruntime/profiles.h"
#include "tests/support/tree.h"

namespace eb::ort {
namespace {

using test::problem;
using test::recorded_profile;
using ::testing::ElementsAre;
using ::testing::Pair;

std::string run_event(int ts, int dur) {
  return fmt::format(R"({{"cat":"Session","name":"model_run","ts":{},"dur":{},"args":{{}}}})", ts, dur);
}
std::string node_event(const char* name, int ts, int dur, const char* provider = "NPU") {
  return fmt::format(
      R"({{"cat":"Node","name":"{}_kernel_time","ts":{},"dur":{},"args":{{"op_name":"Relu","provider":"{}"}}}})",
      name, ts, dur, provider);
}
std::string kernel_event(const char* name, const char* node, int ts, int ns) {
  return fmt::format(
      R"({{"cat":"Kernel","name":"{}","ts":{},"dur":{},"args":{{"node":"{}","duration_ns":"{}"}}}})", name,
      ts, ns / 1000, node, ns);
}

std::vector<std::pair<std::string, double>> times_of(const std::vector<std::string>& events) {
  const auto executed = layers_from_profile(fmt::format("[{}]", fmt::join(events, ",")), "NPU");
  EXPECT_EQ(problem(executed), "");
  std::vector<std::pair<std::string, double>> times;
  if (executed)
    for (const ExecutedLayer& one : executed->layers) times.emplace_back(one.layer.name, one.layer.time_us);
  return times;
}

TEST(LayerProfile, TimesAreMediansOfTheWarmRuns) {
  EXPECT_THAT(times_of({run_event(0, 900), node_event("a", 10, 800), run_event(1000, 100),
                        node_event("a", 1010, 30), node_event("b", 1040, 10), run_event(2000, 100),
                        node_event("a", 2010, 50), node_event("b", 2060, 11), run_event(3000, 100),
                        node_event("a", 3010, 40), node_event("b", 3050, 90)}),
              ElementsAre(Pair("a", 40), Pair("b", 11)));
}

TEST(LayerProfile, WhatANodeHoldsIsNoLayer) {
  EXPECT_THAT(
      times_of({run_event(0, 9), run_event(100, 100), node_event("inner", 112, 20),
                node_event("loop", 110, 50), node_event("inner", 135, 20), node_event("next", 160, 5)}),
      ElementsAre(Pair("loop", 50), Pair("next", 5)));
}

TEST(LayerProfile, KernelsStandForTheCallsOfTheirProvider) {
  const auto times =
      times_of({run_event(0, 9), run_event(100, 100), node_event("fused", 110, 60),
                node_event("on the host", 170, 7, "CPU"), kernel_event("winograd", "conv", 111, 1500),
                kernel_event("conv", "conv", 112, 2250), kernel_event("upload", "", 114, 400)});
  EXPECT_THAT(times, ElementsAre(Pair("conv", 3.75), Pair("upload", 0.4), Pair("on the host", 7)));
}

TEST(LayerProfile, TheUnitOfAMicrosecondServesWhereThereIsNoOther) {
  std::string kernel = kernel_event("conv", "conv", 111, 3000);
  kernel.replace(kernel.find("duration_ns"), 11, "nanoseconds");
  EXPECT_THAT(times_of({run_event(0, 9), run_event(100, 100), kernel}), ElementsAre(Pair("conv", 3)));
}

TEST(LayerProfile, WhatIsNoProfileOrHasNoWarmRunIsAnError) {
  for (
      const std::string& text :
      {std::string(), std::string("{}"), std::string("[]"), "[" + run_event(0, 5) + "]",
       "[" + run_event(0, 5) + "," + run_event(10, 5) + "]",
       "[" + run_event(0, 5) + "," + run_event(10, 5) + "," + node_event("a", 11, -1) + "]",
       "[" + run_event(0, 5) + "," + run_event(10, 5) +
           R"(,null,7,{"name":3},{"name":"x_kernel_time","ts":11,"dur":1,"args":[]},{"cat":"Kernel","args":7}])"})
    EXPECT_FALSE(layers_from_profile(text, "NPU")) << text;
}

TEST(LayerProfile, ARecordedRunOfTheCpuAddsUp) {
  const auto executed = layers_from_profile(recorded_profile("squeezenet.cpu"), "CPUExecutionProvider");
  ASSERT_EQ(problem(executed), "");
  EXPECT_EQ(executed->runs, 2);
  EXPECT_EQ(executed->layers.size(), 40u);
  double sum_us = 0;
  for (const ExecutedLayer& one : executed->layers) {
    sum_us += one.layer.time_us;
    EXPECT_FALSE(one.layer.is_device_time);
    EXPECT_TRUE(one.layer.traffic_bytes) << one.layer.name;
  }
  EXPECT_GT(sum_us, 0.7 * executed->run_us);
  EXPECT_LT(sum_us, 1.1 * executed->run_us);
}

TEST(LayerProfile, ARecordedRunOfADeviceHasALayerForEachNode) {
  const auto executed = layers_from_profile(recorded_profile("squeezenet.opencl"), "EdgebenchOpenCL");
  ASSERT_EQ(problem(executed), "");
  double sum_us = 0;
  for (const ExecutedLayer& one : executed->layers) {
    sum_us += one.layer.time_us;
    EXPECT_TRUE(one.layer.is_device_time) << one.layer.name;
    EXPECT_EQ(one.layer.provider, "EdgebenchOpenCL");
  }
  EXPECT_EQ(executed->layers.front().layer.name, "conv0");
  EXPECT_LT(sum_us, executed->run_us);
}

}  // namespace
}  // namespace eb::ort
