#include "harness/base/ascii.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

TEST(Ascii, HashesAreLowerCaseAndOfOneLength) {
  EXPECT_TRUE(is_sha256(std::string(63, 'a') + '9'));
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(65, 'a'),
                                  std::string(64, 'A'), std::string(64, 'g'), std::string(63, 'a') + ' '})
    EXPECT_FALSE(is_sha256(text)) << text;
  EXPECT_TRUE(is_lower_hex("0f", 2));
  EXPECT_FALSE(is_lower_hex("0f", 4));
}

}  // namespace
}  // namespace eb
