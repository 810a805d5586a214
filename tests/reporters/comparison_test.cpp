#include "reporters/comparison.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "reporters/comparison_plot.h"
#include "reporters/comparison_text.h"
#include "reporters/text.h"
#include "tests/reporters/support.h"
#include "tests/results/compare/runs.h"

namespace eb {
namespace {

using namespace test;
using Json = nlohmann::ordered_json;
using ::testing::HasSubstr;
using ::testing::Not;

RunRecord with_energy(RunRecord record, double mj) {
  record.energy_per_sample_mj = mj;
  record.energy_per_sample_low_mj = 0.99 * mj;
  record.energy_per_sample_high_mj = 1.01 * mj;
  record.power_scope = "package";
  record.quality_metric = "accuracy";
  record.quality = mj > 10 ? 0.97 : 0.96;
  return record;
}

Json npu_clock(double mhz) {
  return {{"clocks", {{{"domain", "npu"}, {"cur_mhz", mhz}}}}};
}

// One cell of every verdict, a cause, and a cell of one side only.
RunComparison every_verdict() {
  RunRecord quick = cell("vision/tier", {9, 9, 9});
  quick.tier = "quick";
  return compare_runs(
      named("before",
            {with_energy(cell("vision/fast", {10, 10.1, 9.9}), 12), cell("vision/slow", {10, 10.1, 9.9}),
             cell("speech/same", {1, 1.02, 0.98}), cell("nlp/few", {3, 3.1}), cell("vision/tier", {9, 9, 9}),
             npu_cell("vision/npu", {12.7, 12.8, 12.6}), cell("vision/gone", {1, 1, 1})},
            npu_clock(800)),
      named("after",
            {with_energy(cell("vision/fast", {5, 5.05, 4.95}), 6), cell("vision/slow", {20, 20.2, 19.8}),
             cell("speech/same", {1.01, 1, 0.99}), cell("nlp/few", {2, 2.1}), quick,
             npu_cell("vision/npu", {96.4, 97, 95.8})},
            npu_clock(200)),
      {});
}

const RunComparison kEvery = every_verdict();

TEST(RatioText, NeverTellsARatioWithoutItsInterval) {
  EXPECT_EQ(ratio_text({2, Interval{1.9, 2.1}}), "2.00x faster (1.90 to 2.10)");
  EXPECT_EQ(ratio_text({0.5, Interval{0.4, 0.625}}), "2.00x slower (1.60 to 2.50)");
  EXPECT_EQ(ratio_text({1.02, Interval{1.01, 1.03}}), "1.020x faster (1.010 to 1.030)");
  EXPECT_EQ(ratio_text({1, Interval{0.99, 1.015}}), "no significant difference (±1.5 %)");
  EXPECT_EQ(ratio_text({7, std::nullopt}), "not enough launches");
  EXPECT_EQ(ratio_text({2, Interval{1.9, 2.1}}, {"less", "more"}), "2.00x less (1.90 to 2.10)");
}

TEST(CauseNote, TellsTheBasisOrThatNobodyKnows) {
  EXPECT_EQ(cause_note({"", 4.0, "measured", 0.68}), "up to 4.00x, 68 % of the difference (measured)");
  EXPECT_EQ(cause_note({"", 4.0, "measured", 1}), "up to 4.00x, all of the difference (measured)");
  EXPECT_EQ(cause_note({"", std::nullopt, "", 0}), "how much is not known");
}

TEST(ComparisonConsole, TellsEveryVerdictWithin80Columns) {
  const std::string text = render_comparisons(std::vector{kEvery}, 80, false);
  for (const char* words :
       {"A: before", "B: after", "2.00x faster (", "2.00x slower (", "no significant difference (±",
        "not enough launches", "not comparable", "tier standard against quick", "energy, mJ a sample",
        "2.00x less (", "of another quality", "clock at the start of npu: 800 MHz against 200 MHz",
        "fp32, all tasks", "Only A has a speed of:", "vision/gone"})
    EXPECT_THAT(text, HasSubstr(words));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80) << line;
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(ComparisonConsole, TellsWhenThereIsNothingToCompare) {
  const auto none = compare_runs(named("A", {cell("a/b", {1})}), named("B", {}), {});
  EXPECT_THAT(render_comparisons(std::vector{none}, 80, false), HasSubstr("no cell in common"));
  EXPECT_THAT(comparisons_html(std::vector{none}), HasSubstr("Nothing to compare"));
  EXPECT_THAT(comparisons_markdown(std::vector{none}), HasSubstr("no cell in common"));
  EXPECT_EQ(render_comparisons({}, 80, false), "");
}

TEST(ComparisonConsole, CallsSeveralRunsBByCByD) {
  const std::string text = render_comparisons(std::vector{kEvery, kEvery}, 80, false);
  EXPECT_THAT(text, HasSubstr("C: after"));
  EXPECT_THAT(text, HasSubstr("C is"));
  EXPECT_EQ(run_letter(25), "Z");
  EXPECT_EQ(run_letter(26), "R27");
}

TEST(ComparisonMarkdown, HasTablesWithEveryVerdict) {
  const std::string text = comparisons_markdown(std::vector{kEvery});
  for (const char* words :
       {"# edgebench: comparison", "| **2.00x faster (", "| **2.00x slower (", "no significant difference",
        "| not enough launches |", "not comparable", "0.97 → 0.96", "1. clock at the start of npu"})
    EXPECT_THAT(text, HasSubstr(words));
}

TEST(ComparisonJson, HasWhatProgramsNeed) {
  const Json json = comparisons_json(std::vector{kEvery});
  EXPECT_EQ(json["schema"], "edgebench.comparison/1");
  const Json& one = json["comparisons"][0];
  ASSERT_EQ(one["cells"].size(), 6u);
  const Json& fast = one["cells"][0];
  EXPECT_EQ(fast["verdict"], "faster");
  EXPECT_EQ(fast["metric"], "latency_mean_ms");
  EXPECT_NEAR(fast["ratio"].get<double>(), 2, 1e-9);
  EXPECT_LT(fast["ratio_low"].get<double>(), 2);
  EXPECT_NEAR(fast["energy_ratio"].get<double>(), 2, 1e-9);
  const Json& few = one["cells"][3];
  EXPECT_EQ(few["verdict"], "not enough launches");
  EXPECT_FALSE(few.contains("ratio_low"));
  EXPECT_FALSE(one["cells"][4].contains("ratio")) << "of a cell that may not be compared";
  EXPECT_EQ(one["explanations"].back()["may_be_caused_by"][0]["up_to"], 4);
  EXPECT_EQ(one["only_first"].size(), 1u);
}

TEST(ComparisonHtml, IsOnePageThatFetchesNothing) {
  const std::string html = comparisons_html(std::vector{kEvery});
  EXPECT_THAT(html, ::testing::StartsWith("<!doctype html>"));
  EXPECT_THAT(html, ::testing::EndsWith("</html>\n"));
  for (const char* words :
       {"default-src 'none'", "badge good\">faster", "badge bad\">slower", "Contexts that differ",
        "class=\"between good\"", "class=\"dot unsure\"", "What can cause it", "before and after",
        "class=\"num\">A<span class=\"unit\">ms</span></th>", "<span class=\"cell-unit\"> ms</span>"})
    EXPECT_THAT(html, HasSubstr(words));
  for (const char* forbidden : {"<script", "http://", "https://", "nan", "inf%"})
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  EXPECT_EQ(count_of(html, "<section"), count_of(html, "</section>"));
  EXPECT_EQ(count_of(html, "<table"), count_of(html, "</table>"));
  EXPECT_EQ(count_of(html, "<td"), count_of(html, "</td>"));
}

TEST(Comparisons, HostileTextsAreHarmlessEverywhere) {
  const std::string hostile(kHostile);
  RunRecord first = npu_cell("a/" + hostile, {1, 1, 1}), other = npu_cell("a/" + hostile, {2, 2, 2});
  first.driver = hostile + "1";
  other.driver = hostile + "2";
  const auto one = compare_runs(named(hostile, {first}, {{hostile, hostile}}),
                                named(hostile, {other}, {{"kernel", hostile}}), {});
  const std::string html = comparisons_html(std::vector{one});
  EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(comparisons_markdown(std::vector{one}), Not(HasSubstr("<script>")));
  EXPECT_THAT(render_comparisons(std::vector{one}, 80, false), Not(HasSubstr("\x1b")));
  const std::string json =
      comparisons_json(std::vector{one}).dump(-1, ' ', false, Json::error_handler_t::replace);
  EXPECT_FALSE(Json::parse(json, nullptr, false).is_discarded());
}

TEST(Plot, PlacesRatiosSymmetricallyAroundEqual) {
  EXPECT_DOUBLE_EQ(plot_position(1, 4), 0.5);
  EXPECT_DOUBLE_EQ(plot_position(4, 4), 1);
  EXPECT_DOUBLE_EQ(plot_position(0.5, 4), 1 - plot_position(2, 4));
  EXPECT_EQ(plot_position(100, 4), 1) << "clamped";
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN()})
    EXPECT_EQ(plot_position(bad, 4), 0);
}

TEST(Plot, HasFewRoundTicksWithinReach) {
  for (const double most : {1.006, 1.02, 1.3, 2.0, 7.6, 60.0, 9999.0}) {
    const auto ticks = plot_ticks(most);
    ASSERT_FALSE(ticks.empty()) << most;
    EXPECT_LE(ticks.size(), 2u);
    for (const double tick : ticks) EXPECT_TRUE(tick > 1 && tick <= most) << most;
  }
  EXPECT_TRUE(plot_ticks(1.001).empty());
}

TEST(Scores, AreTablesOfEachDeviceAndSayWhatIsMissing) {
  const eb::Run run = named("", {cell("vision/a", {4, 4.1, 3.9})}).run;
  const eb::Run reference = named("", {cell("vision/a", {8, 8.1, 7.9}), cell("speech/b", {1, 1, 1})}).run;
  const auto scores = score_run(run, reference);
  const std::string text = render_scores(scores, "a board", 80, false);
  for (const char* words :
       {"1000 is a board", "cpu:0, fp32, single-stream", "2000", "1 of 2", "partial", "speech/b"})
    EXPECT_THAT(text, HasSubstr(words));
  const Json json = scores_json(scores, "a board");
  EXPECT_EQ(json["schema"], "edgebench.score/1");
  EXPECT_NEAR(json["scores"][0]["score"].get<double>(), 2000, 1e-9);
  EXPECT_EQ(json["scores"][0]["is_partial"], true);
  EXPECT_EQ(json["scores"][0]["missing"][0], "speech/b");
  EXPECT_THAT(render_scores({}, "a board", 80, false), HasSubstr("No device has a speed"));
}

}  // namespace
}  // namespace eb
