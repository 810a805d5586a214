#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/onnxruntime/backend.h"
#include "tests/support/onnx_runtime.h"

namespace eb {
namespace {

using test::problem;
using ::testing::HasSubstr;

TEST(BuiltIn, WithoutTheRuntimeEveryCallIsUnavailable) {
  const auto backend = make_built_in_backend({{"/nowhere/libonnxruntime.so.1"}, "", 1},
                                             {.backend = "x", .provider = "XExecutionProvider"});
  EXPECT_EQ(backend->name(), "x");
  EXPECT_TRUE(backend->facts().empty());
  EXPECT_EQ(backend->devices().error().kind, ErrorKind::unavailable);
  EXPECT_EQ(backend->open({}).error().kind, ErrorKind::unavailable);
}

class BuiltInProvider : public test::WithRuntime {
 protected:
  static std::unique_ptr<Backend> backend(BuiltInOptions options) {
    return make_built_in_backend({{test::runtime_library()}, "", 1}, std::move(options));
  }
  // The one provider that every runtime contains and that starts everywhere.
  static BuiltInOptions processor() {
    return {.backend = "x", .provider = "CPUExecutionProvider", .kind = "npu"};
  }
};

TEST_F(BuiltInProvider, OneThatWasNotBuiltInNamesTheRemedy) {
  const auto devices =
      backend({.backend = "x", .provider = "NobodysExecutionProvider", .remedy = "buy it"})->devices();
  ASSERT_FALSE(devices);
  EXPECT_EQ(devices.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(devices.error().message, "ONNX Runtime " + runtime().version() +
                                         " was built without NobodysExecutionProvider; to have it: buy it");
}

TEST_F(BuiltInProvider, OneWithoutItsLibraryNamesTheFile) {
  const auto devices = backend({.backend = "x",
                                .provider = "TensorrtExecutionProvider",
                                .bridges = {"libnobody_has_this.so"},
                                .remedy = "buy it"})
                           ->devices();
  if (devices) GTEST_SKIP() << "TensorRT is installed";
  EXPECT_EQ(devices.error().kind, ErrorKind::unavailable);
  if (devices.error().message.find("was built without") != std::string::npos)
    GTEST_SKIP() << "this runtime does not know TensorRT";
  EXPECT_THAT(devices.error().message,
              HasSubstr("libnobody_has_this.so is not beside it; to have it: buy it"));
}

TEST_F(BuiltInProvider, ADeviceSaysWhoseItIs) {
  const auto devices = backend(processor())->devices();
  ASSERT_EQ(problem(devices), "");
  ASSERT_EQ(devices->size(), 1u);
  EXPECT_EQ((*devices)[0].id, "0");
  EXPECT_THAT((*devices)[0].facts, ::testing::Contains(::testing::Pair("provider", "CPUExecutionProvider")));
}

TEST_F(BuiltInProvider, ASessionTellsItsOptionsAndItsDoubt) {
  BuiltInOptions options = processor();
  options.plan = {.options = {{"session.disable_prepacking", "1"}}, .doubt = "it may not"};
  const auto made = backend(options);
  const SessionOptions wanted{.model = model("conv_strided"), .device_id = "0"};
  auto session = made->open(wanted);
  ASSERT_EQ(problem(session), "");
  EXPECT_EQ((*session)->provider_options(), "session.disable_prepacking=1");
  if (runtime().api_version() < ort::kAssignmentApi) return;
  const auto placement = (*session)->placement({});
  ASSERT_EQ(problem(placement), "");
  EXPECT_EQ(placement->evidence, "assigned");
  EXPECT_EQ(placement->doubt, "it may not");
}

TEST_F(BuiltInProvider, WhatASessionWasOpenedWithConfirms) {
  if (runtime().api_version() < ort::kAssignmentApi) GTEST_SKIP() << "this runtime tells no placement";
  BuiltInOptions options = processor();
  options.plan = {.options = {{"session.disable_prepacking", "1"}}, .doubt = "it may not"};
  for (const char* value : {"1", "0"}) {
    options.plan.confirmed_by = {"session.disable_prepacking", value};
    const auto made = backend(options);
    auto session = made->open({.model = model("conv_strided"), .device_id = "0"});
    ASSERT_EQ(problem(session), "");
    const auto placement = (*session)->placement({});
    ASSERT_EQ(problem(placement), "");
    const bool is_so = std::string_view(value) == "1";
    EXPECT_EQ(placement->evidence, is_so ? "confirmed" : "assigned");
    EXPECT_EQ(placement->doubt, is_so ? "" : "it may not");
  }
}

TEST_F(BuiltInProvider, ADeviceThatItDoesNotHave) {
  EXPECT_THAT(problem(backend(processor())->open({.model = model("conv_strided"), .device_id = "7"})),
              HasSubstr("no device '7'"));
}

}  // namespace
}  // namespace eb
