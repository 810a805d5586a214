#include "harness/base/secret_token.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

TEST(SecretToken, IsOneWordThatIsNeverTheSame) {
  const std::string token = secret_token("ebx_");
  EXPECT_TRUE(token.starts_with("ebx_"));
  EXPECT_EQ(token.size(), 4 + 43u);
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
  EXPECT_NE(token, secret_token("ebx_"));
}

}  // namespace
}  // namespace eb
