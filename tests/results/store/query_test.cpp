// Conditions, order and pages, against the same done in the plainest way.
#include <gmock/gmock.h>

#include <algorithm>
#include <limits>
#include <random>

#include "tests/results/store/store_fixture.h"

namespace eb {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using AQuery = StoreTest;
INSTANTIATE_TEST_SUITE_P(On, AQuery, testing::Values(DatabaseKind::sqlite, DatabaseKind::postgres),
                         database_name);

RunRecord failed(const std::string& workload) {
  RunRecord record = a_record(workload);
  record.status = RunStatus::crashed;
  record.latency_p50_ms = record.latency_p99_ms = record.throughput_sps = std::nullopt;
  record.ranked = false;
  return record;
}

TEST_P(AQuery, ComparesFieldsOfAllTypes) {
  RunRecord slow = a_record("vision/slow", 20);
  slow.driver = "Mesa 25";
  slow.queries = 11;
  slow.quality = 0.5;
  add(a_run({a_record("vision/fast", 1), slow, failed("vision/failed")}));
  EXPECT_THAT(found({"workload=vision/slow"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"workload!=vision/slow"}), ElementsAre("vision/fast", "vision/failed"));
  EXPECT_THAT(found({"latency_p50_ms<=1"}), ElementsAre("vision/fast"));
  EXPECT_THAT(found({"latency_p50_ms>1"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"latency_p50_ms!=1"}), ElementsAre("vision/slow")) << "an absent number fits nothing";
  EXPECT_THAT(found({"latency_p99_ms<2e0"}), ElementsAre("vision/fast"));
  EXPECT_THAT(found({"queries<612"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"queries=612", "status=ok"}), ElementsAre("vision/fast"));
  EXPECT_THAT(found({"status=crashed"}), ElementsAre("vision/failed"));
  EXPECT_THAT(found({"ranked=true"}), ElementsAre("vision/fast", "vision/slow"));
  EXPECT_THAT(found({"driver=Mesa 25"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"driver="}), ElementsAre("vision/fast", "vision/failed")) << "an absent text is empty";
  EXPECT_THAT(found({"quality>=0.5"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"workload>vision/fast", "workload<=vision/slow"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"machine=board-7", "quality>0"}), ElementsAre("vision/slow"));
  EXPECT_THAT(found({"started_at>=2026-02"}), IsEmpty());
  EXPECT_THAT(found({"trust=unverified", "workload=nothing"}), IsEmpty());
}

TEST_P(AQuery, ContainsLooksAtLettersOfAnyCase) {
  RunRecord adreno = a_record("vision/adreno");
  adreno.device_name = "Qualcomm Adreno (TM) 740 100%";
  add(a_run({adreno, a_record("Vision/Other")}));
  EXPECT_THAT(found({"device_name~ADRENO (tm)"}), ElementsAre("vision/adreno"));
  EXPECT_THAT(found({"device_name~%"}), ElementsAre("vision/adreno")) << "no wildcard";
  EXPECT_THAT(found({"device_name~Adreno_"}), IsEmpty());
  EXPECT_THAT(found({"workload~VISION/"}), ElementsAre("vision/adreno", "Vision/Other"));
  EXPECT_THAT(found({"workload=VISION/ADRENO"}), IsEmpty()) << "equality is of bytes";
  EXPECT_THAT(found({"runtime~"}), ElementsAre("vision/adreno", "Vision/Other"));
}

TEST_P(AQuery, PutsWhatIsAbsentLast) {
  add(a_run({a_record("b", 2), failed("x"), a_record("c", 3), a_record("a", 1)}));
  for (const char* field : {"latency_p50_ms", "latency_p99_ms"}) {
    EXPECT_THAT(found({.order_by = field}), ElementsAre("a", "b", "c", "x")) << field;
    EXPECT_THAT(found({.order_by = field, .is_descending = true}), ElementsAre("c", "b", "a", "x")) << field;
    EXPECT_THAT(found({.order_by = field, .limit = 2, .offset = 2}), ElementsAre("c", "x")) << field;
    EXPECT_THAT(found({.order_by = field, .limit = 2, .offset = 3}), ElementsAre("x")) << field;
    EXPECT_THAT(found({.order_by = field, .offset = 4}), IsEmpty()) << field;
  }
  EXPECT_THAT(found({.order_by = "workload", .is_descending = true}), ElementsAre("x", "c", "b", "a"));
  EXPECT_THAT(found({.order_by = "id", .is_descending = true}), ElementsAre("a", "c", "x", "b"));
  EXPECT_THAT(found({.order_by = "machine", .limit = 1}), ElementsAre("b"));
}

TEST_P(AQuery, CountsValues) {
  RunRecord other = a_record("b");
  other.device_name = "Other";
  other.driver = "d1";
  add(a_run({a_record("a"), other, a_record("a"), failed("c")}));
  const auto values = [&](std::string_view field, std::vector<Condition> where, std::int64_t limit = 10) {
    const auto counted = store_->values(field, where, limit);
    EXPECT_EQ(problem(counted), "");
    std::string all;
    for (const auto& [value, records] : *counted) all += value + "=" + std::to_string(records) + " ";
    return all;
  };
  EXPECT_EQ(values("workload", {}), "a=2 b=1 c=1 ");
  EXPECT_EQ(values("workload", {}, 1), "a=2 ");
  EXPECT_EQ(values("workload", {condition("status=ok")}), "a=2 b=1 ");
  EXPECT_EQ(values("device_name", {}), "Fixture CPU 9000=3 Other=1 ");
  EXPECT_EQ(values("driver", {}), "d1=1 ") << "what is absent is no value";
  EXPECT_EQ(values("machine", {condition("workload=a")}), "board-7=2 ");
  EXPECT_EQ(values("trust", {condition("device_name=Other")}), "unverified=1 ");
  EXPECT_EQ(values("workload", {condition("driver=d1")}), "b=1 ");
  EXPECT_EQ(values("status", {condition("workload=none")}), "");
  EXPECT_THAT(problem(store_->values("latency_p50_ms", {}, 10)), HasSubstr("latency_p50_ms"));
  EXPECT_THAT(problem(store_->values("nonsense", {}, 10)), HasSubstr("nonsense"));
}

TEST_P(AQuery, RefusesWhatItCannotCompare) {
  const auto refusal = [&](std::string field, Condition::Op op, std::string value) {
    return problem(store_->count({{.field = std::move(field), .op = op, .value = std::move(value)}}));
  };
  using enum Condition::Op;
  EXPECT_THAT(refusal("nonsense", equal, "1"), HasSubstr("'nonsense'"));
  EXPECT_THAT(refusal("id; DROP TABLE runs", equal, "1"), HasSubstr("no field"));
  EXPECT_THAT(refusal("warnings", equal, "1"), HasSubstr("'warnings'"));
  EXPECT_THAT(refusal("latency_quantiles_ms", equal, "1"), HasSubstr("latency_quantiles_ms"));
  EXPECT_THAT(refusal("latency_p50_ms", equal, "fast"), HasSubstr("'fast' is no number"));
  EXPECT_THAT(refusal("latency_p50_ms", less, "1e999"), HasSubstr("no number"));
  EXPECT_THAT(refusal("latency_p50_ms", less, "nan"), HasSubstr("no number"));
  EXPECT_THAT(refusal("latency_p50_ms", less, ""), HasSubstr("no number"));
  EXPECT_THAT(refusal("latency_p50_ms", contains, "1"), HasSubstr("contains no text"));
  EXPECT_THAT(refusal("queries", equal, "1.5"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("queries", equal, "99999999999999999999"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("ranked", equal, "yes"), HasSubstr("true or false"));
  EXPECT_THAT(refusal("status", equal, "okay"), HasSubstr("no status"));
  EXPECT_THAT(refusal("trust", equal, "full"), HasSubstr("audited"));
  EXPECT_THAT(refusal("device_name", equal, "\xc3\x28"), HasSubstr("UTF-8"));
  EXPECT_THAT(refusal(std::string("a\0\xff", 3), equal, ""), HasSubstr("'?'"));
  EXPECT_THAT(problem(store_->count(std::vector<Condition>(33, condition("status=ok")))),
              HasSubstr("at most 32"));
  EXPECT_THAT(problem(store_->find({.order_by = "nonsense"})), HasSubstr("'nonsense'"));
  EXPECT_THAT(problem(store_->find({.order_by = "warnings"})), HasSubstr("'warnings'"));
  for (const auto& [limit, offset] :
       std::vector<std::pair<int, int>>{{0, 0}, {-1, 0}, {kMostRecords + 1, 0}, {1, -1}})
    EXPECT_THAT(problem(store_->find({.limit = limit, .offset = offset})), HasSubstr("limit"));
}

// More records of one kind than are gathered, so that indexes are walked, too; and more kinds than are
// listed.
TEST_P(AQuery, GivesThePagesOfThePlainWay) {
  std::mt19937 random(7);
  std::vector<RunRecord> all;
  for (int i = 0; i < 7500; ++i) {
    RunRecord record =
        a_record(i % 50 == 0 ? "vision/rare" : "vision/common", 1 + static_cast<double>(random() % 500));
    if (i % 5 == 0) {
      record.task = "of many kinds";
      record.power_scope = "scope " + std::to_string(i);
    }
    record.device_name = "device " + std::to_string(random() % 40);
    if (random() % 5 == 0) record.latency_p50_ms = std::nullopt;
    record.samples = i;  // tells them apart
    all.push_back(record);
  }
  add(a_run(all));
  const std::vector<std::vector<std::string>> filters = {{},
                                                         {"workload=vision/rare"},
                                                         {"task=face-detection"},
                                                         {"task=of many kinds"},
                                                         {"workload=vision/common"},
                                                         {"device_name=device 7"},
                                                         {"task=face-detection", "device_name=device 7"},
                                                         {"task=of many kinds", "device_name=device 7"},
                                                         {"task=face-detection", "latency_p50_ms>400"},
                                                         {"workload=vision/common", "latency_p50_ms>400"},
                                                         {"tier=quick"},
                                                         {"tier=quick", "samples<3000"},
                                                         {"workload=vision/rare", "samples<3000"},
                                                         {"device_name=device 7", "samples<3000"}};
  const auto fits = [](const RunRecord& r, const std::vector<std::string>& filter) {
    return std::all_of(filter.begin(), filter.end(), [&](const std::string& text) {
      return text == "device_name=device 7" ? r.device_name == "device 7"
             : text == "latency_p50_ms>400" ? r.latency_p50_ms.value_or(0) > 400
             : text == "samples<3000"       ? *r.samples < 3000
             : text == "tier=quick"         ? r.tier == "quick"
                                            : "workload=" + r.workload == text || "task=" + r.task == text;
    });
  };
  for (const auto& filter : filters) {
    std::vector<std::optional<double>> plain;
    for (const RunRecord& record : all)
      if (fits(record, filter)) plain.push_back(record.latency_p50_ms);
    RecordQuery query{.order_by = "latency_p50_ms"};
    for (const auto& text : filter) query.where.push_back(condition(text));
    EXPECT_EQ(*store_->count(query.where), static_cast<std::int64_t>(plain.size()));
    for (const bool is_descending : {false, true}) {
      std::stable_sort(plain.begin(), plain.end(), [&](const auto& a, const auto& b) {
        if (!a || !b) return a.has_value() && !b;
        return is_descending ? *a > *b : *a < *b;
      });
      query.is_descending = is_descending;
      // The first pages, one around the first that is absent, the last, and one beyond.
      const auto size = static_cast<std::int64_t>(plain.size());
      const auto there =
          std::count_if(plain.begin(), plain.end(), [](const auto& v) { return v.has_value(); });
      std::vector<std::int64_t> seen;
      for (const std::int64_t offset :
           {std::int64_t{0}, std::int64_t{30}, std::max<std::int64_t>(there - 10, 60),
            std::int64_t{there + 40}, size - 5, size}) {
        query.offset = std::max<std::int64_t>(offset, 0);
        query.limit = 30;
        const auto page = store_->find(query);
        ASSERT_EQ(problem(page), "");
        std::vector<std::optional<double>> got, want;
        for (const auto& stored : *page) got.push_back(stored.record.latency_p50_ms);
        for (auto i = query.offset; i < std::min(size, query.offset + 30); ++i)
          want.push_back(plain[static_cast<std::size_t>(i)]);
        EXPECT_EQ(got, want) << testing::PrintToString(filter) << " offset " << offset << " down "
                             << is_descending;
        if (offset > 30) continue;
        for (const auto& stored : *page) seen.push_back(*stored.record.samples);
      }
      std::sort(seen.begin(), seen.end());
      EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "no record is on two pages";
    }
  }
}

TEST_P(AQuery, ReadsPayloadsInTheWantedOrderUntilEnoughFit) {
  std::vector<RunRecord> all;
  for (int i = 0; i < 300; ++i) {
    all.push_back(a_record());
    all.back().driver = i % 3 == 0 ? "driver 1.2" : "another";
    all.back().samples = i;
  }
  add(a_run(all));
  RecordQuery query{.where = {condition("workload=vision/face-detection"), condition("driver~DRIVER 1")},
                    .is_descending = true,
                    .limit = 3};
  const auto samples = [&] {
    std::vector<std::int64_t> found;
    const auto records = store_->find(query);
    EXPECT_EQ(problem(records), "");
    if (records)
      for (const auto& stored : *records) found.push_back(*stored.record.samples);
    return found;
  };
  EXPECT_THAT(samples(), ElementsAre(297, 294, 291));
  query.offset = 98;
  EXPECT_THAT(samples(), ElementsAre(3, 0)) << "the last page";
  query.offset = std::numeric_limits<std::int64_t>::max();
  EXPECT_THAT(samples(), ElementsAre()) << "beyond it";
}

TEST(ConditionFromText, KnowsEveryOperator) {
  using enum Condition::Op;
  const std::tuple<const char*, const char*, Condition::Op, const char*> cases[] = {
      {"latency_p50_ms<=5", "latency_p50_ms", at_most, "5"},
      {"a<5", "a", less, "5"},
      {"a>=5", "a", at_least, "5"},
      {"a>5", "a", greater, "5"},
      {"workload=vision/x", "workload", equal, "vision/x"},
      {"status!=ok", "status", not_equal, "ok"},
      {"device_name~adreno", "device_name", contains, "adreno"},
      {"a==", "a", equal, "="},
      {"a=", "a", equal, ""},
      {"a=b<=c", "a", equal, "b<=c"}};
  for (const auto& [text, field, op, value] : cases) {
    const auto parsed = condition_from_text(text);
    ASSERT_EQ(problem(parsed), "") << text;
    EXPECT_EQ(parsed->field, field) << text;
    EXPECT_EQ(parsed->op, op) << text;
    EXPECT_EQ(parsed->value, value) << text;
  }
}

TEST(ConditionFromText, RefusesWhatIsNone) {
  for (const char* text : {"", "status", "=ok", "a!b", "<"})
    EXPECT_THAT(problem(condition_from_text(text)), HasSubstr("no condition")) << text;
}

TEST(TrustNames, GoBothWays) {
  for (const Trust trust : {Trust::unverified, Trust::reproduced, Trust::audited})
    EXPECT_EQ(trust_from_name(trust_name(trust)), trust);
  EXPECT_FALSE(trust_from_name("Audited"));
}

}  // namespace
}  // namespace eb
