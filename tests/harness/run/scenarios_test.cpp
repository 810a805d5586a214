#include <gtest/gtest.h>

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

INSTANTIATE_TEST_SUITE_P(Known, EveryScenario, ::testing::Values("single-stream", "offline"));

TEST(Scenario, OnlyOfflineIsABlock) {
  EXPECT_FALSE(scenario("single-stream", {})->is_block());
  EXPECT_TRUE(scenario("offline", {})->is_block());
}

TEST(Scenario, AnUnknownOneNamesTheKnown) {
  const auto made = make_scenario("burst", {});
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().kind, ErrorKind::not_found);
  EXPECT_EQ(made.error().message, "there is no scenario 'burst'; known: single-stream, offline");
}

}  // namespace
}  // namespace eb
