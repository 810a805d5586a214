#include "harness/core/launch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

LaunchFacts facts() {
  LaunchFacts made{
      "vision/a", "cpu", "0", "fp32", "single-stream", {"raw/001_1.lat"}, {"raw/001_1.power.csv"},
      10.5,       128,   1024};
  made.sample_ms = 32;
  made.window = {100, 200};
  made.idle_before = {10, 90};
  made.idle_after = {300, 400};
  made.read_until_ns = {500, 501};
  made.within = {7000, {{7000, 7001, 64, 640}, {90, 91, 2, 20}}, {1.25, 0.5}};
  made.wake_lags = {0, 60.5};
  return made;
}

TEST(LaunchFacts, ComeBackAsTheyWere) {
  LaunchFacts least{"vision/a", "cpu", "0", "fp32", "offline"};
  least.window_s = 1;
  const auto back = launches_from_text(to_line(facts()) + to_line(least), "x");
  ASSERT_EQ(problem(back), "");
  EXPECT_THAT(*back, ElementsAre(facts(), least));
  EXPECT_TRUE(launches_from_text("", "x")->empty());
}

TEST(LaunchFacts, RefuseWhatHasAnotherTypeOrRange) {
  const std::string good = to_line(facts());
  const auto with = [&](std::string from, std::string to) {
    std::string text = good;
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"10.5", "0"},
                                 {"10.5", "-1.0"},
                                 {"10.5", "null"},
                                 {"\"queries\":128", "\"queries\":-1"},
                                 {"\"queries\":128", "\"queries\":1.5"},
                                 {"\"queries\":128", "\"queries\":99999999999999999999"},
                                 {"1024", "9999999999999999"},
                                 {"[100,200]", "[200,100]"},
                                 {"[100,200]", "[100]"},
                                 {"[100,200]", "{}"},
                                 {"[100,200]", "[100,9223372036854775807]"},
                                 {"[500,501]", "[500,\"x\"]"},
                                 {"\"cpu\"", "1"},
                                 {"[\"raw/001_1.lat\"]", "\"x\""},
                                 {"[\"raw/001_1.lat\"]", "[1]"},
                                 {"{", "["},
                                 {"\n", ""},
                                 {"\n", "\n\n"},
                                 {"\"sample_ms\":32.0", "\"sample_ms\":0"},
                                 {"\"part_ns\":7000", "\"part_ns\":-1"},
                                 {"\"part_ns\":7000", "\"part_ns\":0"},
                                 {"[90,91,2,20]", "[90,91,2]"},
                                 {"[90,91,2,20]", "[90,91,2,-1]"},
                                 {"[90,91,2,20]", "[90,91,2,9000000000000000]"},
                                 {"[1.25,0.5]", "[1.25,0]"},
                                 {"[1.25,0.5]", "1"},
                                 {"[0.0,60.5]", "[70,60.5]"},
                                 {"[0.0,60.5]", "[-1,60.5]"},
                                 {"[0.0,60.5]", "[60.5]"}})
    EXPECT_THAT(problem(launches_from_text(with(from, to), "x")), HasSubstr("of x says nothing")) << to;
  EXPECT_THAT(problem(launches_from_text(good + "nonsense\n", "x")), HasSubstr("line 2"));
}

TEST(LaunchFacts, HaveNoMorePartsThanADay) {
  WindowFacts facts{1, std::vector<PartFacts>(kMostParts)};
  EXPECT_EQ(window_facts_from_json(to_json(facts)), facts);
  facts.parts.emplace_back();
  EXPECT_FALSE(window_facts_from_json(to_json(facts)));
}

TEST(AllowedApart, IsAHundredthButOfShortWindowsASlice) {
  EXPECT_DOUBLE_EQ(allowed_apart_s(20), 0.2);
  EXPECT_DOUBLE_EQ(allowed_apart_s(1), 0.05);
}

}  // namespace
}  // namespace eb
