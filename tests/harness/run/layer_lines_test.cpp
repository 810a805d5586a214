#include "harness/run/layer_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/job.h"

namespace eb {
namespace {

LayerTimes heard(const LayerTimes& times) {
  LayerTimes all;
  for (const std::string& line : say_layers(times)) {
    Said said = hear(line);
    EXPECT_EQ(said.what, Said::What::layers) << line.substr(0, 200);
    add_layers(std::move(said.layers), all);
  }
  return all;
}

TEST(LayerLines, LayersComeBackAsTheyWere) {
  LayerTimes times{.runs = 25, .run_us = 90.5};
  times.layers = {{"conv", "Conv", "NPU", 60, true, 3e6, 4096}, {"", "Relu", "CPU", 0.25}};
  const LayerTimes back = heard(times);
  EXPECT_EQ(back.runs, 25);
  EXPECT_EQ(back.run_us, 90.5);
  EXPECT_EQ(back.reason, "");
  ASSERT_EQ(back.layers.size(), 2u);
  EXPECT_EQ(back.layers[0].macs, 3e6);
  EXPECT_TRUE(back.layers[0].is_device_time);
  EXPECT_EQ(back.layers[1].time_us, 0.25);
}

TEST(LayerLines, AReasonComesBackWithoutLayers) {
  const LayerTimes back = heard({.reason = "the device has no clock"});
  EXPECT_EQ(back.reason, "the device has no clock");
  EXPECT_TRUE(back.layers.empty());
}

TEST(LayerLines, LinesFitTheParentWhateverTheNamesAre) {
  const std::string hostile(5'000, '\x01');
  LayerTimes times{.runs = 1, .run_us = 1, .reason = hostile};
  times.layers.resize(kMostLayers + 7);
  std::fill_n(times.layers.begin(), 300, Layer{hostile, "\xff\xfe", hostile, 1, false, 1e300, 1});
  for (const std::string& line : say_layers(times)) ASSERT_LT(line.size(), std::size_t{1} << 20);
  const LayerTimes back = heard(times);
  EXPECT_EQ(back.layers.size(), kMostLayers);
  EXPECT_EQ(back.layers[0].name.size(), 200u);
  EXPECT_EQ(back.reason.size(), 400u);
}

TEST(LayerLines, WhatDoesNotFitIsNothing) {
  const std::string row = R"({"name":"a","op_type":"b","provider":"c","clock":"host","time_us":1})";
  const auto line = [](const std::string& rows) {
    return R"({"layers":{"runs":3,"run_us":5,"rows":)" + rows + "}}";
  };
  EXPECT_EQ(hear(line("[" + row + "]")).what, Said::What::layers);
  std::string too_many = "[";
  for (int i = 0; i < 101; ++i) too_many += (i ? "," : "") + row;
  for (const std::string& said : {line("7"), line("[{}]"), line("[" + row + ",null]"), line(too_many + "]"),
                                  std::string(R"({"layers":[]})"), std::string(R"({"layers":{"rows":[]}})"),
                                  std::string(R"({"layers":{"runs":3,"run_us":5}})"),
                                  std::string(R"({"layers":{"runs":-3,"run_us":5,"rows":[]}})"),
                                  std::string(R"({"layers":{"runs":3,"run_us":"5","rows":[]}})")})
    EXPECT_EQ(hear(said).what, Said::What::nothing) << said.substr(0, 100);
}

TEST(LayerLines, AChildThatGoesOnAndOnIsNotKept) {
  LayerTimes all{.runs = 1, .run_us = 1};
  all.layers.resize(kMostLayers);
  LayerTimes more{.runs = 2, .run_us = 2};
  more.layers.resize(1);
  add_layers(std::move(more), all);
  EXPECT_EQ(all.layers.size(), kMostLayers);
  EXPECT_EQ(all.runs, 1);
}

}  // namespace
}  // namespace eb
