#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "reporters/markup.h"
#include "reporters/text.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::count_of;
using test::fixture_run;
using test::minimal_record;
using test::rendered;

std::string html_of(const Run& run) {
  return rendered(make_html_reporter(), run);
}

struct Tag {
  std::string name;  // "/p" closes
  std::map<std::string, std::string> attributes;
};

// A strict reader of what we write: double quotes, lower case, no stray '<'. Empty where the text is anything
// else.
std::vector<Tag> tags_of(const std::string& html) {
  std::vector<Tag> tags;
  for (std::size_t at = html.find('<'); at != std::string::npos; at = html.find('<', at)) {
    ++at;
    if (html.compare(at, 8, "!doctype") == 0) continue;
    const std::size_t name_end = html.find_first_of(" />\n", at + 1);
    if (name_end == std::string::npos) return {};
    Tag tag{html.substr(at, name_end - at), {}};
    at = name_end;
    while (at < html.size() && html[at] == ' ') {
      const std::size_t equals = html.find("=\"", at);
      const std::size_t end = equals == std::string::npos ? equals : html.find('"', equals + 2);
      if (end == std::string::npos) return {};
      tag.attributes[html.substr(at + 1, equals - at - 1)] = html.substr(equals + 2, end - equals - 2);
      at = end + 1;
    }
    if (html.compare(at, 2, "/>") != 0 && html.compare(at, 1, ">") != 0) return {};
    if (html[at] == '/') tag.name += "/";
    tags.push_back(std::move(tag));
  }
  return tags;
}

// The first tag that does not nest, or "".
std::string first_unbalanced(const std::vector<Tag>& tags) {
  const std::set<std::string> kVoid = {"meta", "link"};
  std::vector<std::string> open;
  for (const Tag& tag : tags) {
    if (kVoid.count(tag.name) > 0 || tag.name.back() == '/') continue;
    if (tag.name[0] != '/') {
      open.push_back(tag.name);
    } else {
      if (open.empty() || "/" + open.back() != tag.name) return tag.name;
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

void expect_safe(const std::string& html) {
  const auto tags = tags_of(html);
  ASSERT_GT(tags.size(), 10U);
  EXPECT_EQ(first_unbalanced(tags), "");
  std::set<std::string> ids;
  for (const Tag& tag : tags) {
    EXPECT_TRUE(tag.name != "script" && tag.name != "iframe" && tag.name != "img" && tag.name != "link")
        << tag.name;
    for (const auto& [name, value] : tag.attributes) {
      EXPECT_NE(name.substr(0, 2), "on") << name;
      EXPECT_NE(name, "src");
      EXPECT_TRUE(name != "href" || value[0] == '#') << value;
      EXPECT_TRUE(name != "id" || ids.insert(value).second) << "twice: " << value;
    }
  }
  for (const Tag& tag : tags) {
    const auto href = tag.attributes.find("href");
    const bool leads_nowhere = href != tag.attributes.end() && ids.count(href->second.substr(1)) == 0;
    EXPECT_FALSE(leads_nowhere) << href->second;
  }
  EXPECT_EQ(html, valid_utf8(html));
}

TEST(ReportHtml, MatchesGolden) {
  test::expect_golden("report.html", html_of(fixture_run()));
}

TEST(ReportHtml, TheReaderOfThisTestFindsFaults) {
  EXPECT_EQ(first_unbalanced(tags_of("<p><b></p></b>")), "/p");
  EXPECT_EQ(first_unbalanced(tags_of("<p>")), "p");
  EXPECT_TRUE(tags_of("<p class=x>").empty());
  EXPECT_TRUE(tags_of("a < b").empty());
  EXPECT_EQ(tags_of("<a href=\"#x\">")[0].attributes.at("href"), "#x");
}

TEST(ReportHtml, IsSafeAndWellFormed) {
  expect_safe(html_of(fixture_run()));
}

TEST(ReportHtml, FetchesNothing) {
  const std::string html = html_of(fixture_run());
  EXPECT_NE(html.find("default-src 'none'; style-src 'unsafe-inline'; img-src data:"), std::string::npos);
  for (const char* part : {"url(", "@import", "<link", "<base", "<img", "<iframe"})
    EXPECT_EQ(html.find(part), std::string::npos) << part;
}

TEST(ReportHtml, ASectionForEachGroupAndChartsWhereMeasured) {
  const std::string html = html_of(fixture_run());
  EXPECT_EQ(count_of(html, "<section class=\"card workload\""), 8U);
  EXPECT_EQ(count_of(html, "<svg class=\"chart\""), 10U);
  EXPECT_EQ(count_of(html, "<figure class=\"bars\">"), 2U);
}

TEST(ReportHtml, HostileTextsAnywhereAreText) {
  eb::Run run;
  const std::string hostile(test::kHostile);
  for (const ContextKey& key : context_keys()) run.context[std::string(key.key)] = hostile;
  run.context[hostile] = {{hostile, hostile}};
  RunRecord record = minimal_record(RunStatus::failed);
  for (const Field& field : fields()) {
    if (const auto* text = std::get_if<std::string RunRecord::*>(&field.member)) record.** text = hostile;
    if (const auto* texts = std::get_if<RunRecord::Texts RunRecord::*>(&field.member))
      record.** texts = {hostile};
  }
  run.records.push_back(record);
  record.status = RunStatus::ok;
  record.latency_p50_ms = 2;
  for (int i = 0; i <= 100; ++i) record.latency_quantiles_ms.push_back(1 + i);
  run.records.push_back(record);
  const std::string html = html_of(run);
  expect_safe(html);
  EXPECT_EQ(html.find('\x1b'), std::string::npos);
}

TEST(ReportHtml, LibrariesAreFoldedAwayAndHostileOnesAreText) {
  eb::Run run;
  const std::string hostile(test::kHostile);
  run.context["libraries"] = {{{"path", "/opt/libnpu.so.2"}, {"version", "2"}, {"sha256", "abc123"}},
                              {{"path", hostile}, {"version", hostile}, {"sha256", 7}},
                              nullptr,
                              "no object"};
  const std::string html = html_of(run);
  expect_safe(html);
  EXPECT_NE(html.find("<dt>/opt/libnpu.so.2</dt><dd class=\"dim\">2 abc123</dd>"), std::string::npos);
  EXPECT_EQ(count_of(html, "<details id=\"libraries\">"), 1U);
  EXPECT_NE(html.find("<dd>4, listed in run.json</dd>"), std::string::npos);
}

TEST(ReportHtml, AnyNumbersDraw) {
  const double values[] = {0, -1, 1e-300, 1e300, std::numeric_limits<double>::infinity(), std::nan("")};
  for (const double value : values) {
    eb::Run run;
    run.context["duration_s"] = value;
    run.context["harness_overhead_ns"] = value;
    RunRecord record = minimal_record();
    for (const Field& field : fields()) {
      if (const auto* number = std::get_if<RunRecord::Number RunRecord::*>(&field.member))
        record.** number = value;
      if (const auto* count = std::get_if<RunRecord::Count RunRecord::*>(&field.member)) record.** count = -1;
    }
    record.latency_quantiles_ms.assign(101, value);
    run.records.assign(3, record);
    run.records[1].latency_p50_ms = 5;
    const std::string html = html_of(run);
    expect_safe(html);
    EXPECT_EQ(html.find(">nan"), std::string::npos);
    EXPECT_EQ(html.find(">inf<"), std::string::npos);
    EXPECT_EQ(html.find(">inf "), std::string::npos);
  }
}

TEST(ReportHtml, ManyRunsOfOneWorkloadAreOnePage) {
  eb::Run run;
  run.records.assign(120, fixture_run().records[0]);
  const std::string html = html_of(run);
  expect_safe(html);
  EXPECT_EQ(count_of(html, "<svg class=\"chart\""), 240U);
}

TEST(ReportHtml, AVerifiedRecordHasNoScenario) {
  eb::Run run;
  run.records.push_back(minimal_record());
  run.records[0].scenario.clear();
  run.records[0].open_ms = 31;
  EXPECT_NE(html_of(run).find(">verified</th>"), std::string::npos);
}

TEST(ReportHtml, AnEmptyRunIsAPageToo) {
  const std::string html = html_of(eb::Run{});
  expect_safe(html);
  EXPECT_NE(html.find("This run has no records."), std::string::npos);
  EXPECT_EQ(html.find("<section class=\"card workload\""), std::string::npos);
}

TEST(ReportHtml, OneRecordNeedsNoComparison) {
  eb::Run run;
  run.records.push_back(minimal_record());
  run.records[0].latency_p50_ms = 2;
  const std::string html = html_of(run);
  expect_safe(html);
  EXPECT_EQ(html.find("Side by side"), std::string::npos);
  EXPECT_NE(html.find("2.000 ms"), std::string::npos);
}

TEST(ReportHtml, BarsSayWhatRanBesideACell) {
  eb::Run run;
  run.records = {minimal_record(), minimal_record()};
  for (RunRecord& record : run.records) record.latency_p50_ms = record.latency_p99_ms = 2;
  run.records[1].beside = "speech/keyword-spotting@opencl";
  const std::string html = html_of(run);
  expect_safe(html);
  ASSERT_NE(html.find("Side by side"), std::string::npos);
  EXPECT_NE(
      html.find("single-stream · beside speech/keyword-spotting@opencl</span></div><div class=\"track\">"),
      std::string::npos);
}

TEST(ReportHtml, InventsNoZeros) {
  eb::Run run;
  run.records.push_back(minimal_record(RunStatus::crashed));
  const std::string html = html_of(run);
  for (const char* part : {"0 ms", "0 TOPS", "0 samples/s", ">0.0"})
    EXPECT_EQ(html.find(part), std::string::npos) << part;
}

TEST(ReportHtml, SaysWhetherAndWhyNotRanked) {
  eb::Run run;
  run.records.assign(2, minimal_record());
  run.records[0].ranked = true;
  run.records[1].device = "1";
  run.records[1].unranked_reasons = {"virtual machine"};
  const std::string html = html_of(run);
  EXPECT_EQ(count_of(html, ">ranked</span>"), 1U);
  EXPECT_EQ(count_of(html, ">unranked</span>"), 1U);
  EXPECT_NE(html.find("Not ranked because"), std::string::npos);
  EXPECT_NE(html.find("virtual machine"), std::string::npos);
}

TEST(ReportHtml, ContextAndFieldsExplainThemselves) {
  const std::string html = html_of(fixture_run());
  for (const Field& field : fields())
    EXPECT_NE(html.find(Markup().text(field.doc).str()), std::string::npos) << field.name;
  EXPECT_NE(html.find("title=\"CPU frequency governor; absent where the system has none.\""),
            std::string::npos);
}

TEST(ReportHtml, AnInterruptedRunSaysSo) {
  eb::Run run;
  run.context["interrupted"] = true;
  EXPECT_NE(html_of(run).find("Interrupted"), std::string::npos);
  EXPECT_EQ(html_of(fixture_run()).find("Interrupted"), std::string::npos);
}

TEST(ReportHtml, NoticesThatDifferInNumbersOnlyAreOne) {
  eb::Run run;
  run.records.assign(3, minimal_record());
  run.records[0].unranked_reasons = {"busy machine", "trial: 34 queries in 1.9 s"};
  run.records[1].unranked_reasons = {"trial: 40 queries in 2.0 s"};
  const std::string html = html_of(run);
  EXPECT_NE(html.find("<li>busy machine <"), std::string::npos);
  EXPECT_NE(html.find("<li>trial: see each workload <span class=\"dim\">(2 of 3 cells)"), std::string::npos);
  EXPECT_NE(html.find("<p>trial: 40 queries in 2.0 s</p>"), std::string::npos);
}

TEST(ReportHtml, WarningsWithNumbersInBracketsAreOne) {
  eb::Run run;
  run.records.assign(2, minimal_record());
  run.records[0].warnings = {"correlated (0.38; others stay below 0.01): fewer", "hot (at the end)"};
  run.records[1].warnings = {"correlated (0.15; others stay below 0.01): fewer"};
  const std::string html = html_of(run);
  EXPECT_NE(html.find("<li>correlated: see each workload <"), std::string::npos);
  EXPECT_NE(html.find("<li>hot (at the end) <"), std::string::npos);
}

TEST(ReportHtml, DetailsAreFoldedWhereTheyWouldBuryOneAnother) {
  eb::Run run;
  const auto add = [&](const std::string& workload) {
    run.records.push_back(minimal_record());
    run.records.back().workload = workload;
  };
  for (const char* id : {"a/a", "a/b", "a/c", "a/d"}) add(id);
  EXPECT_EQ(count_of(html_of(run), "<details class=\"all\" open=\"\">"), 4U);
  add("a/e");
  EXPECT_EQ(count_of(html_of(run), "<details class=\"all\">"), 5U);
}

TEST(ReportHtml, ManyNoticesAreCut) {
  eb::Run run;
  run.records.push_back(minimal_record());
  for (int i = 0; i < 30; ++i) run.records[0].warnings.push_back("warning number " + std::to_string(i));
  EXPECT_NE(html_of(run).find("and 18 more"), std::string::npos);
}

TEST(ReportHtml, TheSupportMatrixSaysWhyOnHoverAndBelow) {
  eb::Run run;
  run.records = {minimal_record(), minimal_record(RunStatus::fallback)};
  const auto section = [&] {
    const std::string page = rendered(make_html_reporter(), run);
    const auto at = page.find("id=\"support\"");
    return at == std::string::npos ? "" : page.substr(at, page.find("</section>", at) - at);
  };
  run.records[1].backend = "npu";
  run.records[1].reason = "it is \"half\" there";
  run.records[1].placement_macs = 0.5;
  const std::string text = section();
  EXPECT_NE(text.find("title=\"it is &quot;half&quot; there\""), std::string::npos);
  EXPECT_NE(text.find("</span> it is &quot;half&quot; there <span"), std::string::npos);
  EXPECT_NE(text.find("! fallback</span> <span class=\"dim\">50 %"), std::string::npos);
  run.records.pop_back();
  EXPECT_EQ(section(), "") << "one device did all well";
}

}  // namespace
}  // namespace eb
