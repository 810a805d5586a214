#include "results/server/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb::board::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(ParseTarget, DecodesPathAndParameters) {
  const auto target = parse_target("/devices/Adreno%20740?a=1&b=x+y%26z&c&=d");
  ASSERT_TRUE(target);
  EXPECT_THAT(target->path, ElementsAre("devices", "Adreno 740"));
  EXPECT_THAT(target->parameters,
              ElementsAre(Pair("a", "1"), Pair("b", "x y&z"), Pair("c", ""), Pair("", "d")));
  EXPECT_EQ(target->parameter("b"), "x y&z");
  EXPECT_EQ(target->parameter("none"), "");
  EXPECT_THAT(target->without("b"), ElementsAre(Pair("a", "1"), Pair("c", ""), Pair("", "d")));
}

TEST(ParseTarget, TakesTheRootAndASlashAtTheEnd) {
  EXPECT_THAT(parse_target("/")->path, IsEmpty());
  EXPECT_THAT(parse_target("/?x=1")->path, IsEmpty());
  EXPECT_THAT(parse_target("/chips/")->path, ElementsAre("chips"));
}

class NoTarget : public ::testing::TestWithParam<const char*> {};
TEST_P(NoTarget, IsRefused) {
  EXPECT_FALSE(parse_target(GetParam()));
}
INSTANTIATE_TEST_SUITE_P(Hostile, NoTarget,
                         ::testing::Values("", "*", "http://other/", "runs/a", "//", "//evil", "/a//b", "/..",
                                           "/a/../b", "/./a", "/%2e%2e/etc/passwd", "/a/%2E%2e", "/%", "/%2",
                                           "/%zz", "/a%00b", "/a%0d%0ab", "/a%7f", "/%ff", "/%c0%af",
                                           "/%ed%a0%80", "/%f4%90%80%80", "/%e2%82", "/?a=%0a", "/?%ff=1"));

TEST(ParseTarget, KeepsAnEncodedSlashInOnePart) {
  EXPECT_THAT(parse_target("/devices/a%2Fb")->path, ElementsAre("devices", "a/b"));
}

TEST(ParseTarget, BoundsTheNumberOfParameters) {
  std::string text = "/?";
  for (int i = 0; i < 64; ++i) text += "a=1&";
  EXPECT_TRUE(parse_target(text));
  EXPECT_FALSE(parse_target(text + "a=1"));
}

TEST(UrlEncode, GivesBackWhatItWas) {
  std::string all;
  for (int c = 0x20; c < 0x7F; ++c) all += static_cast<char>(c);
  all += "\xC3\xA9\xF0\x9F\x98\x80";
  const auto target = parse_target(make_url("/devices/" + url_encode(all), {{all, all}}));
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path[1], all);
  EXPECT_THAT(target->parameters, ElementsAre(Pair(all, all)));
}

TEST(HttpRequest, ADoubledHeaderIsNone) {
  const HttpRequest request{.headers = {{"a", "1"}, {"b", "2"}, {"b", "3"}}};
  EXPECT_EQ(request.header("a"), "1");
  EXPECT_FALSE(request.header("b"));
  EXPECT_FALSE(request.header("c"));
}

}  // namespace
}  // namespace eb::board::test
