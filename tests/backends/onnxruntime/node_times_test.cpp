#include "backends/onnxruntime/node_times.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace eb::ort {
namespace {

std::string run_event(int ts, int dur) {
  return fmt::format(R"({{"cat":"Session","name":"model_run","ts":{},"dur":{},"args":{{}}}})", ts, dur);
}
std::string node_event(const char* provider, int ts, int dur) {
  return fmt::format(
      R"({{"cat":"Node","name":"n_kernel_time","ts":{},"dur":{},"args":{{"op_name":"Conv","provider":"{}"}}}})",
      ts, dur, provider);
}

double share_of(const std::string& events) {
  const auto share = time_share_from_profile("[" + events + "]", "NPU");
  EXPECT_TRUE(share) << share.error().message;
  return share ? *share : -1;
}

TEST(NodeTimes, TheShareIsOfTheLastRunsNodes) {
  const std::string cold = node_event("NPU", 0, 900) + "," + run_event(0, 1000);
  const std::string warm =
      node_event("NPU", 2000, 30) + "," + node_event("CPU", 2030, 10) + "," + run_event(2000, 50);
  EXPECT_DOUBLE_EQ(share_of(cold + "," + warm), 0.75);
  EXPECT_DOUBLE_EQ(share_of(warm + "," + cold), 0.75) << "by time, not by place";
  EXPECT_DOUBLE_EQ(share_of(cold), 1);
}

TEST(NodeTimes, WhatANodeHoldsIsNotCountedAgain) {
  EXPECT_DOUBLE_EQ(share_of(node_event("NPU", 105, 40) + "," + node_event("CPU", 100, 50) + "," +
                            node_event("NPU", 150, 50) + "," + run_event(100, 100)),
                   0.5);
}

TEST(NodeTimes, WhatIsNoProfileOrHasNoTimesIsAnError) {
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), "[" + node_event("NPU", 0, 5) + "]",
        "[" + run_event(0, 5) + "]", "[" + run_event(0, 5) + "," + node_event("NPU", 0, -5) + "]",
        "[" + run_event(0, 5) + "," + node_event("NPU", 0, 0) + ",null,7,{\"name\":3}]"})
    EXPECT_FALSE(time_share_from_profile(text, "NPU")) << text;
}

}  // namespace
}  // namespace eb::ort
