#include <gmock/gmock.h>

#include <fstream>

#include "results/store/database.h"
#include "tests/results/store/store_fixture.h"

namespace eb {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kNoPatience = 1;  // ms

class ASqliteFile : public testing::Test {
 protected:
  std::unique_ptr<Database> database(StoreUse use = StoreUse::write) const {
    auto opened = open_sqlite(file_, use, kNoPatience);
    EXPECT_EQ(problem(opened), "");
    return opened ? *std::move(opened) : nullptr;
  }
  std::string refusal(StoreUse use) const { return problem(open_store(file_.string(), use)); }
  static std::string cell(Database& database, const std::string& sql) {
    const auto rows = database.query({.text = sql});
    return rows && !rows->empty() ? rows->at(0).at(0) : problem(rows);
  }

  Tree tree_;
  std::filesystem::path file_ = tree_ / "lab/results.db";
};

TEST_F(ASqliteFile, IsOnTheDiskAtEveryCommit) {
  const auto opened = database();
  EXPECT_EQ(cell(*opened, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(cell(*opened, "PRAGMA synchronous"), "2") << "FULL";
}

TEST_F(ASqliteFile, MustBeThereToBeRead) {
  EXPECT_THAT(refusal(StoreUse::read), HasSubstr("there is no database"));
  EXPECT_FALSE(std::filesystem::exists(file_)) << "reading makes no file";
  tree_.write("lab/results.db", "");
  EXPECT_THAT(refusal(StoreUse::read), HasSubstr("it is empty"));
  EXPECT_EQ(refusal(StoreUse::write), "");
  EXPECT_EQ(refusal(StoreUse::read), "");
}

TEST_F(ASqliteFile, GetsItsIndexesBackAfterAnImportThatDied) {
  const std::string count = "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql <> ''";
  ASSERT_EQ(refusal(StoreUse::write), "");
  const std::string before = cell(*database(), count);
  ASSERT_EQ(problem((*open_store(file_.string(), StoreUse::write))->begin_bulk()), "");
  EXPECT_LT(std::stoi(cell(*database(), count)), std::stoi(before));
  ASSERT_EQ(refusal(StoreUse::read), "") << "what reads makes none";
  EXPECT_LT(std::stoi(cell(*database(), count)), std::stoi(before));
  ASSERT_EQ(refusal(StoreUse::write), "");
  EXPECT_EQ(cell(*database(), count), before);
}

TEST_F(ASqliteFile, MustBeADatabaseOfOurs) {
  tree_.write("lab/results.db", std::string(9000, 'x'));
  for (const StoreUse use : {StoreUse::read, StoreUse::write})
    EXPECT_THAT(refusal(use), HasSubstr("no SQLite database"));
  std::filesystem::remove(file_);
  ASSERT_EQ(problem(database()->script("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (7)")), "");
  for (const StoreUse use : {StoreUse::read, StoreUse::write})
    EXPECT_THAT(refusal(use), HasSubstr("another program"));
  std::filesystem::remove_all(tree_ / "lab");
  std::filesystem::create_directories(file_);
  EXPECT_THAT(refusal(StoreUse::write), StartsWith("the database "));
  EXPECT_THAT(problem(open_store("", StoreUse::write)), HasSubstr("no name"));
}

TEST_F(ASqliteFile, OfANewerEdgebenchIsRefused) {
  ASSERT_EQ(refusal(StoreUse::write), "");
  ASSERT_EQ(problem(database()->set_schema_version(99)), "");
  for (const StoreUse use : {StoreUse::read, StoreUse::write})
    EXPECT_THAT(refusal(use), HasSubstr("schema is 99"));
  EXPECT_EQ(*database()->schema_version(), 99) << "and left alone";
}

TEST_F(ASqliteFile, MigrationIsDoneOnce) {
  ASSERT_EQ(refusal(StoreUse::write), "");
  const auto opened = database();
  ASSERT_EQ(problem(opened->script("UPDATE state SET next_record = 500")), "");
  ASSERT_EQ(refusal(StoreUse::write), "");
  EXPECT_EQ(cell(*opened, "SELECT next_record FROM state"), "500");
}

TEST_F(ASqliteFile, OfSchema1IsBroughtUpToDate) {
  ASSERT_EQ(refusal(StoreUse::write), "");
  const auto opened = database();
  ASSERT_EQ(problem(opened->script("DROP INDEX kinds_task; DROP INDEX kinds_workload")), "");
  ASSERT_EQ(problem(opened->set_schema_version(1)), "");
  EXPECT_THAT(refusal(StoreUse::read), HasSubstr("older edgebench"));
  ASSERT_EQ(refusal(StoreUse::write), "");
  EXPECT_EQ(*opened->schema_version(), 2);
  EXPECT_EQ(
      cell(*opened, "SELECT count(*) FROM sqlite_schema WHERE name IN ('kinds_task', 'kinds_workload')"),
      "2");
}

TEST_F(ASqliteFile, TheViewFollowsTheFields) {
  ASSERT_EQ(refusal(StoreUse::write), "");
  const auto opened = database();
  ASSERT_EQ(problem(opened->script("DROP VIEW results; CREATE VIEW results AS SELECT 1 AS old; "
                                   "UPDATE state SET view_hash = 'of an older edgebench'")),
            "");
  ASSERT_EQ(refusal(StoreUse::write), "");
  const std::string view = cell(*opened, "SELECT sql FROM sqlite_schema WHERE name = 'results'");
  for (const Field& field : fields()) EXPECT_THAT(view, HasSubstr(" AS " + std::string(field.name)));
}

TEST_F(ASqliteFile, AFullDiskLeavesWhatWasThere) {
  ASSERT_EQ(refusal(StoreUse::write), "");
  auto opened = database();
  Database& direct = *opened;
  const auto store = make_sql_store(std::move(opened));
  const NewRun small = an_import(a_run({a_record()}));
  ASSERT_EQ(problem(store->add(std::span(&small, 1))), "");
  const int pages = std::stoi(cell(direct, "PRAGMA page_count"));
  cell(direct, "PRAGMA max_page_count = " + std::to_string(pages + 2));
  std::vector<RunRecord> many;
  for (int i = 0; i < 100; ++i) many.push_back(a_record("vision/new kind " + std::to_string(i), i + 1));
  const NewRun large = an_import(a_run(many, "later"));
  EXPECT_THAT(problem(store->add(std::span(&large, 1))), HasSubstr("the disk is full"));
  EXPECT_EQ(*store->count({}), 1);
  EXPECT_FALSE(*store->run(run_id(large.run)));
  cell(direct, "PRAGMA max_page_count = 1000000");
  EXPECT_EQ(problem(store->add(std::span(&large, 1))), "") << "and goes on when there is room";
  EXPECT_EQ(*store->count({condition("workload~new kind")}), 100)
      << "no kind was remembered that is not there";
}

TEST_F(ASqliteFile, AWriterThatHoldsItIsWaitedForAndThenSaid) {
  ASSERT_EQ(refusal(StoreUse::write), "");
  const auto other = database();
  ASSERT_EQ(problem(other->script("BEGIN IMMEDIATE")), "");
  const auto store = make_sql_store(database());
  const NewRun run = an_import(a_run({a_record()}));
  const auto added = store->add(std::span(&run, 1));
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::timeout);
  EXPECT_EQ(*store->count({}), 0) << "readers need not wait";
  ASSERT_EQ(problem(other->script("COMMIT")), "");
  EXPECT_EQ(problem(store->add(std::span(&run, 1))), "");
}

TEST_F(ASqliteFile, DamageIsSaid) {
  {
    const auto store = open_store(file_.string(), StoreUse::write);
    ASSERT_EQ(problem(store), "");
    std::vector<RunRecord> many;
    for (int i = 0; i < 200; ++i) many.push_back(a_record("vision/a", i + 1));
    const NewRun run = an_import(a_run(many));
    ASSERT_EQ(problem((*store)->add(std::span(&run, 1))), "");
  }
  const auto bytes = std::filesystem::file_size(file_);
  std::fstream out(file_, std::ios::in | std::ios::out | std::ios::binary);
  out.seekp(8192);
  out << std::string(bytes - 8192, '\xff') << std::flush;
  const auto store = open_store(file_.string(), StoreUse::read);
  const std::string said = store ? problem((*store)->find({})) : problem(store);
  EXPECT_THAT(said, HasSubstr("the file is damaged"));
}

TEST_F(ASqliteFile, ABackupIsWholeWhileAnotherWrites) {
  const auto store = open_store(file_.string(), StoreUse::write);
  const NewRun first = an_import(a_run({a_record("vision/a")}));
  ASSERT_EQ(problem((*store)->add(std::span(&first, 1))), "");
  const auto writer = database();
  ASSERT_EQ(problem(writer->script("BEGIN IMMEDIATE; DELETE FROM records")), "");
  ASSERT_EQ(problem((*store)->backup(tree_ / "copy.db")), "");
  const auto copy = open_store((tree_ / "copy.db").string(), StoreUse::write);
  ASSERT_EQ(problem(copy), "");
  EXPECT_EQ(*(*copy)->count({}), 1) << "what was not committed is not in it";
  EXPECT_THAT(problem((*store)->backup(tree_ / "copy.db")), HasSubstr("is there already"));
  EXPECT_THAT(problem((*store)->backup(tree_ / "no/copy.db")), HasSubstr("no/copy.db"));
}

}  // namespace
}  // namespace eb
