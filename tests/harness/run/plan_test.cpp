#include "harness/run/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/stats/percentile.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
constexpr std::int64_t kSecond = 1'000'000'000;
using Names = std::vector<std::string>;

TEST(FindTier, KnowsWhatEachTierAsksFor) {
  const auto quick = find_tier("quick");
  ASSERT_TRUE(quick);
  EXPECT_EQ(quick->min_queries, 128u);
  EXPECT_EQ(quick->min_window_s, 10);
  EXPECT_EQ(quick->launches, 1);
  const auto standard = find_tier("standard");
  ASSERT_TRUE(standard);
  EXPECT_EQ(standard->min_queries, 1024u);
  EXPECT_EQ(standard->min_window_s, 60);
  EXPECT_GE(standard->launches, 3);
  const auto official = find_tier("official");
  ASSERT_TRUE(official);
  EXPECT_EQ(official->min_window_s, 600);
  EXPECT_GE(official->launches, 5);
}

TEST(FindTier, LongerOnesHaveAllBoundsAtOnceInEveryScenario) {
  for (const char* name : {"standard", "official"})
    for (const double p : {0.50, 0.90, 0.99})
      EXPECT_TRUE(bound_index(find_tier(name)->min_queries, p)) << name << " p" << p;
}

TEST(AuditsOf, AreTheUsersOrTheTiers) {
  RunOptions options;
  EXPECT_EQ(audits_of(*find_tier("standard"), options), Names{});
  EXPECT_EQ(audits_of(*find_tier("official"), options), (Names{"seed", "cache", "name", "accuracy"}));
  options.audits = {"cache"};
  EXPECT_EQ(audits_of(*find_tier("official"), options), Names{"cache"});
}

TEST(FindTier, NamesTheKnownOnes) {
  for (const char* name : {"trial", "", "Quick"}) {
    const auto tier = find_tier(name);
    ASSERT_FALSE(tier) << name;
    EXPECT_NE(tier.error().message.find("known: quick, standard, official"), std::string::npos);
  }
}

PlannedWorkload workload(const std::string& id, const Names& precisions) {
  PlannedWorkload planned;
  planned.info.id = id;
  for (const std::string& p : precisions) planned.info.models[p] = {};
  return planned;
}

Names texts(const std::vector<Cell>& cells) {
  Names all;
  for (const Cell& c : cells)
    all.push_back(c.workload + " " + c.backend + c.device + " " + c.precision + " " + c.scenario);
  return all;
}

TEST(PlanCells, OrderIsWorkloadDevicePrecisionScenario) {
  const std::vector<PlannedWorkload> workloads = {workload("v/b", {"int8", "fp32"}),
                                                  workload("v/a", {"fp32"})};
  const std::vector<Target> targets = {{"cpu", "0"}, {"vulkan", "1"}};
  RunOptions options;
  options.scenarios = {"single-stream", "offline"};
  const auto cells = plan_cells(workloads, targets, options);
  EXPECT_EQ(
      texts(cells),
      (Names{"v/b cpu0 fp32 single-stream", "v/b cpu0 fp32 offline", "v/b cpu0 int8 single-stream",
             "v/b cpu0 int8 offline", "v/b vulkan1 fp32 single-stream", "v/b vulkan1 fp32 offline",
             "v/b vulkan1 int8 single-stream", "v/b vulkan1 int8 offline", "v/a cpu0 fp32 single-stream",
             "v/a cpu0 fp32 offline", "v/a vulkan1 fp32 single-stream", "v/a vulkan1 fp32 offline"}));
  EXPECT_EQ(cells[0].target, 0u);
  EXPECT_EQ(cells[4].target, 1u);
  EXPECT_EQ(texts(plan_cells(workloads, targets, options)), texts(cells));
}

TEST(PlanCells, OnlyThePrecisionsThatWereAskedForAndThatThereAre) {
  RunOptions options;
  options.precisions = {"int8", "fp16"};
  EXPECT_EQ(texts(plan_cells({workload("v/a", {"fp32", "int8"}), workload("v/b", {"fp32"})}, {{"cpu", "0"}},
                             options)),
            (Names{"v/a cpu0 int8 single-stream"}));
  EXPECT_TRUE(plan_cells({}, {{"cpu", "0"}}, {}).empty());
  EXPECT_TRUE(plan_cells({workload("v/a", {"fp32"})}, {}, {}).empty());
}

TEST(PlanCells, AUsersModelKeepsItsPath) {
  PlannedWorkload own = workload("user/m", {"as-is"});
  own.user_model = "/home/x/m.onnx";
  const auto cells = plan_cells({own}, {{"cpu", "0"}}, {});
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_EQ(cells[0].user_model, "/home/x/m.onnx");
}

TEST(WindowRule, SharesTheTierAmongItsLaunchesWithNothingLost) {
  const Tier tier{"t", 128, 10, 1};
  for (const int launches : {1, 2, 3, 5, 7, 100}) {
    const WindowRule rule = window_rule(tier, launches, std::nullopt);
    const auto n = static_cast<std::uint64_t>(launches);
    EXPECT_GE(rule.min_queries * n, 128u) << launches;
    EXPECT_LT((rule.min_queries - 1) * n, 128u) << launches;
    EXPECT_NEAR(static_cast<double>(rule.min_duration_ns) * launches, 10e9, 100) << launches;
    EXPECT_GT(rule.max_duration_ns, rule.min_duration_ns);
  }
}

TEST(WindowRule, TheLongestTierFitsTheLongestWindowInOneLaunch) {
  const WindowRule rule = window_rule(*find_tier("official"), 1, std::nullopt);
  EXPECT_EQ(rule.min_duration_ns, 600 * kSecond);
  EXPECT_GE(rule.max_duration_ns, rule.min_duration_ns);
}

TEST(WindowRule, ATightBudgetEndsTheWindowWhateverTheTierAsksFor) {
  const WindowRule rule = window_rule(*find_tier("standard"), 3, 2.5);
  EXPECT_EQ(rule.min_duration_ns, 2'500'000'000);
  EXPECT_EQ(rule.max_duration_ns, 2'500'000'000);
}

TEST(WindowRule, ALooseBudgetStopsAtTheTierUnlessTheModelIsSlow) {
  const WindowRule rule = window_rule(*find_tier("standard"), 3, 45);
  EXPECT_EQ(rule.min_duration_ns, 20 * kSecond) << "a third of the tier's";
  EXPECT_EQ(rule.min_queries, 342u);
  EXPECT_EQ(rule.max_duration_ns, 45 * kSecond) << "for those queries it may take the whole share";
}

TEST(WindowRule, AnEndlessBudgetIsTheTierItself) {
  const WindowRule tier = window_rule(*find_tier("quick"), 1, std::nullopt);
  for (const double share_s : {601.0, 1e9, 1e12, std::numeric_limits<double>::max()}) {
    const WindowRule rule = window_rule(*find_tier("quick"), 1, share_s);
    EXPECT_EQ(rule.min_queries, tier.min_queries) << share_s;
    EXPECT_EQ(rule.min_duration_ns, 10 * kSecond) << share_s;
    EXPECT_EQ(rule.max_duration_ns, 600 * kSecond) << share_s;
  }
}

TEST(WindowRule, AShareMakesOneQueryOfTheSlowestModel) {
  const auto scenario = make_scenario("single-stream", window_rule(*find_tier("quick"), 1, 0.2));
  ASSERT_TRUE(scenario);
  EXPECT_TRUE((*scenario)->next({}));
  EXPECT_FALSE((*scenario)->next({.issued = 1, .elapsed_ns = 3 * kSecond}));
}

TEST(WindowShare, IsWhatIsLeftForEachLaunchAfterItsCost) {
  EXPECT_DOUBLE_EQ(window_share_s(100, 10, 3), 7);
  EXPECT_DOUBLE_EQ(window_share_s(100, 1, 0), 100);
  EXPECT_GT(window_share_s(100, 2, 3), window_share_s(100, 4, 3));
  EXPECT_GT(window_share_s(100, 4, 1), window_share_s(100, 4, 3));
}

TEST(WindowShare, NeverFallsToNothing) {
  for (const double share : {window_share_s(10, 10, 3), window_share_s(-50, 3, 3), window_share_s(0, 0, 0),
                             window_share_s(5, 0, 9)})
    EXPECT_DOUBLE_EQ(share, 0.2);
}

TEST(ParseDuration, TakesSecondsMinutesHoursAndTheirSums) {
  const std::pair<const char*, double> good[] = {{"90s", 90}, {"8m", 480},   {"1h30m", 5400},
                                                 {"45", 45},  {"2h", 7200},  {"1h1m1s", 3661},
                                                 {"1", 1},    {"0h10s", 10}, {"9999999s", 9999999}};
  for (const auto& [text, seconds] : good) {
    const auto duration = parse_duration_s(text);
    ASSERT_TRUE(duration) << text;
    EXPECT_DOUBLE_EQ(*duration, seconds) << text;
  }
}

TEST(ParseSize, TakesBytesAndPowersOfAThousandAndWritesThemTheSameWay) {
  EXPECT_EQ(*parse_size_bytes("100001"), 100'001u);
  EXPECT_EQ(*parse_size_bytes("800K"), 800'000u);
  EXPECT_EQ(*parse_size_bytes("512M"), 512'000'000u);
  EXPECT_EQ(*parse_size_bytes("999999999G"), 999'999'999'000'000'000u);
  for (const char* text : {"1", "100001", "800K", "512M", "2G", "1500G"})
    EXPECT_EQ(size_text(*parse_size_bytes(text)), text);
  EXPECT_EQ(size_text(2'000'000), "2M");
  EXPECT_EQ(size_text(0), "0");
}

TEST(ParseSize, RefusesTheRestAndShowsHowToWriteIt) {
  for (const char* text :
       {"", "0", "0G", "G", "-1M", "1.5G", "2g", "2GB", "2T", "2 ", "1234567890", "2G2", "\xff"}) {
    const auto bytes = parse_size_bytes(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_NE(bytes.error().message.find("512M"), std::string::npos);
  }
}

TEST(ParseDuration, RefusesTheRestAndShowsHowToWriteIt) {
  for (const char* text :
       {"",   "0",  "0s",   "0h0m", "m",   "8 m",       " 8m",  "8m ", "-8m", "1.5h",         "1,5h",
        "8M", "8d", "1h30", "8ms",  "1e3", "99999999s", "8m\n", "inf", "nan", "\xef\xbc\x98m"}) {
    const auto duration = parse_duration_s(text);
    ASSERT_FALSE(duration) << text << " became " << *duration;
    EXPECT_EQ(duration.error().kind, ErrorKind::invalid);
    EXPECT_NE(duration.error().message.find("'" + std::string(text) + "' is not a duration"),
              std::string::npos);
    EXPECT_NE(duration.error().message.find("1h30m"), std::string::npos);
  }
}

const Names kKnown = {"nlp/language-id", "speech/voice-activity", "vision/face-detection",
                      "vision/text-recognition"};

TEST(Nearest, FindsWhatWasMeant) {
  EXPECT_EQ(nearest("vision/face-detektion", kKnown), "vision/face-detection");
  EXPECT_EQ(nearest("face-detection", kKnown), "vision/face-detection");
  EXPECT_EQ(nearest("language_id", kKnown), "nlp/language-id");
  EXPECT_EQ(nearest("cpi", {"gpu", "cpu"}), "cpu");
}

TEST(Nearest, IsSilentRatherThanAbsurd) {
  EXPECT_EQ(nearest("resnet50", kKnown), std::nullopt);
  EXPECT_EQ(nearest("", kKnown), std::nullopt);
  EXPECT_EQ(nearest("x", {}), std::nullopt);
}

TEST(SelectWorkloads, TakesIdsGroupsAndAllInTheOrderAskedEachOnce) {
  EXPECT_EQ(*select_workloads(kKnown, {"all"}), kKnown);
  EXPECT_EQ(*select_workloads(kKnown, {"vision"}),
            (Names{"vision/face-detection", "vision/text-recognition"}));
  EXPECT_EQ(*select_workloads(kKnown, {"speech", "nlp/language-id", "speech/voice-activity"}),
            (Names{"speech/voice-activity", "nlp/language-id"}));
  EXPECT_EQ(*select_workloads(kKnown, {}), Names{});
}

TEST(SelectWorkloads, TakesSomeGroupsOnlyByName) {
  const Names known = {"bench/a", "bench/b", "fashion/teacher", "large/net", "vision/face-detection"};
  EXPECT_EQ(*select_workloads(known, {"all"}), Names{"vision/face-detection"});
  EXPECT_EQ(*select_workloads(known, {"fashion", "bench"}), (Names{known[2], known[0], known[1]}));
  EXPECT_EQ(*select_workloads(known, {"all", "bench/a"}), (Names{"vision/face-detection", "bench/a"}));
  EXPECT_EQ(*select_workloads(known, {"large"}), Names{"large/net"});
}

TEST(SelectWorkloads, SuggestsTheNearestNameOrTheList) {
  const auto typo = select_workloads(kKnown, {"all", "vision/face-detectoin"});
  ASSERT_FALSE(typo);
  EXPECT_EQ(typo.error().kind, ErrorKind::not_found);
  EXPECT_EQ(typo.error().message,
            "there is no workload 'vision/face-detectoin'; did you mean vision/face-detection?");
  EXPECT_NE(problem(select_workloads(kKnown, {"imagenet"})).find("see edgebench list workloads"),
            std::string::npos);
  EXPECT_FALSE(select_workloads(kKnown, {"vis"})) << "half a group is not a group";
}

TEST(CommandOf, NamesEverythingThatDecidesTheCell) {
  Cell cell{"vision/face-detection", "cpu", "0", "fp32", "offline"};
  RunOptions options;
  EXPECT_EQ(command_of(cell, options),
            "edgebench run --workloads vision/face-detection --backends cpu --device 0 --precisions fp32 "
            "--scenarios offline --tier quick");
  options.tier = "standard";
  options.launches = 4;
  options.threads = 2;
  options.memory_limit_bytes = 2'000'000'000;
  options.dims = {{"batch", 1}, {"width", 320}};
  EXPECT_EQ(command_of(cell, options),
            "edgebench run --workloads vision/face-detection --backends cpu --device 0 --precisions fp32 "
            "--scenarios offline --tier standard --launches 4 --threads 2 --memory-limit 2G --dim batch=1 "
            "--dim width=320");
  options.placement.gate_percent = 97.5;
  options.placement.is_strict = options.placement.tells_nodes = true;
  EXPECT_NE(command_of(cell, options).find(" --placement-gate 97.5 --strict --placement"), std::string::npos);
}

TEST(CommandOf, SaysWhichAuditsTheUserChose) {
  Cell cell{"vision/a", "cpu", "0", "fp32", "offline"};
  RunOptions options;
  const auto audits_in = [&] {
    const std::string command = command_of(cell, options);
    const std::size_t at = command.find("--audits ");
    return at == std::string::npos ? "" : command.substr(at + 9);
  };
  EXPECT_EQ(audits_in(), "");
  options.audits = Names{};
  EXPECT_EQ(audits_in(), "none");
  options.audits = {"seed", "name"};
  EXPECT_EQ(audits_in(), "seed,name");
  options.audits = {"seed", "cache", "name", "accuracy"};
  EXPECT_EQ(audits_in(), "all");
  cell.scenario.clear();
  EXPECT_EQ(audits_in(), "") << "verify has no audits";
}

TEST(CommandOf, HoldsNoPathOfTheUsers) {
  Cell cell{"user/model", "cpu", "0", "as-is", "single-stream", "/home/alice/secret/model.onnx"};
  const std::string command = command_of(cell, {});
  EXPECT_EQ(command,
            "edgebench run model.onnx --backends cpu --device 0 --scenarios single-stream --tier quick");
  EXPECT_EQ(command.find("alice"), std::string::npos);
}

TEST(CommandOf, ATimeBudgetIsSaidInWholeSecondsRoundedUp) {
  const Cell cell{"nlp/language-id", "cpu", "0", "fp32", "offline"};
  RunOptions options;
  options.time_budget_s = 20.0 / 3;
  EXPECT_EQ(command_of(cell, options),
            "edgebench run --workloads nlp/language-id --backends cpu --device 0 --precisions fp32 "
            "--scenarios offline --tier quick --time-budget 7s");
  EXPECT_TRUE(parse_duration_s("7s"));
}

TEST(CommandOf, NamesThatAShellWouldTakeApartAreQuoted) {
  const std::pair<std::string, std::string> words[] = {{"model.onnx", "model.onnx"},
                                                       {"my model.onnx", "'my model.onnx'"},
                                                       {"a$HOME;b", "'a$HOME;b'"},
                                                       {"it's.onnx", "'it'\\''s.onnx'"},
                                                       {"", "''"},
                                                       {"~root", "'~root'"},
                                                       {"B\xc3\xa4r.onnx", "'B\xc3\xa4r.onnx'"},
                                                       {"x=1,y:2", "x=1,y:2"}};
  for (const auto& [text, word] : words) EXPECT_EQ(shell_word(text), word);
  EXPECT_EQ(model_word("/home/x/-v.onnx"), "./-v.onnx") << "not an option";
  RunOptions options;
  options.dims = {{"my dim", 3}};
  EXPECT_EQ(
      command_of({"user/my model", "cpu", "GPU 0", "as-is", "offline", "/home/x/my model.onnx"}, options),
      "edgebench run 'my model.onnx' --backends cpu --device 'GPU 0' --scenarios offline --tier quick "
      "--dim 'my dim=3'");
}

TEST(CommandOf, HasTheOptionsOfProvidersButNoPaths) {
  RunOptions options;
  options.ep.libraries = {{"vulkan", "/home/alice/secret/lib.so"}};
  options.ep.options = {{"vulkan", {{"cache", "/home/alice/secret"}, {"device", "1"}}}};
  options.ep.retune = true;
  EXPECT_EQ(
      command_of({"nlp/language-id", "vulkan", "0", "fp32", "offline"}, options),
      "edgebench run --workloads nlp/language-id --backends vulkan --device 0 --precisions fp32 --scenarios "
      "offline --tier quick --ep-option vulkan.device=1 --retune");
}

TEST(LoadArguments, AreThoseThatAScenarioHasAUseFor) {
  const LoadOptions load = {.rate_qps = 12.5, .latency_target_ms = 20, .streams = 4, .seed = 9};
  EXPECT_EQ(load_arguments(load, {"offline", "server"}),
            " --rate 12.5 --latency-target 20 --streams 4 --seed 9");
  EXPECT_EQ(load_arguments(load, {"paced"}), " --rate 12.5 --streams 4");
  EXPECT_EQ(load_arguments(load, {"single-stream"}), "");
  EXPECT_EQ(load_arguments({}, {"server", "paced"}), "");
}

TEST(CommandOf, IsVerifyForACellWithoutAScenario) {
  EXPECT_EQ(command_of({"nlp/language-id", "npu", "", "fp32", ""}, {}),
            "edgebench verify --workloads nlp/language-id --backends npu --precisions fp32");
}

TEST(TierOf, IsTheNamedOneOrSustained) {
  RunOptions options;
  options.tier = "official";
  EXPECT_EQ(tier_of(options)->name, "official");
  options.sustained_s = 1800;
  const Tier tier = *tier_of(options);
  EXPECT_EQ(tier.name, "sustained");
  EXPECT_EQ(tier.launches, 1);
  const WindowRule rule = window_rule(tier, 1, std::nullopt);
  EXPECT_EQ(rule.min_duration_ns, 1'800'000'000'000);
  EXPECT_EQ(rule.max_duration_ns, 1'800'000'000'000);
  EXPECT_FALSE(tier_of({.tier = "bronze"}));
}

TEST(CommandOf, SaysWhatTheUserChoseOfPower) {
  RunOptions options;
  const Cell cell{"vision/a", "cpu", "0", "fp32", "single-stream"};
  for (const char* word : {"--meter", "--sustained", "--cool-down"})
    EXPECT_EQ(command_of(cell, options).find(word), std::string::npos) << "a default is not said";
  options.meters = {"rapl:0", "hwmon:ina3221/sum of shunts"};
  options.sustained_s = 1800;
  options.cool_down_s = 0;
  EXPECT_THAT(command_of(cell, options),
              ::testing::HasSubstr(
                  " --sustained 1800s --meter 'rapl:0,hwmon:ina3221/sum of shunts' --cool-down none"));
  EXPECT_EQ(command_of(cell, options).find("--tier"), std::string::npos);
}

TEST(CommandOf, TellsOfAnInstrumentNeitherItsAddressNorItsProgram) {
  const Cell cell{"vision/a", "cpu", "0", "fp32", "single-stream"};
  const std::pair<const char*, const char*> words[] = {{"scpi://10.0.0.7:5025?channel=1", "scpi://HOST"},
                                                       {"exec:/home/me/meter --serial 7", "exec:PROGRAM"},
                                                       {"nvml:0", "nvml:0"},
                                                       {"battery", "battery"}};
  for (const auto& [name, word] : words) {
    RunOptions options;
    options.meters = {name};
    EXPECT_TRUE(command_of(cell, options).ends_with(std::string(" --meter ") + word))
        << command_of(cell, options);
  }
}

}  // namespace
}  // namespace eb
