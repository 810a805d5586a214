// Discovery with tables of the tests', in the real runtime, with the simulated NPU's library.
#include "backends/npu/npu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/onnx_runtime.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using test::problem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr Vendor kSimulated{.id = "sim",
                            .provider = "EdgebenchSimNpu",
                            .backend = "npu",
                            .kind = "npu",
                            .plugin = "edgebench_simnpu",
                            .install = "build it",
                            .options = {{{"clock_mhz", "8"}}},
                            .doubt = "it is simulated",
                            .confirmed_by = {"clock_mhz", "8"}};
constexpr Vendor kOther{.id = "other",
                        .provider = "OtherExecutionProvider",
                        .backend = "npu",
                        .kind = "npu",
                        .plugin = "other_ep",
                        .install = "buy it"};
constexpr Vendor kProcessor{.id = "processor",
                            .provider = "CPUExecutionProvider",
                            .backend = "npu",
                            .kind = "npu",
                            .is_built_in = true,
                            .install = "it is there"};
constexpr Vendor kTable[] = {kSimulated, kOther, kProcessor};

TEST(Npu, WithoutTheRuntimeItIsUnavailable) {
  const auto backend = make_npu_backend({{"/nowhere/libonnxruntime.so.1"}, "", 1}, {});
  EXPECT_EQ(backend->name(), "npu");
  EXPECT_TRUE(backend->facts().empty());
  EXPECT_THAT(problem(backend->devices()), HasSubstr("ONNX Runtime is not here"));
  EXPECT_EQ(backend->open({}).error().kind, ErrorKind::unavailable);
}

class NpuDiscovery : public test::WithRuntime {
 protected:
  void SetUp() override {
    WithRuntime::SetUp();
    if (!IsSkipped() && !fs::exists(library())) GTEST_SKIP() << "no library " << library();
  }

  static fs::path library() { return test::build_folder() / "libedgebench_simnpu.so"; }
  static std::unique_ptr<Backend> npu(const NpuOptions& options) {
    return make_npu_backend({{test::runtime_library()}, "", 1}, options);
  }
  static std::vector<std::string> ids(Backend& backend) {
    std::vector<std::string> all;
    if (const auto devices = backend.devices())
      for (const Device& device : *devices) all.push_back(device.id);
    return all;
  }
  static std::string fact(Backend& backend, std::string_view name) {
    for (const auto& [key, value] : backend.facts())
      if (key == name) return value;
    return "";
  }
  // A copy in a folder of the test's, or text that is no library.
  void put(const std::string& name) { fs::copy_file(library(), folder_ / name); }
  void put_text(const std::string& name) { folder_.write(name, "no library"); }

  test::Tree folder_;
};

TEST_F(NpuDiscovery, AnEmptyTableAndNoLibraryIsAReasonWithTheOption) {
  const auto backend = npu({.table = {}});
  EXPECT_THAT(problem(backend->devices()), HasSubstr("--ep-library NAME=PATH"));
  EXPECT_THAT(fact(*backend, "runtime"), HasSubstr(runtime().version()));
}

TEST_F(NpuDiscovery, FindsTheTablesLibrariesAndBuiltInProviders) {
  put("libedgebench_simnpu.so");
  const auto backend = npu({.folders = {folder_.root()}, .table = kTable});
  EXPECT_THAT(ids(*backend), ::testing::ElementsAre("sim:0", "processor:0"));
  const auto devices = backend->devices();
  EXPECT_THAT((*devices)[0].facts, Contains(Pair("provider", kSimulated.provider)));
  EXPECT_EQ(fact(*backend, "absent_other"), "") << "nothing of it is here: the table says how to have it";
}

TEST_F(NpuDiscovery, AFolderThatIsNotThereOrRelativeIsNotLookedInto) {
  put("libedgebench_simnpu.so");
  std::error_code code;
  const fs::path relative = fs::relative(folder_.root(), fs::current_path(), code);
  ASSERT_TRUE(fs::exists(relative / "libedgebench_simnpu.so"));
  const auto backend = npu({.folders = {"/nowhere", relative, ""}, .table = {kTable, 2}});
  EXPECT_THAT(ids(*backend), IsEmpty());
}

TEST_F(NpuDiscovery, AFileThatIsNoLibraryIsAReasonAndNoOthersFailure) {
  put("libedgebench_simnpu.so");
  put_text("libother_ep.so");
  const auto backend = npu({.folders = {folder_.root()}, .table = {kTable, 2}});
  EXPECT_THAT(ids(*backend), ::testing::ElementsAre("sim:0"));
  EXPECT_THAT(fact(*backend, "absent_other"), HasSubstr("does not load"));
  EXPECT_THAT(fact(*backend, "absent_other"), HasSubstr("buy it"));
}

TEST_F(NpuDiscovery, ALibraryUnderAnothersNameIsNotTakenForIt) {
  put("libother_ep.so");
  const auto backend = npu({.folders = {folder_.root()}, .table = {kTable + 1, 1}});
  EXPECT_THAT(ids(*backend), IsEmpty());
  EXPECT_THAT(fact(*backend, "absent_other"), HasSubstr("it brings EdgebenchSimNpu, not OtherExecution"));
}

TEST_F(NpuDiscovery, WhatTheUserNamesIsNotLookedForAgain) {
  put("libedgebench_simnpu.so");
  for (const char* name : {"sim", "mine"}) {
    const auto backend =
        npu({.libraries = {{name, library()}}, .folders = {folder_.root()}, .table = {kTable, 2}});
    EXPECT_THAT(ids(*backend), ::testing::ElementsAre(std::string(name) + ":0"));
  }
}

TEST_F(NpuDiscovery, ANamedLibraryThatDoesNotLoadIsAReasonAndNoOthersFailure) {
  put_text("broken.so");
  const NpuOptions options{.libraries = {{"broken", folder_ / "broken.so"}, {"mine", library()}},
                           .table = {}};
  const auto backend = npu(options);
  EXPECT_THAT(ids(*backend), ::testing::ElementsAre("mine:0"));
  EXPECT_THAT(fact(*backend, "absent_broken"), HasSubstr("see --ep-library broken=PATH"));
  const auto alone = npu({.libraries = {{"broken", folder_ / "broken.so"}}, .table = {}});
  EXPECT_THAT(problem(alone->devices()), HasSubstr("see --ep-library broken=PATH"));
}

TEST_F(NpuDiscovery, OnlyTheWantedLibraryIsLoaded) {
  put("libedgebench_simnpu.so");
  put_text("libother_ep.so");
  const auto backend = npu({.folders = {folder_.root()}, .only = "sim", .table = kTable});
  EXPECT_THAT(ids(*backend), ::testing::ElementsAre("sim:0"));
  EXPECT_EQ(fact(*backend, "absent_other"), "");
}

TEST_F(NpuDiscovery, SessionsHaveTheTablesOptionsUnderTheUsers) {
  put("libedgebench_simnpu.so");
  for (const char* clock : {"8", "16"}) {
    NpuOptions options{.folders = {folder_.root()}, .only = "sim", .table = kTable};
    if (std::string_view(clock) != "8") options.ep_options["sim"] = {{"clock_mhz", clock}};
    options.ep_options["sim"]["chip"] = (test::build_folder() / "edgebench_simnpu_chip").string();
    const auto backend = npu(options);
    auto session = backend->open({.model = model("conv_strided"), .device_id = "sim:0", .threads = 1});
    ASSERT_EQ(problem(session), "");
    EXPECT_EQ((*session)->provider_options(), std::string("chip=PATH; clock_mhz=") + clock);
    if (runtime().api_version() < ort::kAssignmentApi) continue;
    const auto placement = (*session)->placement({});
    ASSERT_EQ(problem(placement), "");
    const bool is_tables = std::string_view(clock) == "8";
    EXPECT_EQ(placement->evidence, is_tables ? "confirmed" : "assigned");
    EXPECT_EQ(placement->doubt, is_tables ? "" : "it is simulated");
  }
}

TEST_F(NpuDiscovery, AStrictSessionConfirmsWhereThatSettlesIt) {
  if (runtime().api_version() < ort::kAssignmentApi) GTEST_SKIP() << "this runtime tells no placement";
  Vendor row = kSimulated;
  row.options = {};
  row.confirmed_by = {"session.disable_cpu_ep_fallback", "1"};
  const auto backend = npu({.libraries = {{"mine", library()}}, .table = {&row, 1}});
  for (const bool is_strict : {true, false}) {
    SessionOptions options{.model = model("conv_strided"), .device_id = "mine:0", .threads = 1};
    options.is_strict = is_strict;
    auto session = backend->open(options);
    ASSERT_EQ(problem(session), "");
    const auto placement = (*session)->placement({});
    ASSERT_EQ(problem(placement), "");
    EXPECT_EQ(placement->evidence, is_strict ? "confirmed" : "assigned");
    EXPECT_EQ(placement->doubt, is_strict ? "" : "it is simulated");
  }
}

TEST_F(NpuDiscovery, OursIsNotDoubtedWhereTheTableDoesNotKnowIt) {
  const auto backend = npu({.libraries = {{"mine", library()}}, .table = {}});
  auto session = backend->open({.model = model("conv_strided"), .device_id = "mine:0", .threads = 1});
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ((*session)->provider_options(), "");
  if (runtime().api_version() < ort::kAssignmentApi) return;
  const auto placement = (*session)->placement({});
  ASSERT_EQ(problem(placement), "");
  EXPECT_EQ(std::pair(placement->evidence, placement->doubt),
            std::pair(std::string("assigned"), std::string()));
}

TEST_F(NpuDiscovery, ADeviceOfNoOne) {
  const auto backend = npu({.libraries = {{"mine", library()}}, .table = {}});
  for (const char* id : {"mine:7", "yours:0", "mine", ""})
    EXPECT_EQ(backend->open({.model = model("conv_strided"), .device_id = id}).error().kind,
              ErrorKind::unavailable)
        << id;
}

TEST_F(NpuDiscovery, WebgpuIsADeviceOrSaysWhatItTakes) {
  const auto backend = make_webgpu_backend({{test::runtime_library()}, "", 1}, {}, {});
  EXPECT_EQ(backend->name(), "webgpu");
  const auto devices = backend->devices();
  if (devices) {
    EXPECT_EQ((*devices)[0].id, "0");
  } else {
    EXPECT_EQ(devices.error().kind, ErrorKind::unavailable);
    EXPECT_THAT(devices.error().message, HasSubstr("Mesa, 25 or newer"));
  }
}

}  // namespace
}  // namespace eb
