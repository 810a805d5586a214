#include "harness/run/node_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/job.h"

namespace eb {
namespace {

using Nodes = std::vector<Placement::Node>;

Nodes heard(const Nodes& nodes) {
  Nodes all;
  for (const std::string& line : say_nodes(nodes)) {
    const Said said = hear(line);
    EXPECT_EQ(said.what, Said::What::nodes) << line.substr(0, 200);
    all.insert(all.end(), said.nodes.begin(), said.nodes.end());
  }
  return all;
}

TEST(NodeLines, RowsComeBackAsTheyWere) {
  const Nodes back =
      heard({{"conv\n1", "Conv", "NPU", 1.5e9, ""}, {"", "Relu", "CPU", std::nullopt, "too small"}});
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back[0].name, "conv\n1");
  EXPECT_EQ(back[0].op_type, "Conv");
  EXPECT_EQ(back[0].provider, "NPU");
  EXPECT_EQ(back[0].macs, 1.5e9);
  EXPECT_EQ(back[0].reason, "");
  EXPECT_FALSE(back[1].macs);
  EXPECT_EQ(back[1].reason, "too small");
  EXPECT_TRUE(say_nodes({}).empty());
}

TEST(NodeLines, LinesFitTheParentWhateverTheNamesAre) {
  const std::string hostile(5'000, '\x01');
  Nodes many(kMostNodes + 7);
  std::fill_n(many.begin(), 300, Placement::Node{hostile, hostile, hostile, 1e300, hostile});
  const auto lines = say_nodes(many);
  for (const std::string& line : lines) ASSERT_LT(line.size(), std::size_t{1} << 20);
  const Nodes back = heard(many);
  EXPECT_EQ(back.size(), kMostNodes);
  EXPECT_EQ(back[0].name.size(), 200u);
  EXPECT_EQ(back[0].reason.size(), 400u);
}

TEST(NodeLines, ANameThatIsNotUtf8IsTextToo) {
  std::string cut(199, 'a');
  cut += "\xC3\xA4";  // its second byte is beyond the cut
  const Nodes back = heard({{cut, "\xff\xfe", std::string(200, '\xff'), std::nullopt, ""}});
  ASSERT_EQ(back.size(), 1u);
  EXPECT_TRUE(back[0].name.starts_with("aaaa"));
}

TEST(NodeLines, WhatDoesNotFitIsNothing) {
  const std::string good = R"({"name":"a","op_type":"b","provider":"c"})";
  EXPECT_EQ(hear("{\"nodes\":[" + good + "]}").what, Said::What::nodes);
  for (const std::string& rows :
       {std::string("{}"), std::string("[1]"), std::string("[{}]"), "[" + good + ",null]",
        std::string(R"([{"name":"a","op_type":"b","provider":3}])"),
        std::string(R"([{"name":"a","op_type":"b","provider":"c","macs":"many"}])"),
        std::string(R"([{"name":"a","op_type":"b","provider":"c","macs":-1}])"),
        std::string(R"([{"name":"a","op_type":"b","provider":"c","reason":[]}])"),
        R"([{"name":")" + std::string(5'000, 'a') + R"(","op_type":"b","provider":"c"}])"})
    EXPECT_EQ(hear("{\"nodes\":" + rows + "}").what, Said::What::nothing) << rows.substr(0, 80);
  std::string too_many = "[";
  for (int i = 0; i < 101; ++i) too_many += (i ? "," : "") + good;
  EXPECT_FALSE(nodes_from_json(nlohmann::json::parse(too_many + "]")));
}

TEST(NodeLines, ForReadersEveryRowHasItsShare) {
  const auto rows =
      nodes_json(Nodes{{"a", "Conv", "NPU", 30, ""}, {"b", "Conv", "CPU", 10, "odd"}, {"c", "If", "CPU"}});
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0]["macs_share"], 0.75);
  EXPECT_EQ(rows[1]["reason"], "odd");
  EXPECT_FALSE(rows[2].contains("macs_share"));
  EXPECT_FALSE(nodes_json(Nodes{{"a", "Relu", "NPU", 0, ""}})[0].contains("macs_share")) << "of nothing";
}

}  // namespace
}  // namespace eb
