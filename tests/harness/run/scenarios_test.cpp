#include <gtest/gtest.h>

#include <cmath>

#include "harness/core/scenario.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

std::unique_ptr<Scenario> scenario(std::string_view name, const WindowRule& rule) {
  auto made = make_scenario(name, rule);
  EXPECT_EQ(test::problem(made), "");
  return made ? *std::move(made) : nullptr;
}

class EveryScenario : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryScenario, GoesOnUntilBothMinimaAreMet) {
  const auto s = scenario(GetParam(), {.min_queries = 10, .min_duration_ns = 5 * kSecond});
  EXPECT_EQ(s->name(), GetParam());
  EXPECT_TRUE(s->next({0, 0}));
  EXPECT_TRUE(s->next({9, 100 * kSecond})) << "too few queries";
  EXPECT_TRUE(s->next({1000, 5 * kSecond - 1})) << "too short";
  EXPECT_FALSE(s->next({10, 5 * kSecond}));
  EXPECT_FALSE(s->next({11, 6 * kSecond}));
}

TEST_P(EveryScenario, IsEndedByTheMaximum) {
  const auto s = scenario(
      GetParam(), {.min_queries = 10, .min_duration_ns = 5 * kSecond, .max_duration_ns = 20 * kSecond});
  EXPECT_TRUE(s->next({3, 20 * kSecond - 1}));
  EXPECT_FALSE(s->next({3, 20 * kSecond}));
}

TEST_P(EveryScenario, QueriesAreDueAtOnce) {
  const auto query = scenario(GetParam(), {})->next({5, kSecond});
  ASSERT_TRUE(query);
  EXPECT_EQ(query->due_ns, 0);
}

INSTANTIATE_TEST_SUITE_P(Unscheduled, EveryScenario,
                         ::testing::Values("single-stream", "multi-stream", "offline"));

TEST(Scenario, OnlyOfflineIsABlock) {
  for (const std::string_view name : scenario_ids())
    EXPECT_EQ(scenario(name, {})->is_block(), name == "offline") << name;
}

TEST(Scenario, AQueryOfMultiStreamIsEightSamples) {
  for (const std::string_view name : scenario_ids())
    EXPECT_EQ(scenario(name, {})->samples_per_query(), name == "multi-stream" ? 8 : 1) << name;
}

TEST(Scenario, PacedNeverLooksAtTheClockInsteadOfSleeping) {
  EXPECT_EQ(scenario("paced", {})->spin_ns(), 0);
  EXPECT_EQ(scenario("server", {})->spin_ns(), 200'000);
}

// All that are due, with a device that is done at once.
std::vector<std::int64_t> due_times_ns(std::string_view name, const WindowRule& rule,
                                       const LoadOptions& load) {
  auto made = make_scenario(name, rule, load);
  EXPECT_EQ(test::problem(made), "");
  std::vector<std::int64_t> due_ns;
  while (const auto query = (*made)->next({due_ns.size(), due_ns.empty() ? 0 : due_ns.back()}))
    due_ns.push_back(query->due_ns);
  return due_ns;
}

const WindowRule kTenSeconds = {.min_queries = 1, .min_duration_ns = 10 * kSecond};

TEST(Paced, IsDueAtEqualDistances) {
  const auto due_ns = due_times_ns("paced", kTenSeconds, {});
  ASSERT_EQ(due_ns.size(), 301u) << "30 a second unless told otherwise, and one at the end";
  EXPECT_EQ(due_ns[0], 1) << "at once";
  for (std::size_t i = 1; i < due_ns.size(); ++i)
    EXPECT_NEAR(static_cast<double>(due_ns[i]), static_cast<double>(i) * 1e9 / 30, 1) << "nothing adds up";
  EXPECT_EQ(due_times_ns("paced", kTenSeconds, {.rate_qps = 1000}).size(), 10'001u);
}

TEST(Server, HasPoissonArrivals) {
  const auto due_ns = due_times_ns(
      "server", {.min_queries = 1, .min_duration_ns = 1000 * kSecond, .max_duration_ns = 2000 * kSecond},
      {.rate_qps = 200});
  const auto n = static_cast<double>(due_ns.size());
  EXPECT_NEAR(n, 200'000, 4 * std::sqrt(200'000.0));
  double sum = 0, squares = 0, long_gaps = 0;
  for (std::size_t i = 1; i < due_ns.size(); ++i) {
    const double gap = static_cast<double>(due_ns[i] - due_ns[i - 1]) * 200e-9;  // in units of the mean
    sum += gap;
    squares += gap * gap;
    long_gaps += gap > 3 ? 1 : 0;
  }
  EXPECT_NEAR(sum / n, 1, 0.01);
  EXPECT_NEAR(squares / n, 2, 0.05) << "an exponential distribution";
  EXPECT_NEAR(long_gaps / n, std::exp(-3.0), 0.003);
}

TEST(Server, ArrivesTheSameForOneSeedAndStretchedForAnotherRate) {
  const auto once = due_times_ns("server", kTenSeconds, {.rate_qps = 100, .seed = 7});
  EXPECT_EQ(once, due_times_ns("server", kTenSeconds, {.rate_qps = 100, .seed = 7}));
  EXPECT_NE(once, due_times_ns("server", kTenSeconds, {.rate_qps = 100, .seed = 8}));
  const auto faster = due_times_ns("server", kTenSeconds, {.rate_qps = 200, .seed = 7});
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_NEAR(double(once[i]), 2.0 * double(faster[i]), 2.0);
}

TEST(Scheduled, GoesOnUntilBothMinimaAreDue) {
  EXPECT_EQ(due_times_ns("paced", {.min_queries = 1000, .min_duration_ns = kSecond}, {}).size(), 1000u);
  EXPECT_EQ(due_times_ns("paced", {.min_queries = 10, .min_duration_ns = kSecond}, {}).size(), 31u);
}

TEST(Scheduled, QueriesThatAreDueInTheWindowAreIssuedHoweverLate) {
  const auto s = scenario("paced", kTenSeconds);
  std::uint64_t issued = 0;
  while (s->next({issued, static_cast<std::int64_t>(issued) * kSecond})) ++issued;
  EXPECT_EQ(issued, 301u) << "though the last one is done after 300 s";
}

TEST(Scheduled, IsEndedByTheMaximumAfterAQuery) {
  const WindowRule rule = {.min_queries = 10, .min_duration_ns = kSecond, .max_duration_ns = 2 * kSecond};
  const auto s = scenario("paced", rule);
  EXPECT_TRUE(s->next({0, 0}));
  EXPECT_FALSE(s->next({1, 2 * kSecond}));
  EXPECT_EQ(due_times_ns("paced", rule, {.rate_qps = 0.1}).size(), 1u) << "the next is due after 10 s";
  EXPECT_EQ(due_times_ns("server", rule, {.rate_qps = 0.01}).size(), 1u) << "never with less than one";
}

TEST(Scheduled, RefusesARateThatIsNone) {
  for (const double rate_qps : {0.0, -1.0, 1e7, 0.001, std::nan(""), HUGE_VAL}) {
    const auto made = make_scenario("paced", {}, {.rate_qps = rate_qps});
    ASSERT_FALSE(made) << rate_qps;
    EXPECT_EQ(made.error().kind, ErrorKind::invalid);
  }
}

TEST(Scenario, AnUnknownOneNamesTheKnown) {
  const auto made = make_scenario("burst", {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::not_found);
  EXPECT_EQ(made.error().message,
            "there is no scenario 'burst'; known: single-stream, multi-stream, server, offline, paced");
}

}  // namespace
}  // namespace eb
