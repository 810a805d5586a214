#include "results/server/exports.h"

#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using ExportsTest = BoardTest;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kName = "vision/face-detection / vulkan Adreno 740 / fp16 / single-stream";

TEST_F(ExportsTest, BencherHasBoundsAndTheNewestOfEachCell) {
  store(run_of({good_record(5)}));
  store(run_of({good_record(2)}));
  const auto bmf = json(get("/api/v1/results?format=bmf"));
  ASSERT_EQ(bmf.size(), 1U);
  const auto latency = bmf[kName]["latency_mean_ms"];
  EXPECT_EQ(latency["value"], 2);
  EXPECT_EQ(latency["lower_value"], 1.96);
  EXPECT_EQ(latency["upper_value"], 2.04);
  EXPECT_FALSE(bmf[kName]["throughput_sps"].contains("lower_value"));
  EXPECT_FALSE(bmf[kName].contains("energy_per_sample_mj"));
}

TEST_F(ExportsTest, GithubActionBenchmarkIsAListOfSmallerIsBetter) {
  auto record = good_record();
  record.latency_mad_ms = 0.05;
  const std::string id = store(run_of({record}));
  const auto list = json(get("/api/v1/results?format=github-action-benchmark"));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0]["name"], kName);
  EXPECT_EQ(list[0]["unit"], "ms");
  EXPECT_EQ(list[0]["value"], 2.5);
  EXPECT_EQ(list[0]["range"], "± 0.05");
  EXPECT_THAT(list[0]["extra"].get<std::string>(), HasSubstr(id));
}

TEST_F(ExportsTest, FailedResultsAreInNoExportButCsv) {
  auto failed = good_record();
  failed.status = RunStatus::wrong;
  store(run_of({failed}));
  EXPECT_TRUE(json(get("/api/v1/results?format=bmf")).empty());
  EXPECT_TRUE(json(get("/api/v1/results?format=github-action-benchmark")).empty());
  EXPECT_THAT(get("/api/v1/results?format=openbenchmarking").body, Not(HasSubstr("<Result>")));
  EXPECT_THAT(get("/api/v1/results?format=csv").body, HasSubstr("wrong"));
}

TEST_F(ExportsTest, CsvSaysWhereEachLineComesFrom) {
  auto evil = good_record();
  evil.device_name = "=cmd|' /C calc'!A0";
  const std::string id = store(run_of({evil, good_record()}));
  const auto answer = get("/api/v1/results?format=csv");
  EXPECT_EQ(answer.content_type, "text/csv; charset=utf-8");
  EXPECT_TRUE(answer.body.starts_with("run_id,received_at,trust,workload,task,"));
  EXPECT_THAT(answer.body,
              HasSubstr("\r\n" + id + ",2026-11-30T08:30:00Z,unverified,vision/face-detection,"));
  EXPECT_THAT(answer.body, Not(HasSubstr(",=cmd")));
}

TEST_F(ExportsTest, OpenBenchmarkingHasSystemsAndResults) {
  const std::string id = store(run_of({good_record()}));
  const auto answer = get("/api/v1/results/" + id + "?format=openbenchmarking");
  EXPECT_EQ(answer.content_type, "application/xml");
  const std::string system = "<Identifier>vulkan Adreno 740 (" + id.substr(0, 12) + ")</Identifier>";
  EXPECT_THAT(answer.body, HasSubstr("<System>\n" + system));
  EXPECT_THAT(answer.body, HasSubstr("<Scale>ms</Scale>\n<Proportion>LIB</Proportion>"));
  EXPECT_THAT(answer.body, HasSubstr("<Scale>samples/s</Scale>\n<Proportion>HIB</Proportion>"));
  EXPECT_THAT(answer.body, HasSubstr("<Value>2.5</Value>"));
}

TEST(ExportFormat, NamesAreKnown) {
  EXPECT_EQ(*export_format(""), ExportFormat::json);
  EXPECT_EQ(*export_format("bmf"), ExportFormat::bmf);
  EXPECT_FALSE(export_format("BMF"));
}

}  // namespace
}  // namespace eb::board::test
