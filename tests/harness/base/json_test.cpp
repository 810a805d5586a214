#include "harness/base/json.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace eb
