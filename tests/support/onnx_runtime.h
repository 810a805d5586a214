#pragma once
// The real ONNX Runtime and the tiny models of tests/models/make_op_models.py, for the tests that need them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "backends/onnxruntime/runtime.h"
#include "harness/base/process.h"
#include "tests/support/places.h"
#include "tests/support/tree.h"

namespace eb::test {

inline std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// Where scripts/fetch puts the runtime, or the user's own; empty if there is none.
inline std::filesystem::path runtime_library() {
  namespace fs = std::filesystem;
  fs::path cache = environment("EDGEBENCH_CACHE");
  if (cache.empty() && !environment("XDG_CACHE_HOME").empty())
    cache = fs::path(environment("XDG_CACHE_HOME")) / "edgebench";
  if (cache.empty()) cache = fs::path(environment("HOME")) / ".cache/edgebench";
  for (const fs::path& root : {fs::path(environment("ONNXRUNTIME_ROOT")), cache / "onnxruntime"})
    if (!root.empty() && fs::exists(root / "lib/libonnxruntime.so.1"))
      return root / "lib/libonnxruntime.so.1";
  return {};
}

// A suite with one runtime and one folder of models for all of its tests; skips where either cannot be had.
class WithRuntime : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (auto opened = ort::Runtime::open({runtime_library()})) shared().runtime = *std::move(opened);
    auto python = Process::start({"/usr/bin/python3",
                                  {(test::source_folder() / "tests/models/make_op_models.py").string(),
                                   shared().models.root().string()},
                                  {"PYTHONDONTWRITEBYTECODE=1"},
                                  ""});
    if (!python) return;
    std::string line;
    while ((*python)->next_line(line, std::chrono::seconds(60)) == Process::Event::line) {
    }
    shared().has_models = (*python)->wait(std::chrono::seconds(60)).describe() == "exit code 0";
    shared().problem = (*python)->error_tail();
  }
  static void TearDownTestSuite() { shared().runtime.reset(); }
  void SetUp() override {
    if (runtime_library().empty()) GTEST_SKIP() << "ONNX Runtime is not here; run scripts/fetch onnxruntime";
    ASSERT_TRUE(shared().runtime);
    if (!shared().has_models) GTEST_SKIP() << "no models; install python3-onnx: " << shared().problem;
  }
  static const ort::Runtime& runtime() { return *shared().runtime; }
  static std::filesystem::path model(std::string_view name) {
    return shared().models / (std::string(name) + ".onnx");
  }

 private:
  struct Shared {
    std::unique_ptr<ort::Runtime> runtime;
    Tree models;
    bool has_models = false;
    std::string problem;
  };
  static Shared& shared() {
    static Shared all;
    return all;
  }
};

}  // namespace eb::test
