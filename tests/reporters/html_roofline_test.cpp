#include <cmath>
#include <limits>

#include "reporters/html_parts.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::count_of;
using test::minimal_record;

RunRecord probed_record() {
  RunRecord record = minimal_record();
  record.effective_tops = 0.05;
  record.gops_per_sample = 0.5;
  record.traffic_mb_per_sample = 4;
  record.peak_tops = 0.24;
  record.peak_gbps = 40;
  record.peak_basis = "avx512 fp32, threads 2";
  record.utilization = 0.05 / 0.24;
  return record;
}

std::string roofline(std::vector<RunRecord> records) {
  Run run;
  run.records = std::move(records);
  return html_roofline({run, group_records(run.records)}).str();
}

TEST(HtmlRoofline, NothingWhereNothingWasProbedOrClaimed) {
  RunRecord plain = minimal_record();
  plain.effective_tops = 1;
  EXPECT_EQ(roofline({}), "");
  EXPECT_EQ(roofline({plain}), "");
  RunRecord failed = probed_record();
  failed.status = RunStatus::wrong;
  EXPECT_EQ(roofline({failed}), "");
}

TEST(HtmlRoofline, ARowADeviceAndPrecisionAndAPointARecord) {
  RunRecord offline = probed_record(), other = probed_record();
  offline.scenario = "offline";
  offline.effective_tops = 0.1;
  offline.utilization = 0.1 / 0.24;
  other.precision = "int8";
  const std::string html = roofline({probed_record(), offline, other});
  EXPECT_EQ(count_of(html, "<svg"), 2U);
  EXPECT_EQ(count_of(html, "class=\"point\""), 3U);
  EXPECT_EQ(count_of(html, "<tr><td>"), 2U);
  for (const char* part :
       {"0.240 TOPS measured", ">0.1000<", ">41.7 %<", "1 vision/face-detection, single-stream",
        "2 vision/face-detection, offline", "above 100 %"})
    EXPECT_NE(html.find(part), std::string::npos) << part << "\n" << html;
}

TEST(HtmlRoofline, AClaimAloneHasARowAndNoPlot) {
  RunRecord record = minimal_record();
  record.effective_tops = 2.6;
  record.claimed_tops = 26;
  record.claimed_utilization = 0.1;
  record.claim = "Hailo-8: int8";
  const std::string html = roofline({record});
  EXPECT_EQ(count_of(html, "<svg"), 0U);
  EXPECT_NE(html.find(">26.00<"), std::string::npos) << html;
  EXPECT_NE(html.find("Claimed: Hailo-8: int8"), std::string::npos);
  EXPECT_NE(html.find(">10.0 %<"), std::string::npos) << html;
}

TEST(HtmlRoofline, ForeignNumbersAndTextsDoNoHarm) {
  RunRecord record = probed_record();
  for (const double bad : {std::nan(""), -1.0, 0.0, 1e308, std::numeric_limits<double>::infinity(), 1e-300}) {
    for (const auto member :
         {&RunRecord::peak_tops, &RunRecord::peak_gbps, &RunRecord::effective_tops,
          &RunRecord::gops_per_sample, &RunRecord::traffic_mb_per_sample, &RunRecord::claimed_tops}) {
      RunRecord damaged = record;
      damaged.*member = bad;
      const std::string html = roofline({damaged});
      EXPECT_EQ(html.find("nan"), std::string::npos) << html;
      EXPECT_EQ(html.find("inf\""), std::string::npos) << html;
    }
  }
  record.workload = record.claim = record.peak_basis = record.device = std::string(test::kHostile);
  record.claimed_tops = 1;
  EXPECT_EQ(roofline({record}).find("<script"), std::string::npos);
}

}  // namespace
}  // namespace eb
