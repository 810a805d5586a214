#include "harness/core/layers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/run.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::HasSubstr;

const std::string kRow = R"({"name":"a","op_type":"Conv","provider":"CPU","clock":"host","time_us":2.5)";

std::string file_of(const std::string& cell) {
  return R"({"schema":"edgebench.layers/1","cells":[)" + cell + "]}";
}
std::string cell_of(const std::string& rest) {
  return R"({"workload":"vision/a","backend":"cpu","device":"0","precision":"fp32",)" + rest + "}";
}

TEST(Layers, ARowComesBackAsItWas) {
  const Layer layer{"conv\n1", "Conv", "NPU", 12.5, true, 3e6, 4096};
  const auto back = layer_from_json(nlohmann::json::parse(to_json(layer).dump()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->name, layer.name);
  EXPECT_EQ(back->op_type, layer.op_type);
  EXPECT_EQ(back->provider, layer.provider);
  EXPECT_EQ(back->time_us, 12.5);
  EXPECT_TRUE(back->is_device_time);
  EXPECT_EQ(back->macs, 3e6);
  EXPECT_EQ(back->traffic_bytes, 4096);
  const auto bare = layer_from_json(nlohmann::json::parse(to_json(Layer{}).dump()));
  ASSERT_TRUE(bare);
  EXPECT_FALSE(bare->macs || bare->traffic_bytes || bare->is_device_time);
}

TEST(Layers, WhatIsNoNumberIsNotSaid) {
  for (const double bad : {std::nan(""), -1.0, std::numeric_limits<double>::infinity(), 1e300}) {
    const auto row = to_json(Layer{"a", "b", "c", bad, false, bad, bad});
    EXPECT_FALSE(row.contains("macs") || row.contains("traffic_bytes")) << row.dump();
    EXPECT_TRUE(layer_from_json(nlohmann::json::parse(row.dump())));
  }
}

TEST(Layers, ARowThatDoesNotFitIsNone) {
  EXPECT_TRUE(layer_from_json(nlohmann::json::parse(kRow + R"(,"macs":0,"later":[]})")));
  for (const std::string rest :
       {R"(,"macs":-1})", R"(,"macs":"many"})", R"(,"macs":null})", R"(,"traffic_bytes":1e300})",
        R"(,"time_us":-1})", R"(,"time_us":"1"})", R"(,"clock":"sun"})", R"(,"clock":3})", R"(,"name":7})"})
    EXPECT_FALSE(layer_from_json(nlohmann::json::parse(kRow + rest))) << rest;
  EXPECT_FALSE(layer_from_json(nlohmann::json::parse("[1]")));
  EXPECT_FALSE(layer_from_json(nlohmann::json::parse("{}")));
  auto long_name = nlohmann::json::parse(kRow + "}");
  long_name["name"] = std::string(5000, 'a');
  EXPECT_FALSE(layer_from_json(long_name));
}

TEST(Layers, AFileHasItsCells) {
  const auto cells = layers_from_json(file_of(cell_of(R"("runs":25,"run_us":90.5,"layers":[)" + kRow + "}]") +
                                              "," + cell_of(R"("runs":0,"run_us":0,"reason":"no clock")")),
                                      "layers.json");
  ASSERT_EQ(problem(cells), "");
  ASSERT_EQ(cells->size(), 2u);
  EXPECT_EQ((*cells)[0].workload, "vision/a");
  EXPECT_EQ((*cells)[0].times.runs, 25);
  EXPECT_EQ((*cells)[0].times.run_us, 90.5);
  EXPECT_EQ((*cells)[0].times.sum_us(), 2.5);
  EXPECT_EQ((*cells)[1].times.reason, "no clock");
}

TEST(Layers, AFileThatDoesNotFitIsAnError) {
  std::string too_many = "[";
  for (std::size_t i = 0; i <= kMostLayers; ++i) too_many += (i ? "," : "") + kRow + "}";
  for (const std::string& text :
       {std::string("nothing"), std::string("[]"), std::string(R"({"schema":"edgebench.run/1","cells":[]})"),
        std::string(R"({"schema":"edgebench.layers/1"})"), file_of("7"), file_of("{}"),
        file_of(cell_of(R"("runs":-1,"run_us":1)")), file_of(cell_of(R"("runs":1.5,"run_us":1)")),
        file_of(cell_of(R"("runs":1)")), file_of(cell_of(R"("runs":1,"run_us":1,"reason":7)")),
        file_of(cell_of(R"("runs":1,"run_us":1,"layers":{})")),
        file_of(cell_of(R"("runs":1,"run_us":1,"layers":[{}])")),
        file_of(cell_of(R"("runs":1,"run_us":1,"layers":)" + too_many + "]"))}) {
    const auto cells = layers_from_json(text, "layers.json");
    ASSERT_FALSE(cells) << text.substr(0, 200);
    EXPECT_THAT(cells.error().message, HasSubstr("layers.json has no layers of edgebench"));
  }
}

TEST(Layers, ARecordHasThoseOfItsCell) {
  eb::Run run;
  run.layers = {{"vision/a", "cpu", "0", "fp32"}, {"vision/a", "cpu", "0", "int8"}};
  RunRecord record;
  record.workload = "vision/a";
  record.backend = "cpu";
  record.device = "0";
  record.precision = "int8";
  record.scenario = "offline";
  EXPECT_EQ(layers_of(run, record), &run.layers[1]);
  record.device = "1";
  EXPECT_EQ(layers_of(run, record), nullptr);
  EXPECT_FALSE(to_json(run).contains("layers")) << "they have a file of their own";
}

}  // namespace
}  // namespace eb
