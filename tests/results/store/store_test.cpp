#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/base/json.h"
#include "tests/results/store/store_fixture.h"

namespace eb {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using AStore = StoreTest;
INSTANTIATE_TEST_SUITE_P(On, AStore, testing::Values(DatabaseKind::sqlite, DatabaseKind::postgres),
                         database_name);

TEST_P(AStore, KeepsARunAsItWas) {
  const Run run = a_run({a_record("vision/a", 3), a_record("vision/b", 1), a_record("vision/c", 2)});
  const std::string id = add(run);
  EXPECT_EQ(id, run_id(run));
  store_ = open(StoreUse::read);
  const auto stored = store_->run(id);
  ASSERT_EQ(problem(stored), "");
  ASSERT_TRUE(*stored);
  EXPECT_EQ((*stored)->run_id, id);
  EXPECT_EQ((*stored)->received_at, "2026-01-02T04:00:00Z");
  EXPECT_EQ((*stored)->source, "import");
  EXPECT_EQ((*stored)->trust, Trust::unverified);
  EXPECT_EQ(canonical_json(to_json((*stored)->run)), canonical_json(to_json(run)));
}

TEST_P(AStore, FindsWhatWasAddedInBulkMeanwhileAndAfterwards) {
  add(a_run({a_record("vision/a", 3)}));
  ASSERT_EQ(problem(store_->begin_bulk()), "");
  EXPECT_EQ(problem(store_->begin_bulk()), "") << "as when another import begins";
  add(a_run({a_record("vision/b", 1), a_record("vision/c", 2)}));
  const RecordQuery by_latency{.order_by = "latency_p50_ms"};
  EXPECT_THAT(found(by_latency), ElementsAre("vision/b", "vision/c", "vision/a"));
  ASSERT_EQ(problem(store_->end_bulk()), "");
  EXPECT_EQ(problem(store_->end_bulk()), "");
  EXPECT_THAT(found(by_latency), ElementsAre("vision/b", "vision/c", "vision/a"));
}

TEST_P(AStore, TakesTheSameRunOnce) {
  const NewRun a = an_import(a_run({a_record("vision/a")}));
  const NewRun b = an_import(a_run({a_record("vision/b")}));
  const NewRun twice[] = {a, b, a};
  const auto first = store_->add(twice);
  ASSERT_EQ(problem(first), "");
  ASSERT_EQ(first->size(), 3u);
  EXPECT_FALSE((*first)[0].was_known);
  EXPECT_FALSE((*first)[1].was_known);
  EXPECT_TRUE((*first)[2].was_known);
  EXPECT_EQ((*first)[0].run_id, (*first)[2].run_id);
  NewRun again = a;
  again.delete_token_hash = "ff";
  EXPECT_TRUE((*store_->add(std::span(&again, 1)))[0].was_known);
  EXPECT_EQ((**store_->run(run_id(a.run))).delete_token_hash, "") << "the token is the old one";
  EXPECT_EQ(*store_->count({}), 2);
}

TEST_P(AStore, KnowsNoRunThatIsNotThere) {
  EXPECT_FALSE(*store_->run("0123"));
  EXPECT_FALSE(*store_->bundle("0123"));
  EXPECT_FALSE(*store_->set_trust("0123", Trust::audited));
  EXPECT_FALSE(*store_->remove("0123"));
  EXPECT_FALSE(*store_->run(std::string("a\0b", 3)));
  EXPECT_FALSE(*store_->run("\xff\xfe"));
  EXPECT_TRUE(store_->add({})->empty());
}

TEST_P(AStore, RunsMayHaveNoRecords) {
  const Run run = a_run({});
  EXPECT_TRUE((**store_->run(add(run))).run.records.empty());
  EXPECT_EQ(*store_->count({}), 0);
}

TEST_P(AStore, GivesRecordsWithTheirRun) {
  const std::string id = add(a_run({a_record()}));
  const auto records = store_->find({});
  ASSERT_EQ(problem(records), "");
  ASSERT_EQ(records->size(), 1u);
  const StoredRecord& found = records->front();
  EXPECT_EQ(found.run_id, id);
  EXPECT_EQ(found.machine, "board-7");
  EXPECT_EQ(found.started_at, "2026-01-02T03:04:00Z");
  EXPECT_EQ(found.received_at, "2026-01-02T04:00:00Z");
  EXPECT_EQ(to_json(found.record), to_json(a_record()));
}

TEST_P(AStore, BundlesComeBackByteForByte) {
  NewRun upload = an_import(a_run({a_record()}));
  for (int i = 0; i < 1000; ++i) upload.bundle += static_cast<char>(i * 7 % 256);
  upload.source = "upload";
  upload.key_id = "ab12";
  upload.delete_token_hash = "cd34";
  const auto added = store_->add(std::span(&upload, 1));
  ASSERT_EQ(problem(added), "");
  const std::string id = added->front().run_id;
  EXPECT_EQ(**store_->bundle(id), upload.bundle);
  EXPECT_EQ((**store_->run(id)).key_id, "ab12");
  EXPECT_EQ((**store_->run(id)).delete_token_hash, "cd34");
  EXPECT_FALSE(*store_->bundle(add(a_run({a_record("vision/b")})))) << "an import has none";
}

TEST_P(AStore, TrustIsOfAllRecordsOfARun) {
  const std::string a = add(a_run({a_record("vision/a"), a_record("vision/b")}));
  add(a_run({a_record("vision/a", 9)}));
  EXPECT_TRUE(*store_->set_trust(a, Trust::audited));
  EXPECT_EQ((**store_->run(a)).trust, Trust::audited);
  EXPECT_THAT(found({"trust=audited"}), ElementsAre("vision/a", "vision/b"));
  EXPECT_THAT(found({"trust=unverified"}), ElementsAre("vision/a"));
  EXPECT_EQ(store_->find({.where = {condition("trust=audited")}})->front().trust, Trust::audited);
  EXPECT_TRUE(*store_->set_trust(a, Trust::audited)) << "again";
  EXPECT_TRUE(*store_->set_trust(a, Trust::unverified));
  EXPECT_EQ(found({"trust=unverified"}).size(), 3u);
}

TEST_P(AStore, WhatIsRemovedIsGoneAndMayComeBack) {
  const Run run = a_run({a_record("vision/a"), a_record("vision/b")});
  const std::string id = add(run);
  const std::int64_t last = store_->find({.order_by = "id", .is_descending = true})->front().id;
  EXPECT_TRUE(*store_->remove(id));
  EXPECT_FALSE(*store_->run(id));
  EXPECT_EQ(*store_->count({}), 0);
  EXPECT_FALSE(*store_->remove(id));
  add(run);
  EXPECT_GT(store_->find({})->front().id, last) << "ids are never given twice";
}

TEST_P(AStore, KeepsHashesOfTokens) {
  const TokenRow a{.hash = "aa", .name = "lab", .scopes = "upload", .created_at = "2026-01-02T00:00:00Z"};
  TokenRow b{
      .hash = "bb", .name = "Ann's; DROP TABLE tokens", .scopes = "upload,admin", .created_at = "2026-01-03"};
  ASSERT_EQ(problem(store_->put_token(b)), "");
  ASSERT_EQ(problem(store_->put_token(a)), "");
  EXPECT_EQ((**store_->token("bb")).name, b.name);
  b.scopes = "upload";
  ASSERT_EQ(problem(store_->put_token(b)), "");
  const auto all = store_->tokens();
  ASSERT_EQ(problem(all), "");
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ((*all)[0].hash, "aa");
  EXPECT_EQ((*all)[1].scopes, "upload");
  EXPECT_FALSE(*store_->token("cc"));
  EXPECT_TRUE(*store_->remove_token("aa"));
  EXPECT_FALSE(*store_->remove_token("aa"));
  EXPECT_FALSE(*store_->token("aa"));
  EXPECT_FALSE(store_->put_token({.hash = std::string("a\0", 2)}));
}

// Hostile texts and numbers.

TEST_P(AStore, TextsOfAnyKindComeBack) {
  for (const std::string& text :
       {std::string("'; DROP TABLE records; --"), std::string("\"$1\" {} %s \\ \t\n\r \\N \\."),
        std::string("\x01\x7f"), std::string("\xe6\xb8\xac\xe8\xa9\xa6 \xf0\x9f\x9a\x80"),
        std::string("{\"a\":[1,2]}"), std::string("\\u0000"), std::string(1 << 20, 'x')}) {
    RunRecord record = a_record(text);
    record.device_name = record.driver = record.power_scope = text;
    const std::string id = add(a_run({record}, text));
    const auto stored = store_->run(id);
    ASSERT_EQ(problem(stored), "");
    EXPECT_EQ(to_json((*stored)->run.records.at(0)), to_json(record));
    for (const char* field : {"workload", "device_name", "driver", "power_scope", "started_at"}) {
      const RecordQuery query{.where = {{.field = field, .op = Condition::Op::equal, .value = text}}};
      EXPECT_THAT(found(query), ElementsAre(text)) << field;
    }
    EXPECT_TRUE(*store_->remove(id));
  }
  EXPECT_EQ(*store_->count({}), 0);
}

TEST_P(AStore, TextsThatAreNoUtf8AreReplacedEverywhere) {
  RunRecord record = a_record("vision/a\xff");
  record.device_name = "GPU \xc3\x28";
  add(a_run({record}));
  const auto records = store_->find({.where = {condition("device_name=GPU \xef\xbf\xbd(")}});
  ASSERT_EQ(problem(records), "");
  ASSERT_EQ(records->size(), 1u);
  EXPECT_EQ(records->front().record.workload, "vision/a\xef\xbf\xbd");
  EXPECT_THAT(found({"workload=vision/a\xef\xbf\xbd"}), ElementsAre("vision/a\xef\xbf\xbd"));
}

TEST_P(AStore, RefusesANulWhereverItIs) {
  RunRecord record = a_record();
  record.warnings.push_back(std::string("a\0b", 3));
  NewRun run = an_import(a_run({a_record("vision/fine"), record}));
  EXPECT_THAT(problem(store_->add(std::span(&run, 1))), HasSubstr("NUL"));
  run = an_import(a_run({}, std::string("\0", 1)));
  EXPECT_THAT(problem(store_->add(std::span(&run, 1))), HasSubstr("NUL"));
  run = an_import(a_run({}));
  run.key_id = "a\xff";
  EXPECT_THAT(problem(store_->add(std::span(&run, 1))), HasSubstr("UTF-8"));
  EXPECT_EQ(*store_->count({}), 0);
  const RecordQuery query{.where = {{.field = "workload", .value = std::string("a\0b", 3)}}};
  EXPECT_THAT(problem(store_->find(query)), HasSubstr("NUL"));
}

TEST_P(AStore, NumbersOfAnySizeComeBack) {
  for (const double number : {5e-324, 1.7976931348623157e308, 0.1, -0.0, 123456789012345678.0}) {
    RunRecord record = a_record();
    record.latency_p50_ms = record.quality = number;
    record.queries = std::numeric_limits<std::int64_t>::max();
    const std::string id = add(a_run({record}));
    EXPECT_EQ((**store_->run(id)).run.records[0].quality, number);
    const Condition same{.field = "latency_p50_ms", .value = canonical_json(number)};
    EXPECT_EQ(*store_->count({same}), 1) << number;
    EXPECT_TRUE(*store_->remove(id));
  }
}

TEST_P(AStore, WhatIsNotFiniteIsAbsent) {
  RunRecord record = a_record();
  record.latency_p50_ms = std::numeric_limits<double>::quiet_NaN();
  record.throughput_sps = record.quality = std::numeric_limits<double>::infinity();
  const std::string id = add(a_run({record}));
  const RunRecord stored = (**store_->run(id)).run.records[0];
  EXPECT_FALSE(stored.latency_p50_ms || stored.throughput_sps || stored.quality);
  EXPECT_EQ(*store_->count({condition("throughput_sps>0")}), 0);
}

TEST_P(AStore, AFailureInTheMiddleLeavesNothing) {
  RunRecord bad = a_record();
  bad.reason = std::string("\0", 1);
  const NewRun runs[] = {an_import(a_run({a_record("vision/a")})), an_import(a_run({bad}))};
  EXPECT_FALSE(store_->add(runs));
  EXPECT_EQ(*store_->count({}), 0);
  EXPECT_FALSE(*store_->run(run_id(runs[0].run)));
}

TEST_P(AStore, OthersSeeWhatWasAdded) {
  const auto other = open(StoreUse::write);
  add(a_run({a_record("vision/a")}));
  EXPECT_EQ(*other->count({}), 1);
  const NewRun second = an_import(a_run({a_record("vision/a", 7), a_record("vision/b")}));
  ASSERT_EQ(problem(other->add(std::span(&second, 1))), "");
  EXPECT_THAT(found({"workload=vision/a"}), ElementsAre("vision/a", "vision/a"));
  add(a_run({a_record("vision/b", 8)}));
  EXPECT_EQ(*other->count({condition("workload=vision/b")}), 2) << "both know the same kinds";
}

TEST_P(AStore, OpenedToReadItIsNotWritten) {
  add(a_run({a_record()}));
  store_ = open(StoreUse::read);
  const NewRun run = an_import(a_run({a_record("vision/b")}));
  EXPECT_FALSE(store_->add(std::span(&run, 1)));
  EXPECT_FALSE(store_->put_token({.hash = "aa"}));
  EXPECT_EQ(*store_->count({}), 1);
}

}  // namespace
}  // namespace eb
