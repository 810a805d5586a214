// What check_bundle sees through of sustained windows, wake-up and plain times.
#include <algorithm>

#include "tests/results/bundle/bundle_fixture.h"
#include "tests/results/bundle/sustained_folder.h"

namespace eb {
namespace {

using Kind = Verdict::Kind;
using Files = std::map<std::string, std::string>;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class CheckParts : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new test::SustainedFolder;
    key_ = new SigningKey(*SigningKey::of_file(folder_->path() / "key"));
    bytes_ = new std::string(*pack_bundle(folder_->path(), *key_, test::kPackedAt));
  }
  static void TearDownTestSuite() {
    delete bytes_;
    delete key_;
    delete folder_;
  }

  static std::string forged(const std::function<void(Files&)>& edit) {
    const Bundle bundle = *open_bundle(*bytes_);
    Files files = bundle.raw;
    files[kRunName] = canonical_json(to_json(bundle.run));
    edit(files);
    return test::signed_archive(files, *key_);
  }
  static std::string with_record(std::size_t at, const std::function<void(RunRecord&)>& edit) {
    return forged([&](Files& files) {
      eb::Run run = *run_from_json(files[kRunName], "run.json");
      edit(run.records[at]);
      for (RunRecord& record : run.records) record.command = command_of(replay_plan({.records = {record}}));
      run.context["command"] = command_of(replay_plan(run));
      files[kRunName] = canonical_json(to_json(run));
    });
  }
  static std::string with_launches(const std::function<void(LaunchFacts&)>& edit) {
    return forged([&](Files& files) {
      std::string& text = files["raw/launches.jsonl"];
      auto launches = *launches_from_text(text, "x");
      text.clear();
      for (LaunchFacts& facts : launches) {
        edit(facts);
        text += to_line(facts);
      }
    });
  }

  static std::string said(const Verdict& verdict) {
    std::string all;
    for (const Finding& finding : verdict.findings) all += finding.where + ": " + finding.sentence + "\n";
    return all + verdict.line();
  }
  static void expect(const std::string& bytes, Kind kind, const std::string& sentence) {
    const Verdict verdict = check_bundle(bytes);
    EXPECT_EQ(verdict.kind, kind) << said(verdict);
    EXPECT_THAT(said(verdict), HasSubstr(sentence));
  }
  static void expect_refused(const std::string& bytes, const std::string& sentence) {
    expect(bytes, Kind::refused, sentence);
  }

  static inline test::SustainedFolder* folder_ = nullptr;
  static inline SigningKey* key_ = nullptr;
  static inline std::string* bytes_ = nullptr;
};

TEST_F(CheckParts, AcceptsWhatFollowsFromItsRawData) {
  expect(*bytes_, Kind::accepted, "accepted");
  const RunRecord& paced = folder_->run().records[0];
  EXPECT_THAT(paced.part_p50_ms, SizeIs(10)) << "the rest is none";
  EXPECT_THAT(paced.part_power_w, SizeIs(10));
  EXPECT_THAT(paced.part_clock_mhz, SizeIs(10));
  EXPECT_TRUE(paced.knee_s && paced.steady_latency_ms && paced.wake_lag_p99_us);
  EXPECT_FALSE(folder_->run().records[1].steady_latency_ms);
}

TEST_F(CheckParts, RefusesEveryNumberThatDoesNotFollow) {
  const auto is_stated = [](const Field& field) {
    const auto all = stated_numbers();
    return std::any_of(all.begin(), all.end(),
                       [&](const StatedNumber& stated) { return stated.name == field.name; });
  };
  for (std::size_t at = 0; at < 2; ++at)
    for (const Field& field : fields()) {
      const auto* member = std::get_if<RunRecord::Number RunRecord::*>(&field.member);
      if (!member || !(folder_->run().records[at].*(*member)) || is_stated(field)) continue;
      for (const double factor : {0.999, 1.001})
        expect_refused(
            with_record(at, [&](RunRecord& record) { record.*(*member) = *(record.*(*member)) * factor; }),
            std::string(field.name));
    }
}

TEST_F(CheckParts, RefusesEveryPartThatDoesNotFollow) {
  int tried = 0;
  for (std::size_t at = 0; at < 2; ++at)
    for (const Field& field : fields()) {
      const auto* member = std::get_if<std::vector<double> RunRecord::*>(&field.member);
      if (!member || (folder_->run().records[at].*(*member)).empty() || !field.name.starts_with("part_"))
        continue;
      ++tried;
      const std::string name(field.name);
      expect_refused(with_record(at, [&](RunRecord& record) { (record.*(*member))[3] *= 1.001; }),
                     name + " of part 4 is");
      expect_refused(with_record(at, [&](RunRecord& record) { (record.*(*member)).pop_back(); }),
                     name + " has 9");
    }
  EXPECT_EQ(tried, 10) << "six of the first cell, four of a block, which has no latencies";
}

TEST_F(CheckParts, RefusesALaunchWhosePartsAreNotItsWindow) {
  expect_refused(with_launches([](LaunchFacts& facts) { facts.within.parts.back().samples += 1; }),
                 "its parts have");
  expect_refused(with_launches([](LaunchFacts& facts) { facts.within.parts.pop_back(); }), "its parts have");
  expect_refused(with_launches([](LaunchFacts& facts) { facts.within.parts.back().duration_ns *= 2; }),
                 "more than its window of 20.5 s");
  expect_refused(with_launches([](LaunchFacts& facts) { facts.within.parts.back().wanted_ns *= 2; }),
                 "part_throughput_sps has 10 values");
}

TEST_F(CheckParts, RefusesLagsThatAreLongerThanLatencies) {
  expect_refused(with_launches([](LaunchFacts& facts) {
                   if (facts.wake_lags) facts.wake_lags->p99_us = 20'000;
                 }),
                 "its longest latency is");
}

TEST_F(CheckParts, FlagsWhatLaunchesOfOlderVersionsDoNotTell) {
  const std::string older = with_launches([](LaunchFacts& facts) {
    facts.within = {};
    facts.wake_lags.reset();
  });
  expect(older, Kind::flagged, "its parts cannot be computed anew");
  expect(older, Kind::flagged, "wake_lag_p99_us cannot be computed anew");
}

TEST_F(CheckParts, RefusesTimesAndMemoryThatNothingHad) {
  using Member = RunRecord::Number RunRecord::*;
  for (const Member member : {&RunRecord::open_ms, &RunRecord::first_inference_ms, &RunRecord::warmup_ms,
                              &RunRecord::peak_memory_mb})
    expect_refused(with_record(0, [&](RunRecord& record) { record.*member = 0; }),
                   "is 0, which is not above 0");
  expect_refused(with_record(0, [](RunRecord& record) { record.open_ms = 101'000; }),
                 "open_ms is 101000 ms, more than its whole run took");
  expect_refused(with_record(0, [](RunRecord& record) { record.peak_memory_mb = 9000; }),
                 "peak_memory_mb is 9000 MB, more than its machine has");
  expect(with_record(0, [](RunRecord& record) { record.open_ms = 99'000; }), Kind::accepted, "accepted");
}

TEST(StatedNumbers, AreFieldsEachOnce) {
  std::vector<std::string_view> names;
  for (const StatedNumber& stated : stated_numbers()) {
    EXPECT_NE(find_field(stated.name), nullptr) << stated.name;
    names.push_back(stated.name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace eb
