#pragma once
// The same tests for every database: a StoreTest has an empty one.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "results/store/store.h"
#include "tests/support/postgres.h"
#include "tests/support/tree.h"

namespace eb::test {

inline RunRecord a_record(const std::string& workload = "vision/face-detection",
                          double latency_p50_ms = 3.25) {
  RunRecord record;
  record.workload = workload;
  record.task = "face-detection";
  record.backend = "cpu";
  record.device = "0";
  record.device_name = "Fixture CPU 9000";
  record.device_kind = "cpu";
  record.precision = "fp32";
  record.scenario = "single-stream";
  record.tier = "quick";
  record.ranked = true;
  record.queries = 612;
  record.latency_p50_ms = latency_p50_ms;
  record.latency_p99_ms = latency_p50_ms * 1.5;
  record.throughput_sps = 1000 / latency_p50_ms;
  record.latency_quantiles_ms = {latency_p50_ms, latency_p50_ms * 2};
  record.warnings = {"the CPU governor is powersave, not performance"};
  return record;
}

inline Run a_run(std::vector<RunRecord> records, const std::string& started_at = "2026-01-02T03:04:00Z") {
  Run run;
  run.context = {{"started_at", started_at}, {"machine", "board-7"}, {"cpu_mhz", 4287.5}};
  run.records = std::move(records);
  return run;
}

inline NewRun an_import(Run run) {
  return {.run = std::move(run), .received_at = "2026-01-02T04:00:00Z", .source = "import"};
}

inline Condition condition(std::string_view text) {
  const auto parsed = condition_from_text(text);
  EXPECT_EQ(problem(parsed), "");
  return parsed ? *parsed : Condition{};
}

enum class DatabaseKind { sqlite, postgres };

class StoreTest : public testing::TestWithParam<DatabaseKind> {
 protected:
  using Run = eb::Run;  // gtest has a private function of that name

  void SetUp() override {
    if (GetParam() == DatabaseKind::sqlite) {
      where_ = tree_ / "results.db";
    } else {
      std::string why;
      postgres_ = PostgresDatabase::create(why);
      if (!postgres_) GTEST_SKIP() << why;
      where_ = postgres_->url();
    }
    store_ = open(StoreUse::write);
  }

  std::unique_ptr<Store> open(StoreUse use) const {
    auto store = open_store(where_, use);
    EXPECT_EQ(problem(store), "");
    return store ? *std::move(store) : nullptr;
  }

  std::string add(Run run) {
    const NewRun fresh = an_import(std::move(run));
    const auto added = store_->add(std::span(&fresh, 1));
    EXPECT_EQ(problem(added), "");
    return added ? added->at(0).run_id : "";
  }

  // The workloads of what is found, in order.
  std::vector<std::string> found(const RecordQuery& query) {
    std::vector<std::string> names;
    const auto records = store_->find(query);
    EXPECT_EQ(problem(records), "");
    if (records)
      for (const auto& record : *records) names.push_back(record.record.workload);
    return names;
  }
  std::vector<std::string> found(std::vector<std::string> conditions) {
    RecordQuery query;
    for (const auto& text : conditions) query.where.push_back(condition(text));
    return found(query);
  }

  Tree tree_;
  std::unique_ptr<PostgresDatabase> postgres_;
  std::string where_;
  std::unique_ptr<Store> store_;
};

inline std::string database_name(const testing::TestParamInfo<DatabaseKind>& info) {
  return info.param == DatabaseKind::sqlite ? "Sqlite" : "Postgres";
}

}  // namespace eb::test
