#include "harness/run/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/crash_mark.h"
#include "harness/run/layer_lines.h"
#include "harness/run/node_lines.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunRecord record_of(std::string scenario) {
  RunRecord record;
  record.workload = "vision/a";
  record.scenario = std::move(scenario);
  return record;
}

// A shell script in the place of ourselves. What it says lies in files, so that no quoting gets in the way.
class Sandbox : public ::testing::Test {
 protected:
  Sandbox() {
    tree_.write("open", say_phase("open") + "\n");
    tree_.write("measure-a", say_phase("measure a") + "\n");
    tree_.write("measure-b", say_phase("measure b") + "\n");
    tree_.write("record-a", say_record(record_of("a")) + "\n");
    tree_.write("record-b", say_record(record_of("b")) + "\n");
    job_.workload = "vision/a";
    job_.scenarios = {{"a", {1, 0, 0}, ""}, {"b", {1, 0, 0}, ""}};
    options_.program = "/bin/sh";
    options_.environment = {"PATH=/usr/bin:/bin"};
    options_.limits_s = default_limits_s();
    options_.on_phase = [this](std::string_view phase) { phases_.emplace_back(phase); };
    options_.on_tick = [this] { ++ticks_; };
  }
  ChildOutcome run(const std::string& script) {
    options_.arguments = {"-c", "cd " + tree_.root().string() + " && " + script};
    return run_child(job_, options_);
  }

  test::Tree tree_;
  Job job_;
  SandboxOptions options_;
  std::vector<std::string> phases_;
  int ticks_ = 0;
};

TEST_F(Sandbox, HearsPhasesAndRecordsInOrder) {
  const ChildOutcome outcome = run("cat open measure-a record-a measure-b record-b");
  EXPECT_EQ(outcome.status, RunStatus::ok) << outcome.reason;
  ASSERT_EQ(outcome.records.size(), 2u);
  EXPECT_EQ(outcome.records[0].scenario, "a");
  EXPECT_EQ(outcome.records[1].scenario, "b");
  EXPECT_THAT(phases_, ElementsAre("open", "measure a", "measure b"));
  EXPECT_EQ(outcome.phase, "measure b");
  EXPECT_FALSE(outcome.was_interrupted);
  EXPECT_GT(ticks_, 0);
}

TEST_F(Sandbox, HearsLayersThatWereAskedFor) {
  LayerTimes times{.runs = 3, .run_us = 9};
  times.layers.assign(150, {"a", "Conv", "NPU", 1});
  std::string lines = say_phase("layers") + "\n";
  for (const std::string& line : say_layers(times)) lines += line + "\n";
  tree_.write("layers", lines);
  const ChildOutcome unasked = run("cat open measure-a record-a layers");
  EXPECT_TRUE(unasked.layers.layers.empty());
  EXPECT_EQ(unasked.phase, "measure a") << "a phase that is none of this job";
  job_.layers = LayerTiming::on;
  const ChildOutcome outcome = run("cat open measure-a record-a layers; kill -SEGV $$");
  EXPECT_EQ(outcome.layers.layers.size(), 150u);
  EXPECT_EQ(outcome.layers.runs, 3);
  EXPECT_EQ(outcome.phase, "layers");
  EXPECT_EQ(outcome.status, RunStatus::crashed);
  EXPECT_EQ(outcome.records.size(), 1u);
}

TEST_F(Sandbox, AWindowIsBelievedOnlyIfItTookThatLong) {
  for (const auto& [window_s, status] : {std::pair{0.5, RunStatus::ok}, {5.0, RunStatus::rejected}}) {
    RunRecord record = record_of("a");
    record.window_s = window_s;
    tree_.write("window-a", say_record(record) + "\n");
    tree_.write("begin-a", say_begin("a") + "\n");
    tree_.write("end-a", say_end("a") + "\n");
    const ChildOutcome outcome = run("cat open measure-a begin-a; sleep 0.5; cat end-a window-a");
    ASSERT_EQ(outcome.records.size(), 1u);
    EXPECT_EQ(outcome.records[0].status, status) << outcome.records[0].reason;
    const ChildOutcome silent = run("cat open measure-a end-a window-a begin-a");
    EXPECT_EQ(silent.records.at(0).status, RunStatus::rejected);
  }
}

TEST_F(Sandbox, WindowsAreToldAsTheyBeginAndEnd) {
  std::vector<std::string> told;
  options_.on_window = [&](const std::string& scenario, bool begins) {
    told.push_back(scenario + (begins ? " begins" : " ends"));
  };
  options_.on_meter = [&](bool is_wanted) { told.emplace_back(is_wanted ? "meter" : "no meter"); };
  tree_.write("words", say_begin("a") + "\n" + say_begin("other") + "\n" + say_end("other") + "\n" +
                           say_end("a") + "\n" + say_meter(false) + "\n" + say_meter(true) + "\n");
  EXPECT_EQ(run("cat open measure-a words").windows.count("a"), 1u);
  EXPECT_THAT(told, ElementsAre("a begins", "a ends")) << "nobody asked about meters";
  told.clear();
  job_.measures_meter_effect = true;
  const ChildOutcome outcome = run("cat open measure-a words");
  EXPECT_THAT(told, ElementsAre("a begins", "a ends", "no meter", "meter"));
  ASSERT_EQ(outcome.windows.size(), 1u);
  EXPECT_LE(outcome.windows.at("a").start_ns, outcome.windows.at("a").end_ns);
  EXPECT_GT(outcome.windows.at("a").start_ns, 0);
}

TEST_F(Sandbox, TheJobIsOnTheChildsStandardInput) {
  run("cat > job");
  const auto job = job_from_text(tree_.read("job"));
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->workload, "vision/a");
  EXPECT_EQ(job->scenarios.size(), 2u);
}

TEST_F(Sandbox, DevicesAreKept) {
  tree_.write("devices", say_devices({{{"backend", "cpu"}}}) + "\n");
  const ChildOutcome outcome = run("cat devices");
  EXPECT_EQ(outcome.devices[0]["backend"], "cpu");
}

TEST_F(Sandbox, FactsOfItsScenariosAreKept) {
  const WindowFacts facts{60, {{60, 61, 3, 6}}, {}};
  tree_.write("facts", say_facts("a", facts) + "\n" + say_facts("nobody's", facts) + "\n");
  const ChildOutcome outcome = run("cat facts");
  ASSERT_EQ(outcome.facts.size(), 1u);
  EXPECT_EQ(outcome.facts.at("a"), facts);
}

TEST_F(Sandbox, NodesAreKeptWhereTheyWereAskedForAndNoMoreThanFit) {
  std::string lines;
  const std::vector<Placement::Node> nodes(kMostNodes, {"a", "Conv", "NPU", 1.0, ""});
  for (const std::string& line : say_nodes(nodes)) lines += line + "\n";
  tree_.write("nodes", lines);
  EXPECT_THAT(run("cat nodes").nodes, IsEmpty()) << "nobody asked";
  job_.placement.tells_nodes = true;
  const ChildOutcome outcome = run("cat nodes nodes record-a");
  EXPECT_EQ(outcome.nodes.size(), kMostNodes);
  EXPECT_EQ(outcome.nodes[0].provider, "NPU");
  EXPECT_EQ(outcome.records.size(), 1u) << "what comes after too many is still heard";
}

TEST_F(Sandbox, ADeathBySignalIsACrashInItsPhaseAndKeepsWhatWasSaid) {
  const ChildOutcome outcome =
      run("cat open measure-a record-a measure-b; echo 'driver: lost device' >&2; kill -SEGV $$");
  EXPECT_EQ(outcome.status, RunStatus::crashed);
  EXPECT_EQ(outcome.reason,
            "the process died during measure b with signal 11 (Segmentation fault); it printed: driver: lost "
            "device");
  EXPECT_EQ(outcome.phase, "measure b");
  ASSERT_EQ(outcome.records.size(), 1u);
}

TEST_F(Sandbox, ACrashNamesTheLibraryThatWasAtWork) {
  tree_.write("stack",
              "it is hot\n" + std::string(kCrashMark) +
                  "/proc/self/exe(+0x1)[0x5]\n/lib/libc.so.6(+0x2)[0x7]\n/opt/libnpu.so(run+0x3)[0x7]\n");
  const ChildOutcome outcome = run("cat open; cat stack >&2; kill -SEGV $$");
  EXPECT_EQ(outcome.reason,
            "the process died during open with signal 11 (Segmentation fault) in libnpu.so(run+0x3); it "
            "printed: it "
            "is hot");
}

TEST_F(Sandbox, AnExitCodeIsACrashToo) {
  const ChildOutcome outcome = run("cat open; exit 3");
  EXPECT_EQ(outcome.status, RunStatus::crashed);
  EXPECT_EQ(outcome.reason, "the process died during open with exit code 3");
}

TEST_F(Sandbox, AChildThatSaysNothingIsNotAnError) {
  const ChildOutcome outcome = run("true");
  EXPECT_EQ(outcome.status, RunStatus::ok);
  EXPECT_EQ(outcome.phase, "start");
  EXPECT_THAT(outcome.records, IsEmpty());
}

TEST_F(Sandbox, ChatterOfLibrariesIsPassedOver) {
  tree_.write("noise", "Loading driver...\n{\"unfinished\": \n\xff\xfe\n[1,2]\n{\"phase\":7}\n\n");
  const ChildOutcome outcome = run("cat noise open noise measure-a noise record-a noise; echo warning >&2");
  EXPECT_EQ(outcome.status, RunStatus::ok) << outcome.reason;
  ASSERT_EQ(outcome.records.size(), 1u);
  EXPECT_THAT(phases_, ElementsAre("open", "measure a"));
}

TEST_F(Sandbox, AnEndlessLineEndsTheChildAndNotUs) {
  const ChildOutcome outcome =
      run("cat open measure-a record-a; head -c 2000000 /dev/zero; echo; cat record-b; exec sleep 1000");
  EXPECT_EQ(outcome.status, RunStatus::crashed) << "no more can be heard from it";
  EXPECT_EQ(outcome.records.size(), 1u);
}

TEST_F(Sandbox, WhoIsNotDoneWhenTheBudgetIsIsStoppedAndKeepsWhatItSaid) {
  job_.left_s = 0.3;
  const ChildOutcome outcome = run("cat open measure-a record-a measure-b; exec sleep 1000");
  EXPECT_EQ(outcome.status, RunStatus::skipped);
  EXPECT_EQ(outcome.reason, "the time budget was used up during measure b; allow more with --time-budget");
  EXPECT_EQ(outcome.records.size(), 1u);
}

TEST_F(Sandbox, WhoNeverEndsIsATimeoutOfItsPhaseThatNamesTheOption) {
  options_.limits_s = {{"open", 0.3}};
  const auto begin = std::chrono::steady_clock::now();
  const ChildOutcome outcome = run("cat open; exec sleep 1000");
  EXPECT_EQ(outcome.status, RunStatus::timeout);
  EXPECT_EQ(outcome.reason, "open took longer than 0.3 s; allow more with --timeout open=SECONDS");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(300));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

TEST_F(Sandbox, EveryPhaseHasItsOwnLimitOnTopOfThePlannedWindow) {
  options_.limits_s = {{"start", 0.001}, {"open", 60}, {"measure", 0.1}};
  job_.scenarios[0].rule.min_duration_ns = 60'000'000'000;
  const ChildOutcome slow_b = run("cat open measure-a; sleep 0.4; cat record-a measure-b; exec sleep 1000");
  EXPECT_EQ(slow_b.status, RunStatus::timeout);
  EXPECT_THAT(slow_b.reason, HasSubstr("measure b took longer"));
  EXPECT_THAT(slow_b.reason, HasSubstr("--timeout measure=SECONDS"));
  EXPECT_EQ(slow_b.records.size(), 1u) << "scenario a had its window";
}

TEST_F(Sandbox, ARunThatHangsEndsLongBeforeItsPhase) {
  tree_.write("first", say_first_run(0.001) + "\n");
  tree_.write("running", say_pulse(true) + "\n");
  tree_.write("resting", say_pulse(false) + "\n");
  options_.limits_s["run"] = 0.2;
  const ChildOutcome outcome = run("cat open first measure-a running running; exec sleep 1000");
  EXPECT_EQ(outcome.status, RunStatus::timeout);
  EXPECT_EQ(outcome.reason,
            "a run took longer than 0.2 s during measure a; allow more with --timeout run=SECONDS");
  const std::string no_run =
      "cat open first measure-a running resting; sleep 1.4; cat record-a measure-b record-b";
  EXPECT_EQ(run(no_run).status, RunStatus::ok) << "what is no run may take its time";
}

TEST_F(Sandbox, AnAuditIsAPhaseOfItsOwnWhereItWasAskedFor) {
  options_.limits_s = {{"start", 60}, {"open", 60}, {"measure", 60}, {"audit", 0.1}};
  tree_.write("audit-a", say_phase("audit a") + "\n");
  const std::string script = "cat open measure-a audit-a; sleep 0.5; cat record-a measure-b record-b";
  EXPECT_EQ(run(script).status, RunStatus::ok) << "then it is only chatter";
  job_.audits = {"cache"};
  const ChildOutcome outcome = run(script);
  EXPECT_EQ(outcome.status, RunStatus::timeout);
  EXPECT_THAT(outcome.reason, HasSubstr("audit a took longer than 0.1 s; allow more with --timeout audit="));
}

TEST_F(Sandbox, TuningHasTimeOfItsOwnWhileASessionOpens) {
  options_.limits_s = {{"start", 60}, {"open", 0.1}, {"measure", 60}};
  const std::string script = "cat open; sleep 0.5; cat measure-a record-a measure-b record-b";
  EXPECT_EQ(run(script).status, RunStatus::timeout);
  job_.ep.retune = true;
  EXPECT_EQ(run(script).status, RunStatus::ok);
  options_.limits_s["measure"] = 0.1;
  EXPECT_EQ(run("cat open measure-a; exec sleep 1000").status, RunStatus::timeout) << "only there";
}

TEST_F(Sandbox, ChatterDoesNotPutOffTheLimit) {
  options_.limits_s = {{"start", 0.3}};
  const ChildOutcome outcome = run("while :; do echo still loading; done");
  EXPECT_EQ(outcome.status, RunStatus::timeout);
}

TEST_F(Sandbox, PhasesThatComeAgainOrThatNobodyKnowsDoNotPutOffTheLimit) {
  options_.limits_s = {{"start", 60}, {"open", 0.3}, {"measure", 0.3}};
  const ChildOutcome again = run("cat open; while :; do cat open; done");
  EXPECT_EQ(again.status, RunStatus::timeout);
  EXPECT_THAT(again.reason, HasSubstr("open took longer than 0.3 s"));
  EXPECT_THAT(phases_, ElementsAre("open"));
  tree_.write("measure-c", say_phase("measure c") + "\n");
  const ChildOutcome in_circles = run("while :; do cat open measure-a measure-c; done");
  EXPECT_EQ(in_circles.status, RunStatus::timeout);
  EXPECT_EQ(in_circles.phase, "measure a") << "c was not asked for";
}

TEST_F(Sandbox, WhoHasSaidAllAndLingersHasNotFailed) {
  const ChildOutcome outcome =
      run("cat open measure-a record-a measure-b record-b; exec >&- 2>&-; exec sleep 1000");
  EXPECT_EQ(outcome.records.size(), 2u);
}

TEST_F(Sandbox, AnInterruptEndsTheChildAndKeepsItsRecords) {
  options_.is_interrupted = [this] { return phases_.size() == 2; };
  const ChildOutcome outcome = run("cat record-a open measure-a; exec sleep 1000");
  EXPECT_TRUE(outcome.was_interrupted);
  EXPECT_EQ(outcome.records.size(), 1u);
}

TEST_F(Sandbox, AProgramThatCannotStartIsAFailure) {
  options_.program = "/nowhere/edgebench";
  const ChildOutcome outcome = run_child(job_, options_);
  EXPECT_EQ(outcome.status, RunStatus::failed);
  EXPECT_THAT(outcome.reason, HasSubstr("/nowhere/edgebench"));
}

TEST_F(Sandbox, AKillIsForLackOfMemoryWhenTheSystemCountedOne) {
  options_.system_root = tree_.root() / "root";
  tree_.write("root/proc/vmstat", "nr_free_pages 7\noom_kill 3\n");
  const ChildOutcome other = run("cat open; kill -KILL $$");
  EXPECT_EQ(other.status, RunStatus::crashed);
  EXPECT_THAT(other.reason, HasSubstr("signal 9"));
  const ChildOutcome memory = run("cat open; echo oom_kill 4 > root/proc/vmstat; kill -KILL $$");
  EXPECT_EQ(memory.status, RunStatus::out_of_memory);
  EXPECT_EQ(memory.reason, "the system ended the process during open for lack of memory");
  const ChildOutcome crash = run("cat open; echo oom_kill 5 > root/proc/vmstat; kill -SEGV $$");
  EXPECT_EQ(crash.status, RunStatus::crashed) << "it was another process that had to go";
}

TEST_F(Sandbox, WhoTakesMoreMemoryThanItMayIsEndedAndTheReasonNamesLimitAndOption) {
  options_.memory_limit_bytes = 40'000'000;
  const ChildOutcome outcome =
      run("cat open measure-a record-a measure-b; x=$(head -c 80000000 /dev/zero | tr '\\0' x); sleep 1000");
  EXPECT_EQ(outcome.status, RunStatus::out_of_memory);
  EXPECT_EQ(
      outcome.reason,
      "the process took more than 40M bytes of memory during measure b; allow more with --memory-limit");
  EXPECT_EQ(outcome.records.size(), 1u);
}

TEST_F(Sandbox, AMemoryLimitThatIsKeptChangesNothing) {
  options_.memory_limit_bytes = 400'000'000;
  EXPECT_EQ(run("cat open measure-a; sleep 0.3; cat record-a measure-b record-b").status, RunStatus::ok);
}

}  // namespace
}  // namespace eb
