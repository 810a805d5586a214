#include "reporters/html_sustained.h"

#include <cmath>
#include <limits>

#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::count_of;
using test::minimal_record;

// 30 minutes; slower from the tenth on.
RunRecord sustained_record() {
  RunRecord record = minimal_record();
  record.part_s = 60;
  record.knee_s = 600;
  record.retention_percent = 66.7;
  for (int minute = 0; minute < 30; ++minute) {
    record.part_p50_ms.push_back(minute < 10 ? 10 : 15);
    record.part_p90_ms.push_back(minute < 10 ? 11 : 17);
    record.part_throughput_sps.push_back(minute < 10 ? 100 : 66);
  }
  return record;
}

TEST(HtmlSustained, HasBothPercentilesAndTheKnee) {
  const std::string svg = sustained_speed(sustained_record(), 3).str();
  EXPECT_EQ(count_of(svg, "<polyline"), 4U) << "two lines, and two in the legend";
  for (const char* part :
       {">p50<", ">p90<", ">minutes<", ">ms<", "slows down, 600 s", "66.7 % of the first speed", "id=\"t3\""})
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  EXPECT_EQ(sustained_state(sustained_record(), 4).str(), "") << "nothing was read";
}

TEST(HtmlSustained, OfABlockIsItsThroughputAndOfAShortWindowSeconds) {
  RunRecord record = sustained_record();
  record.part_p50_ms.clear();
  record.part_p90_ms.clear();
  record.part_s = 1;
  record.knee_s = std::nullopt;
  const std::string svg = sustained_speed(record, 3).str();
  for (const char* part : {">throughput<", ">seconds<", ">/s<"})
    EXPECT_NE(svg.find(part), std::string::npos) << part;
  EXPECT_EQ(count_of(svg, "slows down"), 0U);
}

TEST(HtmlSustained, StateIsInPercentOfTheHighest) {
  RunRecord record = sustained_record();
  for (int minute = 0; minute < 30; ++minute) {
    record.part_temperature_c.push_back(40 + minute);
    record.part_power_w.push_back(12);
  }
  const std::string svg = sustained_state(record, 5).str();
  EXPECT_EQ(count_of(svg, "<polyline"), 4U);
  EXPECT_NE(svg.find(">temperature 69.0 °C<"), std::string::npos) << svg;
  EXPECT_NE(svg.find(">power 12.0 W<"), std::string::npos);
  EXPECT_EQ(count_of(svg, "clock"), 1U) << "in the title only";
}

// Whatever a run.json says.
TEST(HtmlSustained, DrawsNothingOfWhatCannotBe) {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity(), -1.0, 0.0}) {
    RunRecord record = sustained_record();
    record.part_p50_ms[3] = record.part_throughput_sps[3] = bad;
    EXPECT_FALSE(has_sustained_charts(record)) << bad;
    EXPECT_EQ(sustained_speed(record, 1).str(), "");
    record = sustained_record();
    record.part_s = bad;
    EXPECT_FALSE(has_sustained_charts(record)) << bad;
    record = sustained_record();
    record.knee_s = bad;
    EXPECT_EQ(sustained_speed(record, 1).str().find("nan"), std::string::npos);
    record.part_p90_ms[2] = bad;
    EXPECT_EQ(count_of(sustained_speed(record, 1).str(), "<polyline"), 2U) << "p50 alone";
  }
  EXPECT_FALSE(has_sustained_charts(minimal_record()));
  RunRecord record = sustained_record();
  record.part_p50_ms.resize(2);
  record.part_throughput_sps.resize(2);
  EXPECT_FALSE(has_sustained_charts(record));
}

}  // namespace
}  // namespace eb
