// Each workload's judge, on the real model and samples: the model as fetched passes, a damaged one does not.
// What has not been fetched is skipped.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <ostream>
#include <string>
#include <vector>

#include "backends/onnxruntime/backend.h"
#include "harness/base/clock.h"
#include "harness/base/files.h"
#include "harness/run/measure.h"
#include "tests/workloads/damage.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

std::filesystem::path environment_path(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::filesystem::path cache_folder() {
  if (auto own = environment_path("EDGEBENCH_CACHE"); !own.empty()) return own;
  if (auto base = environment_path("XDG_CACHE_HOME"); !base.empty()) return base / "edgebench";
  return environment_path("HOME") / ".cache" / "edgebench";
}

struct Model {
  std::string workload{}, precision{};
};

// So that a test's name is the same in each process.
void PrintTo(const Model& model, std::ostream* out) {
  *out << model.workload << " " << model.precision;
}

std::vector<Model> models_of_the_zoo() {
  std::vector<Model> models;
  if (const auto zoo = load_zoo({})) {
    for (const auto& [id, manifest] : *zoo)
      for (const auto& [precision, file] : manifest.info.models) models.push_back({id, precision});
  }
  return models;
}

Result<std::unique_ptr<Backend>> make_cpu(const std::string& /*name*/) {
  OnnxRuntimeOptions options;
  if (const auto root = environment_path("ONNXRUNTIME_ROOT"); !root.empty()) {
    options.libraries.push_back(root / "lib" / "libonnxruntime.so.1");
  }
  options.libraries.push_back(cache_folder() / "onnxruntime" / "lib" / "libonnxruntime.so.1");
  return make_cpu_backend(std::move(options));
}

// Opens and judges, with no scenario to measure.
RunRecord verify(const Manifest& manifest, const std::string& precision,
                 const std::filesystem::path& models) {
  Job job;
  job.workload = manifest.info.id;
  job.backend = "cpu";
  job.precision = precision;
  if (const auto backend = make_cpu("cpu")) {
    if (const auto devices = (*backend)->devices(); devices && !devices->empty())
      job.device = devices->front().id;
  }
  RunRecord result;
  const auto clock = make_steady_clock();
  const Parts parts{[&](const Job&) { return make_workload(manifest, models); }, make_cpu};
  measure(job, parts, *clock, {[](std::string_view) {}, [&](const RunRecord& record) { result = record; }});
  return result;
}

// A models folder in `folder` that holds the workload's own files, but for the model.
void link_all_but_the_model(const std::filesystem::path& workload, const std::string& model,
                            const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  for (const auto& entry : std::filesystem::directory_iterator(workload)) {
    const auto name = entry.path().filename();
    if (name != model) std::filesystem::create_symlink(entry.path(), folder / name);
  }
}

class DamagedModelTest : public ::testing::TestWithParam<Model> {};

TEST_P(DamagedModelTest, FailsItsJudgeAndTheWholeModelPasses) {
  const auto models = cache_folder() / "models";
  const auto zoo = load_zoo({});
  ASSERT_TRUE(zoo);
  const auto& [workload, precision] = GetParam();
  Manifest manifest = zoo->at(workload);
  const RunRecord whole = verify(manifest, precision, models);
  if (whole.status == RunStatus::unavailable) GTEST_SKIP() << whole.reason;
  ASSERT_EQ(whole.status, RunStatus::ok) << whole.reason;

  ModelFile& model = manifest.info.models.at(precision);
  const auto temporary = TempFolder::create();
  ASSERT_TRUE(temporary);
  link_all_but_the_model(models / workload, model.path.string(), temporary->path() / workload);
  auto bytes = read_file(models / workload / model.path, 1ull << 30);
  ASSERT_TRUE(bytes) << bytes.error().message;
  ASSERT_GT(testing::Damage(0.2).apply(*bytes), 1000U);
  std::ofstream(temporary->path() / workload / model.path, std::ios::binary) << *bytes;
  model.sha256.clear();

  const RunRecord damaged = verify(manifest, precision, temporary->path());
  EXPECT_EQ(damaged.status, RunStatus::wrong) << damaged.reason;
  ASSERT_TRUE(damaged.quality && whole.quality);
  RecordProperty("whole", std::to_string(*whole.quality));
  RecordProperty("damaged", std::to_string(*damaged.quality));
  EXPECT_FALSE(damaged.latency_p50_ms);
}

std::string test_name(const ::testing::TestParamInfo<Model>& info) {
  std::string name = info.param.workload + "_" + info.param.precision;
  for (char& c : name) {
    if (c == '/' || c == '-' || c == '.') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Zoo, DamagedModelTest, ::testing::ValuesIn(models_of_the_zoo()), test_name);

}  // namespace
}  // namespace eb
