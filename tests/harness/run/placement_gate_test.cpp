#include "harness/run/placement_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const OperationCount kWork{{{"a", "Conv", 900}, {"b", "Conv", 100}, {"c", "Relu", 0}}, {}};

Placement placement_of(std::optional<double> macs, std::optional<double> nodes) {
  return {.shares = {{"NPU", 2, 900}, {"CPUExecutionProvider", 1, 100}},
          .named_provider = "NPU",
          .nodes = nodes,
          .macs = macs,
          .evidence = "assigned"};
}

RunRecord gated(const Result<Placement>& placement, PlacementRules rules = {}) {
  RunRecord record;
  gate_placement(placement, kWork, rules, record);
  return record;
}

TEST(PlacementGate, TheRecordHoldsSharesEvidenceAndProviders) {
  const RunRecord r = gated(placement_of(0.96, 0.5));
  EXPECT_EQ(r.status, RunStatus::ok) << "MACs count where there are any";
  EXPECT_EQ(r.placement_macs, 0.96);
  EXPECT_EQ(r.placement_nodes, 0.5);
  EXPECT_EQ(r.placement_evidence, "assigned");
  EXPECT_EQ(r.placement, "NPU 2 nodes, 90.0 % of MACs; CPUExecutionProvider 1 nodes, 10.0 % of MACs");
  EXPECT_THAT(r.unranked_reasons, IsEmpty());
}

TEST(PlacementGate, TheGateItselfIsEnoughAndLessIsAFallback) {
  EXPECT_EQ(gated(placement_of(0.95, 1.0)).status, RunStatus::ok);
  const RunRecord r = gated(placement_of(0.94999, 1.0));
  EXPECT_EQ(r.status, RunStatus::fallback);
  EXPECT_EQ(r.reason, "94.9 % of the work is on NPU, less than 95 %") << "rounded, it would read 95.0";
  EXPECT_EQ(r.placement_macs, 0.94999);
}

TEST(PlacementGate, NodesDecideWhereThereAreNoMacs) {
  EXPECT_EQ(gated(placement_of(std::nullopt, 0.9)).status, RunStatus::fallback);
  EXPECT_EQ(gated(placement_of(std::nullopt, 0.95)).status, RunStatus::ok);
  EXPECT_EQ(gated(placement_of(std::nullopt, std::nullopt)).status, RunStatus::ok) << "nothing is known";
}

TEST(PlacementGate, TheMostFrequentRefusalIsNamed) {
  Placement placement = placement_of(0.5, 0.5);
  placement.refusals = {"3 Gemm: too big", "1 Relu: too small"};
  EXPECT_THAT(gated(placement).reason, HasSubstr("less than 95 %; it refused 3 Gemm: too big"));
}

TEST(PlacementGate, AnotherGateIsTheUsersChoiceAndALowerOneIsNotRanked) {
  const RunRecord high = gated(placement_of(0.96, 1.0), {.gate_percent = 99.5});
  EXPECT_EQ(high.status, RunStatus::fallback);
  EXPECT_THAT(high.reason, HasSubstr("less than 99.5 %"));
  EXPECT_THAT(high.unranked_reasons, IsEmpty());
  const RunRecord low = gated(placement_of(0.5, 0.5), {.gate_percent = 50});
  EXPECT_EQ(low.status, RunStatus::ok);
  EXPECT_THAT(low.unranked_reasons,
              ElementsAre("the placement gate was 50 %; ranked records need 95 % (--placement-gate)"));
  EXPECT_EQ(gated(placement_of(0.0, 0.0), {.gate_percent = 0}).status, RunStatus::ok);
}

TEST(PlacementGate, APlacementThatIsNotKnownIsAReasonNotToRank) {
  const RunRecord r = gated(Error{ErrorKind::unsupported, "too old to tell"}, {.gate_percent = 10});
  EXPECT_EQ(r.status, RunStatus::ok);
  EXPECT_FALSE(r.placement_macs);
  EXPECT_THAT(r.unranked_reasons, ElementsAre(HasSubstr("the placement gate was 10 %"), "too old to tell"));
}

}  // namespace
}  // namespace eb
