// The audits of a job, through everything that a child does.
#include "harness/run/auditor.h"

#include "harness/run/audit_names.h"
#include "tests/harness/run/measure_fixture.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::FakeModel;
using test::kMs;
using test::wanted;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Auditors : public test::MeasureFixture {
 protected:
  Auditors() {
    job_.audits = {"seed", "cache", "name", "accuracy"};
    driver_.model.compute = [this](FakeBinding& binding) {
      const auto x = binding.inputs[0].as<float>();
      const auto y = binding.outs[0].as<float>();
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = ++runs_ < lies_from_ ? x[i] + 1 : 99;
    };
    parts_.rename_model = [](const std::filesystem::path& model, const std::filesystem::path& to,
                             std::uint64_t) -> Status {
      std::filesystem::copy_file(model, to);
      return Done{};
    };
    driver_.on_open = [this](const SessionOptions& options, FakeModel& model) {
      const bool is_known = options.model.filename() == "model.onnx";
      opened_.push_back(is_known ? "known" : "unknown");
      if (!is_known && change_unknown_) change_unknown_(model);
    };
  }

  int runs_ = 0, lies_from_ = 1'000'000;
  std::vector<std::string> opened_;
  std::function<void(FakeModel&)> change_unknown_{};
};

TEST_F(Auditors, AreNotAtWorkUnlessAsked) {
  job_.audits.clear();
  EXPECT_THAT(measure_one().audits, IsEmpty());
  EXPECT_THAT(events_, Not(Contains(HasSubstr("audit"))));
  EXPECT_THAT(opened_, ElementsAre("known"));
}

TEST_F(Auditors, WhoIsHonestPassesAllAfterTheWindow) {
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_THAT(record.audits, ElementsAre("seed", "cache", "name", "accuracy"));
  EXPECT_THAT(record.warnings, IsEmpty());
  EXPECT_EQ(record.queries, 50);
  EXPECT_THAT(events_, ElementsAre("open", "quality", "measure single-stream", "audit single-stream",
                                   "record single-stream"));
}

TEST_F(Auditors, OnlyWhatWasAskedForIsDone) {
  job_.audits = {"cache"};
  EXPECT_THAT(measure_one().audits, ElementsAre("cache"));
  EXPECT_THAT(opened_, ElementsAre("known"));
}

TEST_F(Auditors, WhoKnowsNamesIsRejectedAndHasNoSpeed) {
  change_unknown_ = [](FakeModel& model) { model.cost_ns = [](std::uint64_t) { return 2 * kMs; }; };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::rejected);
  EXPECT_THAT(record.reason,
              HasSubstr("audit name: the model takes 50 % of the time of the same model under other"));
  EXPECT_THAT(record.audits, ElementsAre("seed", "cache", "accuracy"));
  EXPECT_FALSE(record.queries || record.window_s || record.open_ms || record.first_inference_ms ||
               record.warmup_ms);
  EXPECT_THAT(record.raw_files, IsEmpty());
}

TEST_F(Auditors, ASessionThatIsSlowOnceIsNoCheat) {
  change_unknown_ = [this](FakeModel& model) {
    if (opened_.size() == 2) model.cost_ns = [](std::uint64_t) { return 2 * kMs; };
  };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_THAT(record.audits, Contains("name"));
  EXPECT_THAT(opened_, ElementsAre("known", "unknown", "unknown", "known"));
}

TEST_F(Auditors, WhoTakesWorkByItsNameIsRejected) {
  change_unknown_ = [](FakeModel& model) {
    model.placement = Placement{{{"CPU", 4, 1e6}}, "FakeProvider", 0.0, 0.0, "assigned"};
  };
  EXPECT_THAT(measure_one().reason,
              HasSubstr("audit name: under other names 0.0 % of the same model's work is on "
                        "FakeProvider, not 100.0 %"));
}

TEST_F(Auditors, WhoLiesWhileTimedIsRejected) {
  job_.audits = {"accuracy"};
  lies_from_ = 120;  // two numbers a run: after the pass of 16 samples, within the warm-up
  EXPECT_THAT(measure_one().reason, HasSubstr("audit accuracy: answers while it was timed differ"));
}

TEST_F(Auditors, WithoutAJudgeAnswersAreKeptAllTheSame) {
  job_.audits = {"accuracy"};
  task_.has_judge = false;
  EXPECT_THAT(measure_one().audits, ElementsAre("accuracy"));
  runs_ = 0;
  lies_from_ = 120;
  EXPECT_EQ(measure_one().status, RunStatus::rejected);
}

TEST_F(Auditors, TheSessionIsAuditedOnceForAllItsScenarios) {
  job_.scenarios.push_back(wanted("offline"));
  change_unknown_ = [](FakeModel& model) { model.cost_ns = [](std::uint64_t) { return 2 * kMs; }; };
  const auto records = measure_all();
  ASSERT_EQ(records.size(), 2u);
  for (const RunRecord& record : records) EXPECT_EQ(record.status, RunStatus::rejected) << record.scenario;
  EXPECT_THAT(opened_, ElementsAre("known", "unknown", "unknown", "known", "known", "unknown", "unknown",
                                   "known", "known", "unknown"));
}

TEST_F(Auditors, MemoryOfASecondSessionIsNotTheModels) {
  job_.scenarios.push_back(wanted("offline"));
  auto records = measure_all();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_TRUE(records[0].peak_memory_mb);
  EXPECT_FALSE(records[1].peak_memory_mb);
  job_.audits = {"cache"};
  EXPECT_TRUE(measure_all()[1].peak_memory_mb);
}

TEST_F(Auditors, WhatCannotBeRunIsAWarning) {
  task_.samples = 1;
  parts_.rename_model = [](const auto&, const auto&, std::uint64_t) -> Status {
    return Error{ErrorKind::unsupported, "its weights are elsewhere"};
  };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_THAT(record.audits, ElementsAre("cache", "accuracy"));
  EXPECT_THAT(record.warnings, ElementsAre("audit seed could not be run: there is one sample only",
                                           "audit name could not be run: its weights are elsewhere"));
}

TEST_F(Auditors, ASecondSessionThatDoesNotFitProvesNothing) {
  driver_.on_open = [this](const SessionOptions&, FakeModel&) {
    driver_.open_fails = Error{ErrorKind::out_of_memory, "one model at a time"};
  };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_THAT(record.warnings,
              ElementsAre(HasSubstr("does not open under other names: one model at a time")));
}

TEST_F(Auditors, WithoutARenamerThereIsNoAuditOfNames) {
  parts_.rename_model = nullptr;
  EXPECT_THAT(measure_one().warnings, ElementsAre(HasSubstr("audit name could not be run")));
}

TEST_F(Auditors, AModelThatAnswersAtRandomHasNoAccuracyToAudit) {
  driver_.model.compute = [this](FakeBinding& binding) {
    for (float& y : binding.outs[0].as<float>()) y = static_cast<float>(++runs_ * 7919 % 1000);
  };
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::ok) << record.reason;
  EXPECT_THAT(record.audits, ElementsAre("seed", "cache", "name"));
}

TEST_F(Auditors, ADeviceThatFailsInAnAuditHasFailed) {
  driver_.model.fails_at = 400;
  const RunRecord record = measure_one();
  EXPECT_EQ(record.status, RunStatus::failed);
  EXPECT_THAT(record.reason, HasSubstr("audit "));
  EXPECT_THAT(record.reason, HasSubstr("the fake device is gone"));
}

TEST_F(Auditors, AnAuditThatFailedIsNotPassedByTheNextScenario) {
  job_.audits = {"name"};
  job_.scenarios.push_back(wanted("offline"));
  change_unknown_ = [](FakeModel& model) { model.fails_at = 5; };
  for (const RunRecord& record : measure_all()) {
    EXPECT_EQ(record.status, RunStatus::failed) << record.scenario;
    EXPECT_THAT(record.audits, IsEmpty());
  }
}

TEST(SelectAudits, TakesNamesAllAndNone) {
  EXPECT_THAT(*select_audits({"all"}), ElementsAre("seed", "cache", "name", "accuracy"));
  EXPECT_THAT(*select_audits({"none"}), IsEmpty());
  EXPECT_THAT(*select_audits({"name", "seed", "name"}), ElementsAre("seed", "name"));
  EXPECT_THAT(select_audits({"names"}).error().message,
              HasSubstr("there is no audit 'names'; known: seed, cache, name, accuracy, all, none"));
  EXPECT_FALSE(select_audits({"none", "seed"}));
}

}  // namespace
}  // namespace eb
