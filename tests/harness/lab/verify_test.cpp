#include "harness/lab/verify.h"

#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/core/run.h"
#include "tests/harness/lab/simulated_lab.h"
#include "tests/support/tree.h"

namespace eb::lab {
namespace {

namespace fs = std::filesystem;

class LabVerify : public testing::Test {
 protected:
  LabVerify() {
    lab_.work.plan.jobs[0].workloads = {"vision", "speech/voice-activity"};
    lab_.work.plan.jobs[0].backends = {"cpu"};
    attempt_ = {.job = &lab_.work.jobs[0],
                .planned = &lab_.work.plan.jobs[0],
                .board = &lab_.work.inventory.boards[0],
                .number = 2,
                .folder = tree_ / "attempts/j/b0/1/2"};
    fs::create_directories(attempt_.folder);
    EXPECT_TRUE(write_job_file(attempt_, attempt_.folder));
    run_.records = {record("vision/pose", RunStatus::ok), record("speech/voice-activity", RunStatus::failed)};
  }

  static RunRecord record(const std::string& workload, RunStatus status) {
    RunRecord record;
    record.workload = workload;
    record.backend = "cpu";
    record.precision = "fp32";
    record.status = status;
    return record;
  }
  void write_run() const { tree_.write("attempts/j/b0/1/2/run.json", to_json(run_).dump()); }
  Result<Verified> verified() const { return verify_run(attempt_, tree_ / "runs"); }
  // What is said of the run as it is now; its folder has stayed where it was.
  std::string said() const {
    write_run();
    const auto result = verified();
    EXPECT_TRUE(fs::exists(attempt_.folder / kJobFile));
    EXPECT_FALSE(fs::exists(tree_ / "runs"));
    return result ? "" : result.error().message;
  }

  eb::test::Tree tree_;
  test::Lab lab_{1, 1};
  Attempt attempt_;
  eb::Run run_;
};

TEST_F(LabVerify, ARunThatWasAskedForIsKeptWithItsHash) {
  write_run();
  const auto result = verified();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->records, 2);
  EXPECT_EQ(result->records_ok, 1) << "a cell that failed is a result, too";
  const auto file = tree_ / "runs/j/b0/1/run.json";
  ASSERT_TRUE(fs::exists(file));
  EXPECT_EQ(result->run_sha256, *sha256_of_file(file));
  EXPECT_FALSE(fs::exists(attempt_.folder));
}

TEST_F(LabVerify, DoingItAgainComesToTheSame) {
  write_run();
  const auto first = verified();
  const auto again = verified();  // as by a driver after one that was killed before it could write it down
  ASSERT_TRUE(first && again) << again.error().message;
  EXPECT_EQ(again->run_sha256, first->run_sha256);
  EXPECT_EQ(again->records_ok, first->records_ok);
  attempt_.number = 3;
  EXPECT_FALSE(verified()) << "what is kept is that of another attempt";
}

TEST_F(LabVerify, RefusesWhatIsNotTheRunOfTheJob) {
  run_.records.push_back(record("nlp/text-generation", RunStatus::ok));
  EXPECT_EQ(said(), "run.json has a record of workload nlp/text-generation, which was not asked for");
  run_.records.back() = record("vision/pose", RunStatus::ok);
  run_.records.back().backend = "vulkan";
  EXPECT_EQ(said(), "run.json has a record of backend vulkan, which was not asked for");
  run_.records.clear();
  EXPECT_EQ(said(), "run.json has no records");
  run_.records = {record("vision/pose", RunStatus::ok)};
  run_.context["interrupted"] = true;
  EXPECT_EQ(said(), "run.json says that the run was interrupted");
}

TEST_F(LabVerify, RefusesTheFileOfAnotherJobOrAttempt) {
  Attempt other = attempt_;
  other.number = 1;
  ASSERT_TRUE(write_job_file(other, attempt_.folder));
  EXPECT_EQ(said(), "lab-job.json is not that of attempt 2 of job j/b0/1");
  tree_.write("attempts/j/b0/1/2/lab-job.json", "{\"schema\": ");
  EXPECT_EQ(said(), "lab-job.json is not that of attempt 2 of job j/b0/1");
}

TEST_F(LabVerify, RefusesWhatIsNotThereOrNoRun) {
  EXPECT_NE(verified().error().message.find("run.json"), std::string::npos);
  for (const char* text : {"", "{", "[]", R"({"schema":"edgebench.run/1","context":{}})",
                           R"({"schema":"edgebench.run/2","context":{},"records":[]})",
                           R"({"schema":"edgebench.run/1","context":{},"records":[{"workload":1}]})"}) {
    tree_.write("attempts/j/b0/1/2/run.json", text);
    const auto result = verified();
    ASSERT_FALSE(result) << text;
    EXPECT_NE(result.error().message.find("run.json"), std::string::npos) << result.error().message;
  }
  fs::remove_all(attempt_.folder);
  EXPECT_FALSE(verified());
}

TEST_F(LabVerify, AllAndNothingAskedForTakeAnyWorkload) {
  run_.records.push_back(record("nlp/text-generation", RunStatus::ok));
  lab_.work.plan.jobs[0].workloads = {"all"};
  write_run();
  EXPECT_TRUE(verified());
}

}  // namespace
}  // namespace eb::lab
