#include "backends/onnxruntime/providers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/onnx_runtime.h"

namespace eb::ort {
namespace {

using test::problem;
using ::testing::Contains;
using ::testing::HasSubstr;

std::string text(const std::vector<KeyValue>& options, std::string_view report = {}) {
  return option_text(options, report);
}

TEST(OptionText, NamesEveryOption) {
  EXPECT_EQ(text({}), "");
  EXPECT_EQ(text({{"mode", "burst"}, {"session.x", "1"}}), "mode=burst; session.x=1");
}

TEST(OptionText, TellsNoPathAndNoReportOfOurs) {
  EXPECT_EQ(text({{"cache", "/home/me/x"}, {"dll", "C:\\x"}}), "cache=PATH; dll=PATH");
  EXPECT_EQ(text({{"report", "/tmp/1"}, {"a", "b"}}, "/tmp/1"), "a=b");
  EXPECT_EQ(text({{"report", "short"}}, "/tmp/1"), "report=short");
}

TEST(OptionText, IsPrintableAndBounded) {
  EXPECT_EQ(text({{"a;b", "\xff\n"}}), "a?b=??");
  EXPECT_EQ(text({{"a", std::string(100, 'x')}}), "a=" + std::string(64, 'x') + "...");
  const std::vector<KeyValue> many(500, {"key", "value"});
  EXPECT_LT(text(many).size(), 1100u);
  EXPECT_TRUE(text(many).ends_with("; ..."));
}

class Providers : public test::WithRuntime {
 protected:
  static std::string why_not(std::string_view provider, const std::vector<KeyValue>& options) {
    const auto made = new_session_options(runtime());
    return problem(append_provider(runtime(), provider, nullptr, options, made->get()));
  }
};

TEST_F(Providers, TheProcessorsIsBuiltIn) {
  const auto names = built_in_providers(runtime());
  ASSERT_TRUE(names);
  EXPECT_THAT(*names, Contains("CPUExecutionProvider"));
}

TEST_F(Providers, WhatIsNotThereIsAnErrorWithItsName) {
  EXPECT_THAT(why_not("NobodysExecutionProvider", {}), HasSubstr("NobodysExecutionProvider"));
  EXPECT_THAT(why_not("NnapiExecutionProvider", {{"flags", "4"}}),
              HasSubstr("does not export OrtSessionOptionsAppendExecutionProvider_Nnapi"));
  EXPECT_THAT(why_not("VSINPUExecutionProvider", {}), HasSubstr("_VSINPU"));
  EXPECT_THAT(why_not("RknpuExecutionProvider", {}), HasSubstr("_Rknpu"));
  EXPECT_THAT(why_not("ACLExecutionProvider", {}), HasSubstr("_ACL"));
  EXPECT_NE(why_not("CANNExecutionProvider", {}), "");
}

TEST_F(Providers, OptionsOfProvidersThatTakeOneNumberAreChecked) {
  EXPECT_THAT(why_not("NnapiExecutionProvider", {{"flag", "4"}}), HasSubstr("no option 'flag'"));
  for (const char* value : {"four", "4x", "-1", "99999999999", ""})
    EXPECT_THAT(why_not("NnapiExecutionProvider", {{"flags", value}}), HasSubstr("takes a number")) << value;
  EXPECT_THAT(why_not("VSINPUExecutionProvider", {{"flags", "4"}}), HasSubstr("no option 'flags'"));
}

TEST_F(Providers, EntriesOfTheSessionAreSetAsSuch) {
  const auto made = new_session_options(runtime());
  ASSERT_TRUE(made);
  const std::vector<KeyValue> options = {{"session.disable_prepacking", "1"}};
  EXPECT_EQ(problem(append_provider(runtime(), "CPUExecutionProvider", nullptr, options, made->get())), "");
  EXPECT_TRUE(is_set(runtime(), made->get(), {}, {"session.disable_prepacking", "1"}));
  EXPECT_FALSE(is_set(runtime(), made->get(), {}, {"session.disable_prepacking", "0"}));
  EXPECT_FALSE(is_set(runtime(), made->get(), {}, {"session.never_set", "1"}));
}

TEST_F(Providers, AnOptionOfTheProviderIsSetWithItsValueOnly) {
  const auto made = new_session_options(runtime());
  ASSERT_TRUE(made);
  const std::vector<KeyValue> options = {{"where", "chip"}};
  EXPECT_TRUE(is_set(runtime(), made->get(), options, {"where", "chip"}));
  EXPECT_FALSE(is_set(runtime(), made->get(), options, {"where", "cpu"}));
  EXPECT_FALSE(is_set(runtime(), made->get(), options, {"mode", "chip"}));
}

}  // namespace
}  // namespace eb::ort
