#include "backends/onnxruntime/backend.h"

#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/support/onnx_runtime.h"

namespace eb {
namespace {

std::string fact(Backend& backend, std::string_view name) {
  for (const auto& [key, value] : backend.facts())
    if (key == name) return value;
  return "";
}

TEST(CpuBackend, WithoutTheRuntimeEveryCallIsUnavailableAndNoneCrashes) {
  const auto backend = make_cpu_backend({{"/nowhere/libonnxruntime.so.1"}, "Example 9000", 2});
  EXPECT_EQ(backend->name(), "cpu");
  EXPECT_TRUE(backend->facts().empty());
  const SessionOptions options{.model = "m.onnx"};
  EXPECT_EQ(backend->devices().error().kind, ErrorKind::unavailable);
  EXPECT_EQ(backend->open(options).error().kind, ErrorKind::unavailable);
  EXPECT_EQ(backend->count_operations(options).error().kind, ErrorKind::unavailable);
}

class RealCpuBackend : public test::WithRuntime {
 protected:
  std::unique_ptr<Backend> backend_ = make_cpu_backend({{test::runtime_library()}, "Example 9000", 2});
};

TEST_F(RealCpuBackend, HasOneDeviceThatIsTheProcessor) {
  const auto devices = backend_->devices();
  ASSERT_TRUE(devices) << devices.error().message;
  ASSERT_EQ(devices->size(), 1u);
  EXPECT_EQ((*devices)[0].id, "0");
  EXPECT_EQ((*devices)[0].name, "Example 9000");
  EXPECT_EQ((*devices)[0].kind, "cpu");
  EXPECT_NE((*devices)[0].driver.find(runtime().version()), std::string::npos);
}

TEST_F(RealCpuBackend, FactsNameTheRuntimeAndItsHash) {
  EXPECT_EQ(fact(*backend_, "runtime"), "ONNX Runtime " + runtime().version());
  EXPECT_EQ(fact(*backend_, "runtime_sha256"), *sha256_of_file(test::runtime_library()));
  EXPECT_FALSE(fact(*backend_, "runtime_build").empty());
  EXPECT_EQ(fact(*backend_, "ort_log_level"), "error");
}

TEST_F(RealCpuBackend, ThreadsAreTheUsersElseTheDefault) {
  SessionOptions options{.model = model("no_work"), .device_id = "0"};
  auto session = backend_->open(options);
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ((*session)->threads(), 2);
  options.threads = 1;
  session = backend_->open(options);
  ASSERT_TRUE(session);
  EXPECT_EQ((*session)->threads(), 1);
}

TEST_F(RealCpuBackend, CountsAndPlacesWhatItOpens) {
  const SessionOptions options{.model = model("conv_strided"), .device_id = "0"};
  const auto session = backend_->open(options);
  const auto work = backend_->count_operations(options);
  ASSERT_TRUE(session && work);
  EXPECT_EQ(work->macs(), 110'592);
  if (runtime().api_version() >= ort::kAssignmentApi) {
    EXPECT_EQ((*session)->placement(*work)->macs, 1);
  }
}

}  // namespace
}  // namespace eb
