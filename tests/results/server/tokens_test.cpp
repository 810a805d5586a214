#include "results/server/tokens.h"

#include <gtest/gtest.h>

#include <set>

namespace eb::board::test {
namespace {

TEST(Tokens, AreLongDifferentAndKnownByTheirStart) {
  std::set<std::string> all;
  for (int i = 0; i < 100; ++i) all.insert(new_token(TokenKind::bearer));
  EXPECT_EQ(all.size(), 100U);
  EXPECT_EQ(all.begin()->size(), 4U + 43U);
  EXPECT_TRUE(all.begin()->starts_with("ebt_"));
  EXPECT_TRUE(new_token(TokenKind::deletion).starts_with("ebd_"));
}

TEST(Tokens, AreKeptAsHashes) {
  const std::string token = new_token(TokenKind::bearer), hash = token_hash(token);
  EXPECT_EQ(hash.size(), 64U);
  EXPECT_EQ(hash.find(token.substr(4)), std::string::npos);
  EXPECT_TRUE(is_same_hash(hash, token_hash(token)));
  EXPECT_FALSE(is_same_hash(hash, token_hash(token + "x")));
  EXPECT_FALSE(is_same_hash("", ""));
  EXPECT_FALSE(is_same_hash(hash, ""));
}

TEST(Tokens, BearerIsReadStrictly) {
  EXPECT_EQ(bearer_token("Bearer ebt_a-Z0"), "ebt_a-Z0");
  EXPECT_EQ(bearer_token("bearer x"), "x");
  for (const std::string& wrong :
       {std::string(), std::string("Bearer"), std::string("Bearer "), std::string("Basic abc"),
        std::string("Bearer a b"), std::string("Bearer a\n"), std::string("Bearer ") + std::string(129, 'a'),
        std::string("Bearer '--")})
    EXPECT_FALSE(bearer_token(wrong)) << wrong;
}

TEST(Tokens, ScopesAreKnownOnes) {
  EXPECT_EQ(*checked_scopes("admin,upload"), "upload,admin");
  EXPECT_EQ(*checked_scopes("upload"), "upload");
  EXPECT_FALSE(checked_scopes(""));
  EXPECT_FALSE(checked_scopes("upload,root"));
  EXPECT_NE(checked_scopes("root").error().message.find("'root'"), std::string::npos);
  EXPECT_TRUE(has_scope("upload,admin", "admin"));
  EXPECT_FALSE(has_scope("upload", "admin"));
  EXPECT_FALSE(has_scope("upload", "up"));
  EXPECT_FALSE(has_scope("", "upload"));
}

}  // namespace
}  // namespace eb::board::test
