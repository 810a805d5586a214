#include "reporters/html_svg.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::count_of;
using test::minimal_record;

RunRecord measured_record() {
  RunRecord record = minimal_record();
  for (int i = 0; i <= 100; ++i) record.latency_quantiles_ms.push_back(3 + i * 0.01);
  record.latency_p50_ms = 3.5;
  record.latency_p90_ms = 3.9;
  record.latency_p90_bound_ms = 3.95;
  record.latency_p99_ms = 3.99;
  return record;
}

TEST(ReportSvg, NeedsRealQuantiles) {
  RunRecord record = minimal_record();
  EXPECT_FALSE(has_latency_charts(record));
  EXPECT_EQ(latency_histogram(record, 1).str(), "");
  EXPECT_EQ(percentile_curve(record, 1).str(), "");
  record.latency_quantiles_ms.assign(101, std::nan(""));
  EXPECT_FALSE(has_latency_charts(record));
  record.latency_quantiles_ms.assign(101, 1e308);
  EXPECT_FALSE(has_latency_charts(record));
  EXPECT_TRUE(has_latency_charts(measured_record()));
}

TEST(ReportSvg, HistogramHasBarsMarksAndUnits) {
  const std::string svg = latency_histogram(measured_record(), 7).str();
  EXPECT_EQ(count_of(svg, "class=\"bin\""), 44U);
  EXPECT_EQ(count_of(svg, "class=\"mark-line\""), 3U);
  for (const char* part :
       {">p50<", ">p90<", ">p99<", "latency of a query, ms", "id=\"t7\"", "aria-labelledby=\"t7 d7\""})
    EXPECT_NE(svg.find(part), std::string::npos) << part;
}

TEST(ReportSvg, CurveHasPointsBoundsAndTheMaximum) {
  const std::string svg = percentile_curve(measured_record(), 8).str();
  EXPECT_EQ(count_of(svg, "class=\"point\""), 3U);
  EXPECT_EQ(count_of(svg, "class=\"bound\""), 2U);  // stem and cap of the one bound
  EXPECT_EQ(count_of(svg, "class=\"maximum\""), 1U);
  EXPECT_NE(svg.find("p90: 3.900 ≤ 3.950 ms"), std::string::npos);
}

// Coordinates stay in the drawing, whatever the record says.
TEST(ReportSvg, DrawsInsideItsBox) {
  RunRecord record = measured_record();
  record.latency_p50_ms = 1e12;
  record.latency_p90_ms = std::nan("");
  record.latency_p90_bound_ms = -5;
  record.latency_p99_ms = 0;
  record.latency_p99_bound_ms = std::numeric_limits<double>::infinity();
  record.latency_quantiles_ms.back() = 1e14;
  for (const std::string& svg : {latency_histogram(record, 1).str(), percentile_curve(record, 2).str()}) {
    for (const std::string_view name :
         {" x=\"", " cx=\"", " x1=\"", " x2=\"", " y=\"", " cy=\"", " y1=\"", " y2=\""}) {
      for (auto at = svg.find(name); at != std::string::npos; at = svg.find(name, at + 1)) {
        const double value = std::strtod(svg.c_str() + at + name.size(), nullptr);
        EXPECT_TRUE(value >= 0 && value <= 480) << svg.substr(at, 40);
      }
    }
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_EQ(svg.find("inf"), std::string::npos);
  }
}

TEST(ReportSvg, EqualLatenciesDrawToo) {
  RunRecord record = minimal_record();
  record.latency_quantiles_ms.assign(101, 2.0);
  record.latency_p50_ms = 2.0;
  EXPECT_EQ(count_of(latency_histogram(record, 1).str(), "class=\"bin\""), 1U);
  EXPECT_NE(percentile_curve(record, 1).str().find("polyline"), std::string::npos);
}

}  // namespace
}  // namespace eb
