#include <gmock/gmock.h>

#include "results/store/database.h"
#include "tests/results/store/store_fixture.h"

namespace eb {
namespace {

using namespace test;
using testing::HasSubstr;
using testing::Not;

TEST(ShownUrl, HasNeitherPasswordNorOptions) {
  EXPECT_EQ(shown_url("postgres://lab@host:5432/db"), "postgres://lab@host:5432/db");
  EXPECT_EQ(shown_url("postgres://lab:secret@host/db"), "postgres://lab:***@host/db");
  EXPECT_EQ(shown_url("postgres://lab:se@c/r:et@host/db?sslmode=require"), "postgres://lab:***@host/db");
  EXPECT_EQ(shown_url("postgres://host/db?user=lab&password=secret"), "postgres://host/db");
  EXPECT_EQ(shown_url("postgres://lab:secret"), "postgres://lab:secret") << "a host and its port";
  EXPECT_EQ(shown_url("mysql://lab:secret@host"), "mysql://lab:***@host");
  EXPECT_THAT(shown_url("postgres://lab:sec?ret@host/db"), Not(HasSubstr("sec")));
  EXPECT_EQ(shown_url(""), "");
}

class APostgres : public testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    own_ = PostgresDatabase::create(why);
    if (!own_) GTEST_SKIP() << why;
  }
  std::unique_ptr<PostgresDatabase> own_;
};

TEST_F(APostgres, SaysNoPasswordWhenItRefusesOne) {
  std::string url = own_->url();
  url.replace(url.find(":secret@"), 8, ":wr0ng@");
  const auto store = open_store(url, StoreUse::write);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(store.error().message, HasSubstr("edgebench:***@127.0.0.1"));
  EXPECT_THAT(store.error().message, Not(HasSubstr("wr0ng")));
  url.replace(url.find(":wr0ng@"), 7, ":wr0%ng@");
  EXPECT_THAT(problem(open_store(url, StoreUse::write)), Not(HasSubstr("wr0")));
}

TEST_F(APostgres, ComesBackAfterItsConnectionWasLost) {
  const auto store = open_store(own_->url(), StoreUse::write);
  ASSERT_EQ(problem(store), "");
  const NewRun run = an_import(a_run({a_record()}));
  ASSERT_EQ(problem((*store)->add(std::span(&run, 1))), "");
  const auto admin = open_postgres(own_->url(), StoreUse::write);
  ASSERT_EQ(problem((*admin)->script("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                                     "current_database() AND pid <> pg_backend_pid()")),
            "");
  const auto lost = (*store)->count({});
  const std::string said = problem(lost);
  EXPECT_TRUE(said.empty() || said.starts_with("the database postgres://")) << said;
  EXPECT_EQ(problem((*store)->count({})), "") << "the second time at the latest";
  const NewRun more = an_import(a_run({a_record("vision/b")}));
  EXPECT_EQ(problem((*store)->add(std::span(&more, 1))), "");
  EXPECT_EQ(*(*store)->count({}), 2);
}

TEST_F(APostgres, OfANewerEdgebenchIsRefused) {
  const auto database = open_postgres(own_->url(), StoreUse::write);
  ASSERT_EQ(problem((*database)->set_schema_version(99)), "");
  for (const StoreUse use : {StoreUse::read, StoreUse::write})
    EXPECT_THAT(problem(open_store(own_->url(), use)), HasSubstr("schema is 99"));
}

TEST_F(APostgres, OfSchema1IsBroughtUpToDate) {
  ASSERT_EQ(problem(open_store(own_->url(), StoreUse::write)), "");
  const auto database = open_postgres(own_->url(), StoreUse::write);
  ASSERT_EQ(
      problem((*database)->script("DROP VIEW results; DROP INDEX kinds_task; DROP INDEX kinds_workload; "
                                  "ALTER TABLE payloads ALTER COLUMN json TYPE json USING json::json; "
                                  "ALTER TABLE runs ALTER COLUMN context TYPE json USING "
                                  "context::json")),
      "");
  const auto store = open_store(own_->url(), StoreUse::write);
  const NewRun run = an_import(a_run({a_record()}));
  ASSERT_EQ(problem((*store)->add(std::span(&run, 1))), "") << "schema 1 holds the same";
  ASSERT_EQ(problem((*database)->set_schema_version(1)), "");
  const auto renewed = open_store(own_->url(), StoreUse::write);
  ASSERT_EQ(problem(renewed), "");
  EXPECT_EQ(*(*renewed)->count({condition("driver="), condition("workload=vision/face-detection")}), 1);
  EXPECT_EQ((*database)
                ->query({.text = "SELECT data_type FROM information_schema.columns WHERE table_name = "
                                 "'payloads' AND column_name = 'json'"})
                ->at(0)
                .at(0),
            "text");
  EXPECT_EQ((*database)->query({.text = "SELECT workload FROM results"})->at(0).at(0),
            "vision/face-detection");
}

TEST_F(APostgres, EmptyIsSaidToReaders) {
  EXPECT_THAT(problem(open_store(own_->url(), StoreUse::read)), HasSubstr("it is empty"));
}

TEST_F(APostgres, LeavesOtherSchemasAlone) {
  const auto database = open_postgres(own_->url(), StoreUse::write);
  ASSERT_EQ(problem((*database)->script("CREATE TABLE public.runs (theirs integer)")), "");
  const auto store = open_store(own_->url(), StoreUse::write);
  ASSERT_EQ(problem(store), "");
  const NewRun run = an_import(a_run({a_record()}));
  EXPECT_EQ(problem((*store)->add(std::span(&run, 1))), "");
  EXPECT_EQ((*database)->query({.text = "SELECT count(*) FROM public.runs"})->at(0).at(0), "0");
}

TEST_F(APostgres, ABackupIsMadeByItsOwnTool) {
  const auto store = open_store(own_->url(), StoreUse::write);
  ASSERT_EQ(problem(store), "");
  EXPECT_THAT(problem((*store)->backup("/tmp/copy.db")), HasSubstr("pg_dump"));
}

TEST_F(APostgres, AFailedTransactionLeavesNothing) {
  const auto database = open_postgres(own_->url(), StoreUse::write);
  ASSERT_EQ(problem((*database)->script("CREATE SCHEMA edgebench; CREATE TABLE t (a integer PRIMARY KEY)")),
            "");
  const auto done = (*database)->transaction([&]() -> Status {
    EB_OK((*database)->append("t", {"a"}, std::vector<Value>{std::int64_t{1}, std::int64_t{2}}));
    return (*database)->append("t", {"a"}, std::vector<Value>{std::int64_t{3}, std::int64_t{1}});
  });
  EXPECT_THAT(problem(done), HasSubstr("duplicate key"));
  EXPECT_EQ((*database)->query({.text = "SELECT count(*) FROM t"})->at(0).at(0), "0");
}

}  // namespace
}  // namespace eb
