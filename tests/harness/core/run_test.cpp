#include "harness/core/run.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;

Run small_run() {
  Run run;
  run.context["cpu"] = "Example 9000 \xc3\xa9";
  run.context["cpu_mhz"] = 4321.5;
  run.records.resize(2);
  run.records[0].workload = "vision/a";
  run.records[0].latency_p50_ms = 1.25;
  run.records[1].workload = "nlp/b";
  run.records[1].status = RunStatus::crashed;
  run.records[1].reason = "signal 11";
  return run;
}

TEST(Run, RoundTripsThroughItsText) {
  const std::string text = to_json(small_run()).dump(2);
  const auto back = run_from_json(text, "run.json");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(to_json(*back).dump(2), text);
  ASSERT_EQ(back->records.size(), 2u);
  EXPECT_EQ(back->records[0].latency_p50_ms, 1.25);
  EXPECT_EQ(back->context["cpu_mhz"], 4321.5);
}

TEST(Run, StartsWithItsSchema) {
  EXPECT_TRUE(
      to_json(eb::Run{}).dump().starts_with(R"({"schema":"edgebench.run/1","context":{},"records":[])"));
}

TEST(Run, TextsThatAreNoRunSayWhatIsWrongAndWhere) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "not a JSON object"},
      {"[]", "not a JSON object"},
      {"{\"schema\":", "not a JSON object"},
      {"{}", "its schema is not edgebench.run/1"},
      {R"({"schema":"edgebench.run/2","context":{},"records":[]})", "its schema is not edgebench.run/1"},
      {R"({"schema":1,"context":{},"records":[]})", "its schema is not edgebench.run/1"},
      {R"({"schema":"edgebench.run/1","records":[]})", "no context"},
      {R"({"schema":"edgebench.run/1","context":[],"records":[]})", "no context"},
      {R"({"schema":"edgebench.run/1","context":{}})", "no records"},
      {R"({"schema":"edgebench.run/1","context":{},"records":{}})", "no records"},
      {R"({"schema":"edgebench.run/1","context":{},"records":[1]})", "not a JSON object"},
      {R"({"schema":"edgebench.run/1","context":{},"records":[{"workload":"w","status":"ok","queries":"x"}]})",
       "'queries' of a record has the wrong type"},
      {R"({"schema":"edgebench.run/1","context":{},"records":[{"workload":"w","status":"ok","queries":9223372036854775808}]})",
       "'queries' of a record has the wrong type or is out of range"},
      {R"({"schema":"edgebench.run/1","context":{},"records":[{"workload":"w","status":"ok","queries":1e30}]})",
       "'queries' of a record has the wrong type or is out of range"},
  };
  EXPECT_TRUE(
      run_from_json(R"({"schema":"edgebench.run/1","context":{},"records":[{"workload":"w","status":"ok",)"
                    R"("queries":9223372036854775807}]})",
                    "x/run.json"));
  for (const auto& [text, why] : cases) {
    const auto run = run_from_json(text, "x/run.json");
    ASSERT_FALSE(run) << text;
    EXPECT_EQ(run.error().kind, ErrorKind::invalid);
    EXPECT_TRUE(run.error().message.starts_with("x/run.json is not a run of edgebench: "))
        << run.error().message;
    EXPECT_NE(run.error().message.find(why), std::string::npos) << run.error().message;
  }
}

TEST(Run, DeepNestingIsRefusedBeforeItCanEatTheStack) {
  constexpr std::size_t kDepth = 300'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  for (const std::string& text :
       {nested, R"({"schema":"edgebench.run/1","context":{"a":)" + nested + R"(},"records":[]})",
        R"({"schema":"edgebench.run/1","context":{},"records":)" + nested + "}",
        R"({"schema":"edgebench.run/1","context":{},"records":[{"workload":"w","status":"ok","extra":)" +
            nested + "}]}"})
    EXPECT_FALSE(run_from_json(text, "run.json")) << text.substr(0, 80);
}

TEST(Run, TextsMayHoldAsManyBracketsAsTheyLike) {
  eb::Run run = small_run();
  run.records[1].reason = std::string(10'000, '[') + "\\\"" + std::string(10'000, '{');
  const auto back = run_from_json(to_json(run).dump(), "run.json");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->records[1].reason, run.records[1].reason);
}

TEST(Run, EveryTruncationOfItsTextIsRefused) {
  const std::string text = to_json(small_run()).dump();
  for (std::size_t n = 0; n < text.size(); ++n)
    ASSERT_FALSE(run_from_json(text.substr(0, n), "run.json")) << n;
}

TEST(ContextKeys, AreDescribedOnce) {
  std::set<std::string_view> keys;
  for (const ContextKey& key : context_keys()) {
    EXPECT_TRUE(keys.insert(key.key).second) << key.key;
    EXPECT_TRUE(key.doc.ends_with('.')) << key.key;
  }
  for (const char* needed : {"cpu", "governor", "clocks", "links", "drivers", "ambient_c", "steal_percent",
                             "compiler", "compile_flags", "runtime_sha256", "load_1m", "harness_overhead_ns"})
    EXPECT_EQ(keys.count(needed), 1u) << needed;
}

}  // namespace
}  // namespace eb
