#include "reporters/matrix.h"

#include <gmock/gmock.h>

#include "tests/reporters/support.h"

namespace eb {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RunRecord cell(std::string workload, std::string backend, RunStatus status = RunStatus::ok,
               std::string precision = "fp32") {
  RunRecord record = test::minimal_record(status);
  record.workload = std::move(workload);
  record.backend = std::move(backend);
  record.precision = std::move(precision);
  if (status == RunStatus::ok) record.placement_macs = 1;
  return record;
}

std::vector<std::string> texts(const std::vector<MatrixEntry>& entries) {
  std::vector<std::string> all;
  for (const MatrixEntry& entry : entries) all.push_back(entry_text(entry));
  return all;
}

TEST(SupportMatrix, SaysNothingWhereOneDeviceDidAllWell) {
  const std::vector<RunRecord> one = {cell("a", "cpu"), cell("b", "cpu")};
  EXPECT_THAT(support_matrix(one).rows, IsEmpty());
  EXPECT_THAT(support_matrix({}).rows, IsEmpty());
  const std::vector<RunRecord> bad = {cell("a", "cpu"), cell("b", "cpu", RunStatus::wrong)};
  EXPECT_EQ(support_matrix(bad).rows.size(), 2u);
  const std::vector<RunRecord> two = {cell("a", "cpu"), cell("a", "vulkan")};
  EXPECT_THAT(support_matrix(two).devices, ElementsAre("cpu", "vulkan"));
}

TEST(SupportMatrix, ACellHoldsStatusAndPlacementAndMayBeUntried) {
  std::vector<RunRecord> records = {cell("a", "cpu"), cell("b", "npu", RunStatus::fallback)};
  records[1].placement_macs = 0.401;
  const SupportMatrix matrix = support_matrix(records);
  ASSERT_EQ(matrix.rows.size(), 2u);
  EXPECT_EQ(matrix.rows[0].workload, "a");
  EXPECT_THAT(texts(matrix.rows[0].cells[0]), ElementsAre("✓ ok 100 %"));
  EXPECT_THAT(matrix.rows[0].cells[1], IsEmpty());
  EXPECT_THAT(texts(matrix.rows[1].cells[1]), ElementsAre("! fallback 40.1 %"));
}

TEST(SupportMatrix, PrecisionsAreToldApartWhereTheyDifferWorstFirst) {
  std::vector<RunRecord> records = {cell("a", "npu", RunStatus::ok, "fp32"),
                                    cell("a", "npu", RunStatus::unsupported, "fp16"),
                                    cell("a", "npu", RunStatus::crashed, "int8")};
  EXPECT_THAT(texts(support_matrix(records).rows[0].cells[0]),
              ElementsAre("✗ crashed int8", "○ unsupported fp16", "✓ ok fp32 100 %"));
  for (RunRecord& record : records) record.status = RunStatus::crashed;
  records[0].placement_macs.reset();
  EXPECT_THAT(texts(support_matrix(records).rows[0].cells[0]), ElementsAre("✗ crashed"));
}

TEST(SupportMatrix, TheWorstScenarioStandsForThePrecision) {
  std::vector<RunRecord> records = {cell("a", "npu"), cell("a", "npu"), cell("a", "npu")};
  records[1].scenario = "offline";
  records[1].status = RunStatus::timeout;
  records[1].placement_macs.reset();
  records[1].placement_nodes = 0.8;
  EXPECT_THAT(texts(support_matrix(records).rows[0].cells[0]), ElementsAre("✗ timeout 80 % of nodes"));
}

TEST(SupportMatrix, DevicesOfOneBackendAreColumnsOfTheirOwn) {
  std::vector<RunRecord> records = {cell("a", "npu"), cell("a", "npu"), cell("a", "cpu")};
  records[1].device = "chip:1";
  EXPECT_THAT(support_matrix(records).devices, ElementsAre("npu/0", "npu/chip:1", "cpu"));
  records[1].device.clear();
  EXPECT_THAT(support_matrix(records).devices, ElementsAre("npu", "cpu")) << "it never came to a device";
}

TEST(SupportMatrix, HostileTextsStayInTheirCell) {
  std::vector<RunRecord> records = {cell(std::string(test::kHostile), std::string(test::kHostile)),
                                    cell("a", "cpu", RunStatus::failed, std::string(test::kHostile))};
  const SupportMatrix matrix = support_matrix(records);
  for (const std::string& text : {matrix.rows[0].workload, matrix.devices[0]})
    EXPECT_EQ(text.find_first_of("\x1b\n"), std::string::npos);
  EXPECT_NE(render_matrix(records, 80, false), "");
  EXPECT_EQ(render_matrix(records, 80, false).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace eb
