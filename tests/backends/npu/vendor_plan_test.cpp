#include "backends/npu/vendor_plan.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

using enum ProviderForm;

constexpr Vendor kByOption{.id = "a",
                           .provider = "AExecutionProvider",
                           .backend = "npu",
                           .kind = "npu",
                           .bridge = "providers_a",
                           .install = "buy it",
                           .options = {{{"where", "chip", "where_path"}, {"mode", "burst"}}},
                           .doubt = "it may not",
                           .confirmed_by = {"where", "chip"}};
constexpr Vendor kBySession{.id = "b",
                            .provider = "BExecutionProvider",
                            .backend = "npu",
                            .options = {{{"where", "chip", "", true}}},
                            .doubt = "it may not",
                            .confirmed_by = {"session.no_fallback", "1"}};
constexpr Vendor kTable[] = {kByOption, kBySession};

TEST(VendorPlan, TheTablesOptionsAreSetUnlessTheUserGivesThem) {
  EXPECT_EQ(plan_for(kByOption, {}, library).options, (EpOptions{{"mode", "burst"}, {"where", "chip"}}));
  EXPECT_EQ(plan_for(kByOption, {{"mode", "saver"}, {"x", "1"}}, library).options,
            (EpOptions{{"mode", "saver"}, {"where", "chip"}, {"x", "1"}}));
}

TEST(VendorPlan, AnOptionThatTheUsersExcludesIsNotSet) {
  EXPECT_EQ(plan_for(kByOption, {{"where_path", "/x"}}, library).options,
            (EpOptions{{"mode", "burst"}, {"where_path", "/x"}}));
}

TEST(VendorPlan, ALibraryIsNotToldWhatOnlyTheBuiltInProviderKnows) {
  EXPECT_TRUE(plan_for(kBySession, {}, library).options.empty());
  EXPECT_EQ(plan_for(kBySession, {}, built_in).options, (EpOptions{{"where", "chip"}}));
}

TEST(VendorPlan, DoubtComesWithWhatWouldEndIt) {
  const EpPlan plan = plan_for(kByOption, {}, library);
  EXPECT_EQ(plan.doubt, "it may not");
  EXPECT_EQ(plan.confirmed_by, std::pair(std::string("where"), std::string("chip")));
  EXPECT_EQ(plan_for(kByOption, {{"mode", "saver"}}, library).confirmed_by.first, "where")
      << "another option of the user's says nothing of the place";
  EXPECT_EQ(plan_for(kBySession, {{"where", "chip"}}, built_in).confirmed_by.first, "session.no_fallback");
}

TEST(VendorPlan, NothingConfirmsAgainstTheUsersOptions) {
  EXPECT_EQ(plan_for(kByOption, {{"where_path", "/x"}, {"where", "chip"}}, library).confirmed_by.first, "");
  EXPECT_EQ(plan_for(kBySession, {{"where", "auto"}}, built_in).confirmed_by.first, "");
  EXPECT_EQ(plan_for(kBySession, {{"where", "auto"}}, library).confirmed_by.first, "");
}

TEST(VendorPlan, TheProviderOfALibraryIsFoundByItsName) {
  EXPECT_EQ(plan_for_library("AExecutionProvider", "A Inc.", {}, kTable).options.at("mode"), "burst");
  const EpPlan unknown = plan_for_library("C", "C Inc.", {{"x", "1"}}, kTable);
  EXPECT_EQ(unknown.options, (EpOptions{{"x", "1"}}));
  EXPECT_EQ(unknown.doubt, "an unknown provider: nothing confirms the runtime's assignment");
  EXPECT_EQ(plan_for_library("Ours", "edgebench", {}, kTable).doubt, "");
}

TEST(VendorPlan, ABuiltInProviderKnowsItsLibraryBesideTheRuntime) {
  const BuiltInOptions options = built_in_options(kByOption, {});
  EXPECT_EQ(options.backend, "a");
  EXPECT_EQ(options.provider, "AExecutionProvider");
  EXPECT_EQ(options.kind, "npu");
  EXPECT_EQ(options.remedy, "buy it");
  ASSERT_EQ(options.bridges.size(), 3u);
  EXPECT_EQ(options.bridges.front(), "libproviders_a.so");
  EXPECT_TRUE(built_in_options(kBySession, {}).bridges.empty());
}

}  // namespace
}  // namespace eb
