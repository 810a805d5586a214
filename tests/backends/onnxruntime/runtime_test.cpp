#include "backends/onnxruntime/runtime.h"

#include <gtest/gtest.h>

#include "tests/support/onnx_runtime.h"

namespace eb::ort {
namespace {

using test::problem;

TEST(Runtime, WithoutALibraryIsUnavailableAndSaysHowToGetIt) {
  for (const std::vector<std::filesystem::path>& candidates :
       {std::vector<std::filesystem::path>{},
        {"/nowhere/libonnxruntime.so.1"},
        {"/nowhere/a.so", "libnothing-of-the-kind.so"}}) {
    const auto runtime = Runtime::open(candidates);
    ASSERT_FALSE(runtime);
    EXPECT_EQ(runtime.error().kind, ErrorKind::unavailable);
    EXPECT_NE(runtime.error().message.find("run scripts/fetch onnxruntime, or set ONNXRUNTIME_ROOT"),
              std::string::npos)
        << runtime.error().message;
    if (!candidates.empty()) {
      const std::string first = candidates.front().string();
      EXPECT_NE(runtime.error().message.find("cannot open " + first + ": "), std::string::npos)
          << runtime.error().message;
      EXPECT_EQ(runtime.error().message.find(first), runtime.error().message.rfind(first)) << "named twice";
    }
  }
}

TEST(Runtime, AnotherLibraryIsNotTakenForIt) {
  const auto runtime = Runtime::open({"libm.so.6"});
  ASSERT_FALSE(runtime);
  EXPECT_EQ(runtime.error().kind, ErrorKind::unavailable);
  EXPECT_NE(runtime.error().message.find("libm.so.6 is not ONNX Runtime"), std::string::npos)
      << runtime.error().message;
}

TEST(Runtime, ALibraryThatCannotBeLoadedIsUnavailable) {
  const test::Tree tree;
  const auto runtime = Runtime::open({tree.write("libonnxruntime.so.1",
                                                 "\x7f"
                                                 "ELF, but cut short")});
  ASSERT_FALSE(runtime);
  EXPECT_EQ(runtime.error().kind, ErrorKind::unavailable);
  EXPECT_NE(runtime.error().message.find("libonnxruntime.so.1"), std::string::npos);
}

class RealRuntime : public test::WithRuntime {};

TEST_F(RealRuntime, SaysItsVersionPlaceAndInterface) {
  EXPECT_TRUE(runtime().version().starts_with("1.")) << runtime().version();
  EXPECT_TRUE(std::filesystem::equivalent(runtime().library(), test::runtime_library()));
  EXPECT_GE(runtime().api_version(), kOldestApi);
  EXPECT_LE(runtime().api_version(), static_cast<std::uint32_t>(ORT_API_VERSION));
}

TEST_F(RealRuntime, TheFirstCandidateThatOpensIsTaken) {
  const auto opened = Runtime::open({"/nowhere/libonnxruntime.so", test::runtime_library()});
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->version(), runtime().version());
}

TEST_F(RealRuntime, StatusesBecomeErrorsOfTheirKind) {
  const std::pair<OrtErrorCode, ErrorKind> kinds[] = {{ORT_NO_SUCHFILE, ErrorKind::invalid},
                                                      {ORT_INVALID_ARGUMENT, ErrorKind::invalid},
                                                      {ORT_INVALID_PROTOBUF, ErrorKind::invalid},
                                                      {ORT_INVALID_GRAPH, ErrorKind::invalid},
                                                      {ORT_NO_MODEL, ErrorKind::invalid},
                                                      {ORT_NOT_IMPLEMENTED, ErrorKind::unsupported},
                                                      {ORT_FAIL, ErrorKind::device},
                                                      {ORT_RUNTIME_EXCEPTION, ErrorKind::device},
                                                      {ORT_EP_FAIL, ErrorKind::device}};
  EXPECT_TRUE(runtime().check(nullptr));
  for (const auto& [code, kind] : kinds) {
    const auto status = runtime().check(runtime().api().CreateStatus(code, "why"));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, kind) << code;
    EXPECT_EQ(status.error().message, "why");
  }
}

TEST_F(RealRuntime, LackOfMemoryIsReadFromTheMessage) {
  for (const char* message :
       {"std::bad_alloc", "Failed to allocate memory for requested buffer of size 17592186044416",
        "CUDA out of memory"}) {
    const auto status = runtime().check(runtime().api().CreateStatus(ORT_RUNTIME_EXCEPTION, message));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().kind, ErrorKind::out_of_memory) << message;
  }
}

TEST_F(RealRuntime, MessagesAreOneSentenceOfBoundedLength) {
  const auto message_of = [](const std::string& text) {
    return runtime().check(runtime().api().CreateStatus(ORT_FAIL, text.c_str())).error().message;
  };
  EXPECT_EQ(message_of("first line\nsecond line.\n\n"), "first line second line");
  EXPECT_EQ(message_of("/onnxruntime_src/onnxruntime/core/graph/model.cc:46 Unsupported version"),
            "Unsupported version");
  EXPECT_EQ(message_of("/onnxruntime_src/x.cc:1 f(int)::<lambda()> a == b was false. No adapter: none"),
            "No adapter: none");
  EXPECT_EQ(message_of("a == b was false. "), "a == b was false");
  EXPECT_LE(message_of(std::string(100'000, 'x')).size(), 410u);
  EXPECT_EQ(message_of(""), "");
}

}  // namespace
}  // namespace eb::ort
