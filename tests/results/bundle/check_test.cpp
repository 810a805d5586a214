// What check_bundle sees through.
#include <algorithm>

#include "tests/results/bundle/bundle_fixture.h"

namespace eb {
namespace {

using Kind = Verdict::Kind;
using ::testing::HasSubstr;
using ::testing::Not;

class Check : public test::BundleFixture {
 protected:
  static void expect(const std::string& bytes, Kind kind, const std::string& sentence) {
    const Verdict verdict = check_bundle(bytes);
    EXPECT_EQ(verdict.kind, kind) << said(verdict);
    EXPECT_THAT(said(verdict), HasSubstr(sentence));
    const Verdict again = check_bundle(bytes);
    EXPECT_EQ(said(again), said(verdict)) << "the same verdict each time";
  }
  static void expect_refused(const std::string& bytes, const std::string& sentence) {
    expect(bytes, Kind::refused, sentence);
  }
  static LatencyLog log_with(const std::function<void(std::vector<std::int64_t>&)>& edit) {
    const auto log = LatencyLog::from_bytes(open_bundle(*bytes_)->raw.at("raw/001_1.lat"), "x");
    std::vector<std::int64_t> latencies(log->first_ns().begin(), log->first_ns().end());
    edit(latencies);
    LatencyLog made;
    for (const std::int64_t latency : latencies) made.add(latency);
    return made;
  }
};

TEST_F(Check, AcceptsWhatFollowsFromItsRawData) {
  const Verdict verdict = check_bundle(*bytes_);
  EXPECT_EQ(verdict.kind, Kind::accepted) << said(verdict);
  EXPECT_EQ(verdict.records, 2u);
  EXPECT_EQ(verdict.key_id, key_->id());
  EXPECT_THAT(verdict.line(), HasSubstr("accepted: all numbers of 2 records"));
  EXPECT_TRUE(folder_->run().records[0].ranked) << "so that every rule of ranking was asked";
  EXPECT_TRUE(folder_->run().records[0].energy_per_sample_low_mj) << "and every interval computed";
  EXPECT_TRUE(folder_->run().records[0].temperature_max_c);
}

TEST_F(Check, NeedsABundle) {
  const Verdict verdict = check_bundle("nonsense");
  EXPECT_EQ(verdict.kind, Kind::refused);
  EXPECT_THAT(verdict.line(), HasSubstr("refused: the archive"));
  EXPECT_EQ(verdict.id, "");
  expect_refused("", "too short");
}

// Every number of a record that follows from something else, a thousandth better than it is.
TEST_F(Check, RefusesEveryNumberThatDoesNotFollow) {
  const RunRecord& honest = folder_->run().records[0];
  const auto stated = stated_numbers();
  int tried = 0;
  for (const Field& field : fields()) {
    const auto* member = std::get_if<RunRecord::Number RunRecord::*>(&field.member);
    const bool is_stated = std::any_of(stated.begin(), stated.end(),
                                       [&](const StatedNumber& number) { return number.name == field.name; });
    if (!member || !(honest.*(*member)) || is_stated) continue;
    ++tried;
    for (const double factor : {0.999, 1.001})
      expect_refused(
          with_record([&](RunRecord& record) { record.*(*member) = *(record.*(*member)) * factor; }),
          std::string(field.name));
  }
  EXPECT_GE(tried, 30);
  EXPECT_TRUE(honest.meter_overhead_low);
  expect_refused(with_record([](RunRecord& record) { *record.peak_tops *= 1.001; }), "utilization");
}

TEST_F(Check, RefusesEveryCountThatDoesNotFollow) {
  using Member = RunRecord::Count RunRecord::*;
  for (const Member member : {&RunRecord::queries, &RunRecord::samples, &RunRecord::launches,
                              &RunRecord::power_readings, &RunRecord::power_gaps, &RunRecord::power_dropouts})
    expect_refused(with_record([&](RunRecord& record) { record.*member = *(record.*member) + 1; }), "give");
}

TEST_F(Check, RefusesQuantilesOfOtherLatencies) {
  expect_refused(with_record([](RunRecord& record) { record.latency_quantiles_ms[7] *= 0.99; }),
                 "latency_quantiles_ms at 7 %");
  expect_refused(with_record([](RunRecord& record) { record.latency_quantiles_ms.pop_back(); }),
                 "100 values");
}

TEST_F(Check, FlagsNumbersThatAreLeftOut) {
  expect(with_record([](RunRecord& record) { record.latency_p99_ms.reset(); }), Kind::flagged,
         "latency_p99_ms is left out");
}

TEST_F(Check, RefusesOtherRawLatencies) {
  const auto with_log = [](const LatencyLog& log) {
    return forged([&](auto& files) { files["raw/001_1.lat"] = log.to_bytes(); });
  };
  expect_refused(with_log(log_with([](auto& all) { all[0] += 1'000'000; })), "latency_mean_ms");
  expect_refused(with_log(log_with([](auto& all) { all.pop_back(); })), "holds 399 latencies");
  expect_refused(forged([](auto& files) { files["raw/001_1.lat"] = "x"; }), "not a latency file");
  expect_refused(forged([](auto& files) { files.erase("raw/001_1.lat"); }),
                 "raw/001_1.lat is not in the bundle");
}

TEST_F(Check, RefusesASortedOrderOfLatencies) {
  expect_refused(forged([](auto& files) {
                   files["raw/001_1.lat"] =
                       log_with([](auto& all) { std::sort(all.begin(), all.end()); }).to_bytes();
                 }),
                 "latency_autocorrelation");
}

TEST_F(Check, RefusesOtherReadings) {
  const auto first_line = [](std::string text, const std::string& with) {
    const std::size_t at = text.find('\n', text.find("time_ns"));
    return text.substr(0, at + 1) + with + text.substr(at + 1);
  };
  expect_refused(forged([&](auto& files) {
                   std::string& text = files["raw/001_1.power.csv"];
                   text = first_line(text, "1,0,1.5,\n");
                   for (std::size_t at = 0; (at = text.find(",0,5.", at)) != std::string::npos;)
                     text[at + 3] = '3';
                 }),
                 "mean_power_w");
  expect_refused(forged([](auto& files) { files.erase("raw/001_2.power.csv"); }),
                 "raw/001_2.power.csv is not in");
  expect_refused(forged([](auto& files) { files["raw/001_1.power.csv"] = "x\n"; }),
                 "no file of meter readings");
}

TEST_F(Check, RefusesABetterMeterThanItWas) {
  expect_refused(with_record([](RunRecord& record) { record.evidence_class = "P4"; }),
                 "evidence_class is 'P4'");
  expect_refused(with_record([](RunRecord& record) { record.power_scope = "rail"; }), "power_scope");
}

TEST_F(Check, RefusesNumbersWithoutLaunches) {
  expect_refused(forged([](auto& files) { files.erase("raw/launches.jsonl"); }), "none of its launches");
  expect_refused(forged([](auto& files) { files["raw/launches.jsonl"] += "{}\n"; }), "line 7");
  expect_refused(forged([](auto& files) {
                   std::string& text = files["raw/launches.jsonl"];
                   text.erase(0, text.find('\n') + 1);
                 }),
                 "launches is 3");
}

TEST_F(Check, WantsTheTurnsOfEveryLaunchOrOfNone) {
  const auto without_turns = [](std::size_t count) {
    return forged([&](auto& files) {
      auto launches = *launches_from_text(files["raw/launches.jsonl"], "x");
      files["raw/launches.jsonl"].clear();
      for (std::size_t i = 0; i < launches.size(); ++i) {
        if (i < count) launches[i].within = {};
        files["raw/launches.jsonl"] += to_line(launches[i]);
      }
    });
  };
  expect_refused(without_turns(1), "meter_overhead is");
  expect(without_turns(6), Kind::flagged, "meter_overhead cannot be computed anew");
}

TEST_F(Check, RefusesAWindowThatIsTooShortForItsLatencies) {
  const auto bytes = forged([](auto& files) {
    auto launches = *launches_from_text(files["raw/launches.jsonl"], "x");
    files["raw/launches.jsonl"].clear();
    for (LaunchFacts& facts : launches) {
      if (facts.scenario == "single-stream") facts.window_s = 15;
      files["raw/launches.jsonl"] += to_line(facts);
    }
  });
  expect_refused(bytes, "more than its window of 15 s");
  EXPECT_THAT(said(check_bundle(bytes)), HasSubstr("by edgebench's own clock"));
}

TEST_F(Check, FilesBelongToOneRecord) {
  expect_refused(forged([](auto& files) { files["raw/009_1.lat"] = LatencyLog().to_bytes(); }),
                 "belongs to no record");
  expect_refused(with_run([](eb::Run& run) { run.records[1] = run.records[0]; }),
                 "belongs to several records");
}

TEST_F(Check, JudgesSpeedByThePeak) {
  const auto at = [](double share) {
    return with_record([&](RunRecord& record) {
      record.peak_tops = *record.effective_tops / share;
      record.utilization = *record.effective_tops / *record.peak_tops;
    });
  };
  expect(at(1.04), Kind::accepted, "accepted");
  expect(at(1.06), Kind::flagged, "1.06 times the measured peak");
  expect(at(5.9), Kind::flagged, "times the measured peak");
  expect_refused(at(6.1), "6.1 times what the device was measured");
  expect(with_record([](RunRecord& record) {
           record.claimed_tops = *record.effective_tops / 2;
           record.claimed_utilization = *record.effective_tops / *record.claimed_tops;
         }),
         Kind::flagged, "what the maker claims");
}

TEST_F(Check, FlagsEnergyBelowIdle) {
  const auto said_of = [](double net_high_mj) {
    return said(check_bundle(with_record([&](RunRecord& record) {
      record.idle_power_w = 9;
      record.net_energy_per_sample_high_mj = net_high_mj;
    })));
  };
  EXPECT_THAT(said_of(-0.1), HasSubstr("is below that of the idle machine, 9 W"));
  EXPECT_THAT(said_of(0.1), Not(HasSubstr("is below that of the idle machine")));
}

TEST_F(Check, RefusesRanksThatAreNotDue) {
  const auto in_context = [](const char* key, const nlohmann::json& value) {
    return with_run([&](eb::Run& run) { run.context[key] = value; });
  };
  expect_refused(in_context("virtual_machine", "KVM"), "ranked, which it may not be: virtual machine (KVM)");
  expect_refused(in_context("build_type", "Debug"), "Debug build");
  expect_refused(in_context("cpu_busy_percent", 50.0), "busy machine");
  expect_refused(in_context("isolation", "none"), "not isolated");
  const std::pair<const char*, std::function<void(RunRecord&)>> edits[] = {
      {"it says itself", [](RunRecord& r) { r.unranked_reasons = {"because"}; }},
      {"no evidence", [](RunRecord& r) { r.placement_evidence.clear(); }},
      {"too little of the work", [](RunRecord& r) { r.placement_macs = 0.9; }},
      {"software device", [](RunRecord& r) { r.backend = "vulkan"; }},
      {"not named by a hash", [](RunRecord& r) { r.model_sha256.clear(); }},
      {"its tier is 'trial'", [](RunRecord& r) { r.tier = "trial"; }},
      {"audit seed was not run", [](RunRecord& r) { r.tier = "official"; }},
      {"its latency target", [](RunRecord& r) { r.latency_target_ms = 1; }},
      {"its status is rejected", [](RunRecord& r) { r.status = RunStatus::rejected; }}};
  for (const auto& [why, edit] : edits) expect_refused(with_record(edit), why);
}

TEST_F(Check, RefusesATierThatWasNotReached) {
  expect_refused(with_record([](RunRecord& r) {
                   r.tier = "official";
                   r.ranked = false;
                   r.unranked_reasons = {"because"};
                 }),
                 "fewer queries or a shorter window than tier official");
}

TEST_F(Check, RefusesTimesOfWhatFailed) {
  expect_refused(with_record([](RunRecord& r) {
                   r.status = RunStatus::wrong;
                   r.ranked = false;
                   r.unranked_reasons = {"status is wrong"};
                 }),
                 "and yet it has times");
  expect_refused(with_record([](RunRecord& r) { r.quality.reset(); }), "no quality");
}

TEST_F(Check, FlagsARecordThatIsSilentlyUnranked) {
  expect(with_record([](RunRecord& r) { r.ranked = false; }), Kind::flagged, "does not say why");
}

TEST_F(Check, RefusesWhatShouldNotHaveLeftTheMachine) {
  expect_refused(with_record([](RunRecord& r) { r.reason = "cannot open /home/alice/x.so"; }),
                 "reason of record 1");
  expect_refused(forged([](auto& files) {
                   auto json = nlohmann::json::parse(files["run.json"]);
                   json["records"][0]["command"] = "edgebench run; rm -rf x";
                   files["run.json"] = canonical_json(json);
                 }),
                 "command of record 1");
  expect_refused(with_record([](RunRecord& r) { r.workload = "user/alice"; }), "workload of record 1");
  expect_refused(with_record([](RunRecord& r) { r.warnings.push_back("10.0.0.7 is slow"); }),
                 "warnings of record 1");
  expect_refused(with_run([](eb::Run& run) { run.context["hostname"] = "box7"; }), "its context holds");
  expect_refused(with_run([](eb::Run& run) { run.context["kernel"] = "built by alice@box"; }),
                 "its context holds");
  expect_refused(forged([](auto& files) {
                   std::string& text = files["raw/001_1.power.csv"];
                   text.replace(text.find("\"notes\":[]"), 10, "\"notes\":[\"at 10.0.0.7\"]");
                 }),
                 "raw/001_1.power.csv holds");
}

TEST_F(Check, RefusesEmptyRuns) {
  expect_refused(with_run([](eb::Run& run) { run.records.clear(); }), "no record");
}

TEST(VerdictLine, NamesTheFirstFindingOfTheWhole) {
  Verdict verdict{Verdict::Kind::refused,
                  {{Finding::Weight::refusal, "", "one"}, {Finding::Weight::refusal, "", "two"}}};
  EXPECT_EQ(verdict.line(), "refused: one, and 1 findings more");
  verdict = {Verdict::Kind::refused,
             {{Finding::Weight::refusal, "a", "x"}, {Finding::Weight::refusal, "a", "y"}},
             "",
             "",
             3};
  EXPECT_EQ(verdict.line(), "refused: 1 of 3 records do not hold");
  verdict = {Verdict::Kind::flagged,
             {{Finding::Weight::flag, "a", "x"}, {Finding::Weight::note, "", "n"}},
             "",
             "",
             3};
  EXPECT_EQ(verdict.line(), "flagged: 1 of 3 records are doubtful");
}

}  // namespace
}  // namespace eb
