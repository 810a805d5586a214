#include "harness/base/json_schema.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

using Json = nlohmann::json;

// What is said of `value`; "" if nothing is wrong.
std::string said(const Json& value, const Json& schema) {
  const Status done = check_json(value, schema, "a.json");
  return done ? "" : done.error().message;
}

const Json kBoards = Json::parse(R"({
  "type": "object", "required": ["boards"], "additionalProperties": false,
  "properties": {
    "boards": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"$ref": "#/definitions/board"}},
    "dims": {"type": "object", "maxProperties": 2, "additionalProperties": {"type": "integer", "minimum": 1}}},
  "definitions": {"board": {
    "type": "object", "required": ["id"], "additionalProperties": false,
    "properties": {
      "id": {"type": "string", "maxLength": 8, "pattern": "^[a-z0-9]+$", "description": "Small letters."},
      "rest_s": {"type": "number", "minimum": 0, "maximum": 10},
      "tags": {"type": "array", "uniqueItems": true, "items": {"type": "string", "minLength": 1}},
      "kind": {"enum": ["pi", 5]}, "on": {"type": "boolean"}, "v": {"const": 1}}}}
})");

std::string said_of_board(const char* board) {
  return said({{"boards", {Json::parse(board)}}}, kBoards);
}

TEST(JsonSchema, TakesWhatIsRight) {
  EXPECT_EQ(said_of_board(R"({"id":"pi5","rest_s":10,"tags":["a","b"],"kind":5,"on":true,"v":1})"), "");
  EXPECT_EQ(said(Json::parse(R"({"boards":[{"id":"a"}],"dims":{"n":1}})"), kBoards), "");
}

TEST(JsonSchema, NamesTheFileThePlaceAndWhatIsWrong) {
  EXPECT_EQ(said(Json::array(), kBoards), "a.json: it is a list, but must be an object");
  EXPECT_EQ(said(Json::object(), kBoards), "a.json: the member 'boards' is missing");
  EXPECT_EQ(said(Json::parse(R"({"boards":[{"id":"a"}],"Boards":1})"), kBoards),
            "a.json: there is no member 'Boards'; known: boards, dims");
  EXPECT_EQ(said(Json::parse(R"({"boards":[{"id":"a"},{"id":"b","ip":1}]})"), kBoards),
            "a.json: boards[1] (b): there is no member 'ip'; known: id, kind, on, rest_s, tags, v");
  EXPECT_EQ(said(Json::parse(R"({"boards":[{}]})"), kBoards),
            "a.json: boards[0]: the member 'id' is missing: Small letters.");
}

TEST(JsonSchema, ChecksEveryKeyword) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"id":7})", ".id: it is a whole number, but must be a text: Small letters."},
      {R"({"id":"A"})", ".id: it is not of the form asked for: Small letters."},
      {R"({"id":"a\nb"})", ".id: it is not of the form asked for: Small letters."},
      {R"({"id":"a\n"})", ".id: it is not of the form asked for: Small letters."},
      {R"({"id":"abcdefghi"})", ".id: it has more than 8 bytes: Small letters."},
      {R"({"id":"a","rest_s":-0.5})", ".rest_s: it is less than 0"},
      {R"({"id":"a","rest_s":11})", ".rest_s: it is more than 10"},
      {R"({"id":"a","rest_s":"1"})", ".rest_s: it is a text, but must be a number"},
      {R"({"id":"a","tags":["x","y","x"]})", ".tags: it has an item twice"},
      {R"({"id":"a","tags":[""]})", ".tags[0]: it is empty"},
      {R"({"id":"a","kind":"po"})", ".kind: it is none of pi, 5"},
      {R"({"id":"a","on":0})", ".on: it is a whole number, but must be true or false"},
      {R"({"id":"a","v":2})", ".v: it must be 1"},
      {R"({"id":"a","v":null})", ".v: it must be 1"}};
  for (const auto& [board, end] : cases) {
    const std::string text = said_of_board(board);
    EXPECT_TRUE(text.starts_with("a.json: boards[0]")) << text;
    EXPECT_TRUE(text.ends_with(end)) << board << " -> " << text;
  }
  EXPECT_EQ(said(Json::parse(R"({"boards":[]})"), kBoards), "a.json: boards: it is empty");
  EXPECT_EQ(said(Json::parse(R"({"boards":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}]})"), kBoards),
            "a.json: boards: it has more than 3 items");
  EXPECT_EQ(said(Json::parse(R"({"boards":[{"id":"a"}],"dims":{"n":0}})"), kBoards),
            "a.json: dims.n: it is less than 1");
}

TEST(JsonSchema, DoesNotRepeatATextOfTheValue) {
  const char* const cases[] = {R"({"id":"a","kind":"hunter2!"})", R"({"id":"a","rest_s":"hunter2!"})",
                               R"({"id":"a","v":"hunter2!"})"};
  for (const char* board : cases) {
    const std::string text = said_of_board(board);
    EXPECT_NE(text, "");
    EXPECT_EQ(text.find("er2!"), std::string::npos) << text;
  }
}

TEST(JsonSchema, ShowsAStrangeNameAsPlainText) {
  const std::string text =
      said({{"boards", {{{"id", "a"}}}}, {"\x1b[2J" + std::string(500, 'x'), 1}}, kBoards);
  EXPECT_TRUE(text.starts_with("a.json: there is no member '?[2Jxxx")) << text;
  EXPECT_LT(text.size(), 150u);
}

TEST(JsonSchema, AKeywordThatNobodyChecksIsOurBug) {
  for (const char* schema : {R"({"oneOf": []})", R"({"type": "null"})"}) {
    const Status done = check_json(1, Json::parse(schema), "a.json");
    ASSERT_FALSE(done) << schema;
    EXPECT_EQ(done.error().kind, ErrorKind::internal) << done.error().message;
  }
}

TEST(JsonSchema, WhatIsNotJsonOrTooDeepIsAnError) {
  for (const std::string& text : {std::string(), std::string("{"), std::string("{\"boards\": [}"),
                                  std::string(1'000'000, '['), std::string("{\"a\":\"\xff\"}")}) {
    const auto read = read_json(text, kBoards.dump(), "a.json");
    ASSERT_FALSE(read);
    EXPECT_TRUE(read.error().message.starts_with("a.json is not JSON")) << read.error().message;
  }
  EXPECT_TRUE(read_json(R"({"boards":[{"id":"a"}]})", kBoards.dump(), "a.json"));
}

}  // namespace
}  // namespace eb
