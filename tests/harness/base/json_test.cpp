#include "harness/base/json.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace eb {
namespace {

std::string nested(std::size_t depth, std::string inside = "") {
  return std::string(depth, '[') + inside + std::string(depth, ']');
}

TEST(ParseJson, GivesTheValue) {
  const auto json = parse_json(R"({"a": [1, {"b": "]}"}], "c": null})");
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["a"][1]["b"], "]}");
  EXPECT_EQ(parse_json("3"), 3);
  EXPECT_EQ(parse_json<nlohmann::ordered_json>(R"({"z":1,"a":2})").dump(), R"({"z":1,"a":2})");
}

TEST(ParseJson, GivesNothingForWhatIsNotJson) {
  for (const char* text : {"", "{", "]", "{]", "nul", "'a'", "{\"a\":1}x", "\"open", "\"\\", "\xff"})
    EXPECT_TRUE(parse_json(text).is_discarded()) << text;
}

TEST(ParseJson, TakesAReasonableDepthAndNotOneFurther) {
  EXPECT_TRUE(parse_json(nested(64, "1")).is_array());
  EXPECT_TRUE(parse_json(nested(65, "1")).is_discarded());
  EXPECT_TRUE(parse_json(nested(1'000'000)).is_discarded());
  EXPECT_TRUE(parse_json("{\"a\":" + nested(64) + "}").is_discarded());
}

TEST(ParseJson, WhatClosesDoesNotAddUp) {
  std::string flat = "[";
  for (int i = 0; i < 1000; ++i) flat += "[{}],";
  EXPECT_EQ(parse_json(flat + "1]").size(), 1001u);
}

TEST(ParseJson, BracketsWithinTextsAreText) {
  EXPECT_TRUE(parse_json("[\"" + std::string(500, '[') + "\"]").is_array());
  EXPECT_TRUE(parse_json("[\"\\\"" + std::string(500, '{') + "\"]").is_array()) << "after an escaped quote";
  EXPECT_TRUE(parse_json("[\"\\\\\"," + nested(100) + "]").is_discarded())
      << "after an escaped backslash the text is over";
}

TEST(CanonicalJson, KeysAreInOrderOfTheirBytesWithoutWhiteSpace) {
  const auto ordered = parse_json<nlohmann::ordered_json>(
      R"({ "b" : [1, {"z": null, "y": true}], "a": "x y", "B": 2, "\u00e9": 3 })");
  EXPECT_EQ(canonical_json(ordered),
            "{\"B\":2,\"a\":\"x y\",\"b\":[1,{\"y\":true,\"z\":null}],\"\xc3\xa9\":3}");
  EXPECT_EQ(canonical_json({{"\xc3\xa9", 1}, {"z", 2}}), "{\"z\":2,\"\xc3\xa9\":1}") << "bytes are unsigned";
}

TEST(CanonicalJson, NumbersAreTheShortestThatReadBackTheSame) {
  for (const double number : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789.0, 1e21})
    EXPECT_EQ(parse_json(canonical_json(number)).get<double>(), number);
  EXPECT_EQ(canonical_json(0.1), "0.1");
  EXPECT_EQ(canonical_json(1), "1");
  EXPECT_EQ(canonical_json(1.0), "1.0");
  EXPECT_EQ(canonical_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(canonical_json(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(canonical_json(std::numeric_limits<double>::quiet_NaN()), "null");
}

TEST(CanonicalJson, IsItsOwnCanonicalForm) {
  const std::string text =
      canonical_json(parse_json(R"({"b":{"d":1e2,"c":"\n\u0000\u20ac"},"a":[-0.0,1E-7]})"));
  EXPECT_EQ(canonical_json(parse_json(text)), text);
}

TEST(CanonicalJson, TextsNeedNotBeUtf8) {
  EXPECT_EQ(canonical_json("a\xff"
                           "b"),
            "\"a\xef\xbf\xbd"
            "b\"");
  EXPECT_EQ(canonical_json(std::string("a\0b", 3)), R"("a\u0000b")");
}

}  // namespace
}  // namespace eb
