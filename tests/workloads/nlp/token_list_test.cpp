#include "workloads/nlp/token_list.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

using nlohmann::json;

TEST(TokenListTest, NumbersBelowTheVocabularyAreTaken) {
  const auto tokens = token_list({{"tokens", {0, 9, 3}}}, 3, 10);
  ASSERT_TRUE(tokens) << tokens.error().message;
  EXPECT_EQ(*tokens, (std::vector<std::int32_t>{0, 9, 3}));
}

TEST(TokenListTest, AnythingElseIsRefused) {
  for (const json& bad :
       {json::object(), json{{"tokens", 5}}, json{{"tokens", json::array()}}, json{{"tokens", {1, 2, 3, 4}}},
        json{{"tokens", {10}}}, json{{"tokens", {-1}}}, json{{"tokens", {1.5}}}, json{{"tokens", {"1"}}}}) {
    const auto tokens = token_list(bad, 3, 10);
    ASSERT_FALSE(tokens) << bad;
    EXPECT_NE(tokens.error().message.find("token"), std::string::npos) << tokens.error().message;
  }
}

}  // namespace
}  // namespace eb
