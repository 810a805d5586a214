#include "harness/run/audits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <set>

#include "tests/support/fake_parts.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::FakeBinding;
using test::FakeModel;
using test::FakeSession;
using test::problem;
using ::testing::HasSubstr;
using Outcome = AuditFinding::Outcome;
using Input = std::vector<float>;

class Audits : public ::testing::Test {
 protected:
  // y = 2 x, in the time that the test says.
  FakeModel model(std::function<std::int64_t(const Input&)> cost_ns) {
    FakeModel made;
    made.compute = [this, cost_ns = std::move(cost_ns)](FakeBinding& binding) {
      const auto x = binding.inputs[0].as<float>();
      const auto y = binding.outs[0].as<float>();
      for (std::size_t i = 0; i < y.size(); ++i) y[i] = 2 * x[i];
      clock_.advance(cost_ns({x.begin(), x.end()}));
    };
    return made;
  }
  // A machine of changing speed and some noise, which does honest work.
  std::int64_t honest_ns() {
    const double speed = ++runs_ / 100 % 2 == 0 ? 1 : 1.7;
    return static_cast<std::int64_t>(1e6 * speed * (1 + 0.0001 * static_cast<double>(random_() % 1000)));
  }
  FakeModel honest_model() {
    return model([this](const Input&) { return honest_ns(); });
  }
  AuditFinding finding(const Result<AuditFinding>& result) {
    EXPECT_EQ(problem(result), "");
    return result ? *result : AuditFinding{};
  }
  Audited audited(FakeSession& session) { return {workload_, session, clock_, 11}; }

  test::FakeClock clock_;
  test::FakeTask task_;
  test::FakeWorkload workload_{task_};
  std::mt19937 random_{1};
  int runs_ = 0;
};

TEST_F(Audits, WhoIsHonestPassesEach) {
  FakeSession session(honest_model()), renamed(honest_model());
  for (const AuditFinding& found :
       {finding(audit_seed(audited(session))), finding(audit_cache(audited(session))),
        finding(audit_name(audited(session), renamed))})
    EXPECT_EQ(found.outcome, Outcome::passed) << found.why;
}

TEST_F(Audits, SeedFindsWhoIsFastWhenItKnowsWhatComesNext) {
  float last = -1;
  FakeSession session(model([&, this](const Input& x) {
    const bool is_expected = x[0] == last + 1;
    last = x[0];
    return is_expected ? honest_ns() / 2 : honest_ns();
  }));
  const AuditFinding found = finding(audit_seed(audited(session)));
  EXPECT_EQ(found.outcome, Outcome::caught);
  EXPECT_THAT(found.why, HasSubstr("takes 5"));
  EXPECT_THAT(found.why, HasSubstr("of the time of the same in another order"));
}

TEST_F(Audits, SeedFindsWhoAnswersWhatShouldComeNext) {
  float next = 0;
  FakeModel by_count = honest_model();
  by_count.compute = [&](FakeBinding& binding) {
    for (float& y : binding.outs[0].as<float>()) y = next;
    next = next == 15 ? 0 : next + 1;
  };
  FakeSession session(by_count);
  EXPECT_THAT(finding(audit_seed(audited(session))).why,
              HasSubstr("answers in another order differ: SQNR is"));
}

TEST_F(Audits, SeedNeedsTwoSamples) {
  task_.samples = 1;
  FakeSession session(honest_model());
  EXPECT_EQ(finding(audit_seed(audited(session))).outcome, Outcome::not_run);
  task_.samples = 2;
  EXPECT_EQ(finding(audit_seed(audited(session))).outcome, Outcome::passed);
}

TEST_F(Audits, AModelThatAnswersAtRandomIsOnlyTimed) {
  FakeModel at_random = honest_model();
  at_random.compute = [this](FakeBinding& binding) {
    clock_.advance(honest_ns());
    for (float& y : binding.outs[0].as<float>()) y = static_cast<float>(random_());
  };
  FakeSession session(at_random), renamed(at_random);
  Audited here = audited(session);
  EXPECT_EQ(finding(audit_name(here, renamed)).outcome, Outcome::caught);
  here.is_repeatable = false;
  EXPECT_EQ(finding(audit_seed(here)).outcome, Outcome::passed);
  EXPECT_EQ(finding(audit_name(here, renamed)).outcome, Outcome::passed);
}

TEST_F(Audits, CacheFindsWhoKeepsAnswers) {
  std::set<Input> known;
  FakeSession session(
      model([&, this](const Input& x) { return known.insert(x).second ? honest_ns() : honest_ns() / 20; }));
  const AuditFinding found = finding(audit_cache(audited(session)));
  EXPECT_EQ(found.outcome, Outcome::caught);
  EXPECT_THAT(found.why, HasSubstr("an input that was given before takes 5 % of the time of a new one"));
}

TEST_F(Audits, CacheNeedsInputsThatCanBeVaried) {
  FakeModel fixed = honest_model();
  fixed.inputs = {{"length", DType::i64, {1}}};
  fixed.compute = nullptr;
  FakeSession session(fixed);
  const AuditFinding found = finding(audit_cache(audited(session)));
  EXPECT_EQ(found.outcome, Outcome::not_run);
  EXPECT_THAT(found.why, HasSubstr("cannot be varied"));
}

TEST_F(Audits, CacheLeavesRecurrentStateAlone) {
  task_.info.state = {{"stateN", "state"}};
  FakeModel stateful = test::counting_model();
  std::set<float> states;
  stateful.compute = [&](FakeBinding& binding) {
    states.insert(binding.inputs[1].as<float>()[0]);
    clock_.advance(honest_ns());
  };
  FakeSession session(stateful);
  EXPECT_EQ(finding(audit_cache(audited(session))).outcome, Outcome::passed);
  EXPECT_EQ(states, std::set<float>{0});
}

TEST_F(Audits, NameFindsWhoIsSlowerOrAnswersOtherwiseUnderOtherNames) {
  FakeSession known(model([this](const Input&) { return honest_ns() * 6 / 10; }));
  FakeSession unknown(honest_model());
  const AuditFinding slower = finding(audit_name(audited(known), unknown));
  EXPECT_EQ(slower.outcome, Outcome::caught);
  EXPECT_THAT(slower.why, HasSubstr("the model takes 6"));
  EXPECT_EQ(finding(audit_name(audited(unknown), known)).outcome, Outcome::passed) << "faster is no cheat";
  FakeModel other = honest_model();
  other.compute = [](FakeBinding& binding) { binding.outs[0].as<float>()[0] = 1; };
  FakeSession differs(other);
  EXPECT_THAT(finding(audit_name(audited(known), differs)).why, HasSubstr("under other names differ"));
}

TEST_F(Audits, ADeviceThatFailsIsAnError) {
  FakeModel broken = honest_model();
  broken.fails_at = 50;
  FakeSession one(broken), two(broken), three(broken), fine(honest_model());
  EXPECT_EQ(problem(audit_seed(audited(one))), "the fake device is gone");
  EXPECT_EQ(problem(audit_cache(audited(two))), "the fake device is gone");
  EXPECT_EQ(problem(audit_name(audited(three), fine)), "the fake device is gone");
}

}  // namespace
}  // namespace eb
