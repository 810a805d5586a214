#include "harness/core/ranking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RunRecord enough(std::string_view name) {
  const Tier tier = *find_tier(name);
  RunRecord record;
  record.queries = record.samples = static_cast<std::int64_t>(tier.min_queries);
  record.latency_mean_ms = 1;
  record.window_s = tier.min_window_s;
  record.launches = tier.launches;
  if (tier.is_audited) record.audits = {std::begin(kAuditNames), std::end(kAuditNames)};
  return record;
}

TEST(Shortfalls, AreNoneOfWhatTheTierAsks) {
  for (const char* name : {"quick", "standard", "official"}) {
    EXPECT_TRUE(has_evidence(*find_tier(name), enough(name)));
    EXPECT_THAT(shortfalls(*find_tier(name), enough(name)), IsEmpty());
  }
  EXPECT_FALSE(find_tier("trial"));
  EXPECT_FALSE(find_tier(""));
}

TEST(Shortfalls, SayEachThatIsMissing) {
  const Tier official = *find_tier("official");
  RunRecord record = enough("official");
  record.queries = 1023;
  EXPECT_THAT(shortfalls(official, record), ElementsAre(HasSubstr("trial: 1023 queries in 600.0 s")));
  record = enough("official");
  record.window_s = 599;
  EXPECT_FALSE(has_evidence(official, record));
  record = enough("official");
  record.launches = 4;
  EXPECT_THAT(shortfalls(official, record), ElementsAre("4 launches; tier official asks for 5"));
  record = enough("official");
  record.audits = {"seed", "name", "accuracy"};
  EXPECT_THAT(shortfalls(official, record),
              ElementsAre("audit cache was not run; tier official asks for it"));
  EXPECT_EQ(shortfalls(official, {}).size(), 6u);
}

TEST(Shortfalls, OfABlockCountSamples) {
  RunRecord block = enough("quick");
  block.latency_mean_ms.reset();
  block.queries = 1;
  EXPECT_THAT(shortfalls(*find_tier("quick"), block), IsEmpty());
  block.samples = 127;
  EXPECT_THAT(shortfalls(*find_tier("quick"), block), ElementsAre(HasSubstr("127 samples")));
  block.samples = -1;
  EXPECT_FALSE(has_evidence(*find_tier("quick"), block));
}

nlohmann::ordered_json quiet_context() {
  return {{"build_type", "Release"}, {"governor", "performance"}, {"cpu_busy_percent", 2.0}};
}

TEST(JudgeHost, HasNothingToSayOfAQuietMachine) {
  const HostVerdict verdict = judge_host(quiet_context());
  EXPECT_THAT(verdict.warnings, IsEmpty());
  EXPECT_THAT(verdict.unranked_reasons, IsEmpty());
}

TEST(JudgeHost, EveryFlawHasItsWarningOrReason) {
  auto context = quiet_context();
  context["cpu_busy_percent"] = 43.6;
  EXPECT_THAT(judge_host(context).warnings, ElementsAre("the machine was 44 % busy before the first cell"));
  EXPECT_THAT(judge_host(context).unranked_reasons, ElementsAre("busy machine"));
  context = quiet_context();
  context["governor"] = "powersave";
  EXPECT_THAT(judge_host(context).warnings, ElementsAre("the CPU governor is powersave, not performance"));
  EXPECT_THAT(judge_host(context).unranked_reasons, IsEmpty());
  context = quiet_context();
  context["build_type"] = "Debug";
  EXPECT_THAT(judge_host(context).warnings, ElementsAre(HasSubstr("built as Debug")));
  EXPECT_THAT(judge_host(context).unranked_reasons, ElementsAre("Debug build"));
  context = quiet_context();
  context["virtual_machine"] = "KVM";
  EXPECT_THAT(judge_host(context).unranked_reasons, ElementsAre("virtual machine (KVM)"));
  context = quiet_context();
  context["isolation"] = "none";
  EXPECT_THAT(judge_host(context).unranked_reasons, ElementsAre(HasSubstr("not isolated")));
}

TEST(JudgeHost, AMixOfGovernorsIsNotPerformance) {
  auto context = quiet_context();
  context["governor"] = "performance, powersave";
  EXPECT_EQ(judge_host(context).warnings.size(), 1u);
  context.erase("governor");
  EXPECT_THAT(judge_host(context).warnings, IsEmpty()) << "a system without governors has nothing to warn of";
}

TEST(JudgeHost, TakesValuesOfAnyType) {
  for (const auto& value : {nlohmann::ordered_json(1), nlohmann::ordered_json("x"),
                            nlohmann::ordered_json::array(), nlohmann::ordered_json()})
    for (const char* key : {"build_type", "governor", "cpu_busy_percent", "virtual_machine", "isolation"}) {
      auto context = quiet_context();
      context[key] = value;
      judge_host(context);
    }
  EXPECT_THAT(judge_host(nlohmann::ordered_json::object()).unranked_reasons, ElementsAre(" build"));
}

}  // namespace
}  // namespace eb
