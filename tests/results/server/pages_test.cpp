#include "results/server/pages.h"

#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using PagesTest = BoardTest;
using ::testing::HasSubstr;
using ::testing::Not;

std::size_t times(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

constexpr const char* kRanking = "/?workload=vision%2Fface-detection";

RunRecord on(const char* device, double ms) {
  RunRecord record = good_record(ms);
  record.device_name = device;
  return record;
}

TEST_F(PagesTest, TheBoardListsGoodRankedResultsTheNewestFirst) {
  store(run_of({good_record(2)}));
  store(run_of({good_record(5)}));
  auto unranked = good_record(1);
  unranked.ranked = false;
  auto failed = good_record(0.5);
  failed.status = RunStatus::wrong;
  store(run_of({unranked, failed}));
  const std::string page = get("/").body;
  EXPECT_EQ(times(page, "class=\"device\""), 2U);
  EXPECT_GT(page.find(">2.00</span> <span class=\"unit\">ms"),
            page.find(">5.00</span> <span class=\"unit\">ms"));
  EXPECT_THAT(page, Not(HasSubstr("class=\"num place\"")));
  EXPECT_EQ(times(get("/?show=all").body, "class=\"device\""), 3U);
  EXPECT_THAT(get("/?show=all").body, HasSubstr("<em>unranked</em>"));
}

TEST_F(PagesTest, ARankingHasTheBestOfEachDevice) {
  for (const double ms : {5.0, 3.0, 4.0}) store(run_of({on("slow", ms)}));
  for (const double ms : {2.0, 1.0}) store(run_of({on("fast", ms)}));
  EXPECT_THAT(get("/").body, HasSubstr(kRanking));
  const std::string page = get(kRanking).body;
  EXPECT_EQ(times(page, "class=\"device\""), 2U);
  EXPECT_LT(page.find("/devices/fast"), page.find("/devices/slow"));
  EXPECT_THAT(page, HasSubstr(">3.00</span> <span class=\"unit\">ms"));
  EXPECT_THAT(page, HasSubstr("class=\"num place\">1<"));
  EXPECT_EQ(times(get(std::string(kRanking) + "&rows=every").body, "class=\"device\""), 5U);
  const std::string reversed = get(std::string(kRanking) + "&descending=1").body;
  EXPECT_GT(reversed.find("/devices/fast"), reversed.find("/devices/slow"));
  EXPECT_THAT(reversed, HasSubstr(">3.00</span> <span class=\"unit\">ms"));
}

TEST_F(PagesTest, FiltersKeepWhatWasChosen) {
  store(run_of({good_record()}));
  const std::string page = get("/?task=detection&precision=int8").body;
  EXPECT_THAT(page, HasSubstr("<option value=\"detection\" selected>"));
  EXPECT_THAT(page, HasSubstr("<option value=\"int8\" selected>"));
  EXPECT_THAT(page, HasSubstr("No results fit"));
  EXPECT_THAT(get("/?trust=audited").body, HasSubstr("<details open>"));
}

TEST_F(PagesTest, ColumnsSortBothWays) {
  store(run_of({on("a", 1), on("b", 2)}));
  const std::string ranking(kRanking);
  EXPECT_THAT(get(ranking).body,
              HasSubstr("aria-sort=\"ascending\"><a href=\"" + ranking + "&amp;descending=1\""));
  EXPECT_THAT(get(ranking + "&descending=1").body,
              HasSubstr("aria-sort=\"descending\"><a href=\"" + ranking + "\""));
  EXPECT_THAT(get(ranking + "&order_by=throughput_sps").body, HasSubstr("aria-sort=\"descending\""));
  EXPECT_THAT(get("/").body, HasSubstr("aria-sort=\"descending\"><a href=\"/?descending=1\">Received"));
}

TEST_F(PagesTest, EnergiesOfDifferentScopesHaveNoPlaces) {
  auto record = good_record();
  record.energy_per_sample_mj = 3;
  record.power_scope = "module";
  store(run_of({record}));
  const std::string sorted = std::string(kRanking) + "&order_by=energy_per_sample_mj";
  EXPECT_THAT(get(sorted).body, HasSubstr("class=\"notice\""));
  EXPECT_THAT(get(sorted).body, Not(HasSubstr("class=\"num place\"")));
  EXPECT_THAT(get(sorted + "&power_scope=module").body, HasSubstr("class=\"num place\">1<"));
  EXPECT_THAT(get(sorted + "&power_scope=module").body, Not(HasSubstr("class=\"notice\"")));
}

TEST_F(PagesTest, PagesFollowOneAnother) {
  for (int i = 0; i < 60; ++i) store(run_of({good_record(i + 1)}));
  const std::string first = get("/?task=detection").body;
  EXPECT_EQ(times(first, "class=\"device\""), 50U);
  EXPECT_THAT(first, HasSubstr("href=\"/?task=detection&amp;offset=50\""));
  const std::string second = get("/?task=detection&offset=50").body;
  EXPECT_EQ(times(second, "class=\"device\""), 10U);
  EXPECT_THAT(second, HasSubstr("href=\"/?task=detection\""));
  EXPECT_THAT(second, Not(HasSubstr("Next")));
}

TEST_F(PagesTest, BarsHaveTheirIntervals) {
  store(run_of({good_record(2)}));
  EXPECT_EQ(times(get("/").body, "class=\"whisker\""), 3U);
  auto without = good_record(4);
  without.latency_mean_low_ms.reset();
  make_board({});
  store(run_of({without}));
  EXPECT_EQ(times(get("/").body, "class=\"whisker\""), 3U);
}

TEST_F(PagesTest, WhatWasNotMeasuredIsAbsent) {
  auto record = good_record();
  record.placement_macs.reset();
  store(run_of({record}));
  EXPECT_THAT(get("/").body, HasSubstr("title=\"not measured\">–<"));
  EXPECT_THAT(get("/").body, Not(HasSubstr(">0</span> <span class=\"unit\">mJ")));
}

TEST_F(PagesTest, ADeviceHasItsCellsAndItsHistory) {
  store(run_of({good_record(2)}, "2026-11-01T00:00:00Z"));
  store(run_of({good_record(3)}, "2026-11-02T00:00:00Z"));
  auto other = good_record(9);
  other.scenario = "offline";
  store(run_of({other}, "2026-11-03T00:00:00Z"));
  const std::string page = get("/devices/Adreno%20740").body;
  EXPECT_THAT(page, HasSubstr("<h1>Adreno 740</h1>"));
  EXPECT_THAT(page,
              HasSubstr("data-t=\"2026-11-01T00:00:00Z\" data-y=\"2\" data-low=\"1.96\" data-high=\"2.04\""));
  EXPECT_LT(page.find("data-t=\"2026-11-02"), page.find("data-t=\"2026-11-01"));
  EXPECT_THAT(page, Not(HasSubstr("data-y=\"9\"")));
  const std::string cell = url_encode("vision/face-detection · vulkan · fp16 · offline · standard");
  EXPECT_THAT(get("/devices/Adreno%20740?cell=" + cell).body, HasSubstr("data-y=\"9\""));
  EXPECT_THAT(get("/devices").body, HasSubstr("href=\"/devices/Adreno%20740\""));
}

TEST_F(PagesTest, ARunShowsFailuresWithTheirReasons) {
  auto failed = good_record();
  failed.status = RunStatus::wrong;
  failed.reason = "accuracy 0.1 is below 0.9";
  const std::string id = store(run_of({good_record(), failed}));
  const std::string page = get("/runs/" + id).body;
  EXPECT_THAT(page, HasSubstr("accuracy 0.1 is below 0.9"));
  EXPECT_THAT(page, HasSubstr("Test board"));
  EXPECT_THAT(page, HasSubstr("/api/v1/results/" + id + "/bundle"));
}

TEST_F(PagesTest, DevicesAreCompared) {
  store(run_of({good_record(4)}));
  auto fast = good_record(2);
  fast.device_name = "Mali";
  store(run_of({fast}));
  const auto page = get("/compare?first=Adreno%20740&other=Mali");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("vision/face-detection"));
  EXPECT_EQ(get("/compare?first=Adreno%20740&other=none").status, 404);
  EXPECT_EQ(get("/compare").status, 200);
}

TEST_F(PagesTest, ClaimsAreBesideWhatWasMeasured) {
  auto record = good_record();
  record.device_name = "Hailo-8";
  record.device_kind = "npu";
  record.precision = "int8";
  record.effective_tops = 13;
  store(run_of({record}));
  const std::string page = get("/chips").body;
  EXPECT_THAT(page, HasSubstr("MLPerf"));
  EXPECT_LT(page.find(">13.0</span>"), page.find("title=\"not measured\""));
  EXPECT_THAT(get("/").body, Not(HasSubstr("claimed")));
}

TEST_F(PagesTest, WhatIsNotThereIsAPageThatSaysSo) {
  for (const std::string& target :
       {std::string("/nothing"), std::string("/devices/none"), "/runs/" + std::string(64, 'a'),
        std::string("/runs/x"), std::string("/assets/none.css")}) {
    const auto answer = get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_THAT(answer.content_type, HasSubstr("text/html"));
  }
}

// Every text that a stranger chooses, on every page that shows it.
TEST_F(PagesTest, NothingThatIsNamedElsewhereBecomesMarkup) {
  const std::string evil = "\"><script>alert(1)</script><img src=x onerror=a>'\xE2\x80\xAE";
  RunRecord record = good_record();
  for (const Field& field : fields())
    if (const auto* text = std::get_if<std::string RunRecord::*>(&field.member)) record.** text = evil;
  record.unranked_reasons = record.warnings = {evil};
  record.ranked = true;
  eb::Run run = run_of({record}, evil);
  run.context["machine"] = evil;
  run.context["cpu"] = evil;
  const std::string id = store(run, evil);
  record.status = RunStatus::failed;
  record.ranked = false;
  const std::string failed = store(run_of({record}, evil), evil);
  const std::string name = url_encode(evil);
  for (const std::string& target :
       {std::string("/"), "/?show=all&task=" + name, "/?workload=" + name, std::string("/devices"),
        "/devices/" + name, "/runs/" + id, "/runs/" + failed, "/compare?first=" + name + "&other=" + name,
        std::string("/chips"), "/nothing/" + name, "/?no_such=" + name,
        "/api/v1/results/" + id + "?format=openbenchmarking"}) {
    const auto answer = get(target);
    EXPECT_THAT(answer.body, Not(HasSubstr("<script>alert"))) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("<img"))) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("onerror=a>'"))) << target;
  }
  EXPECT_THAT(get("/").body, HasSubstr("&quot;&gt;&lt;script&gt;"));
  EXPECT_THAT(get("/").body, Not(HasSubstr("&#39;\xE2\x80\xAE<")));  // as a value of a form it stays
}

TEST_F(PagesTest, HaveNoInlineScriptOrStyle) {
  const std::string id = store(run_of({good_record()}));
  for (const std::string& target : {std::string("/"), std::string("/devices/Adreno%20740"), "/runs/" + id,
                                    std::string("/chips"), std::string("/about"), std::string("/compare")}) {
    const std::string page = get(target).body;
    EXPECT_THAT(page, Not(HasSubstr(" style="))) << target;
    EXPECT_THAT(page, Not(HasSubstr("<style"))) << target;
    EXPECT_THAT(page, Not(HasSubstr("<script>"))) << target;
    EXPECT_THAT(page, Not(HasSubstr(" on"
                                    "click=")))
        << target;
    EXPECT_THAT(page, HasSubstr("<html lang=\"en\">"));
  }
}

}  // namespace
}  // namespace eb::board::test
