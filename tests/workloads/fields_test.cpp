#include "workloads/fields.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

using nlohmann::json;

TEST(Fields, StringIsTaken) {
  const auto text = string_field(json{{"file", "a.wav"}}, "file", 5);
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "a.wav");
}

TEST(Fields, StringMustBeThereAndAStringAndWithinBounds) {
  for (const json& object : {json::object(), json{{"file", 7}}, json{{"file", nullptr}}, json{{"file", ""}},
                             json{{"file", "a.wave"}}, json::array({"file"}), json("file"), json()}) {
    const auto text = string_field(object, "file", 5);
    ASSERT_FALSE(text) << object.dump();
    EXPECT_EQ(text.error().kind, ErrorKind::invalid);
    EXPECT_NE(text.error().message.find("\"file\""), std::string::npos) << text.error().message;
  }
}

TEST(Fields, IntegerBoundsAreInclusive) {
  for (const std::int64_t value : {-3, 0, 9}) {
    const auto number = integer_field(json{{"n", value}}, "n", -3, 9);
    ASSERT_TRUE(number) << value;
    EXPECT_EQ(*number, value);
  }
  EXPECT_FALSE(integer_field(json{{"n", -4}}, "n", -3, 9));
  EXPECT_FALSE(integer_field(json{{"n", 10}}, "n", -3, 9));
}

TEST(Fields, IntegerMustBeAWholeNumber) {
  for (const char* text : {R"({})", R"({"n": 1.5})", R"({"n": "1"})", R"({"n": true})", R"({"n": [1]})",
                           R"({"n": 18446744073709551615})", R"({"n": 1e30})", R"([1])"}) {
    EXPECT_FALSE(integer_field(json::parse(text), "n", -5, 5)) << text;
  }
}

TEST(Fields, ListHoldsShortStrings) {
  EXPECT_EQ(*string_list_field({{"l", {"a", "b"}}}, "l", 2), (std::vector<std::string>{"a", "b"}));
  for (const json& bad : {json{{"l", {"a", "b", "c"}}}, json{{"l", json::array()}}, json{{"l", {1}}},
                          json{{"l", "a"}}, json{{"l", {std::string(1000, 'x')}}}, json::object()})
    EXPECT_FALSE(string_list_field(bad, "l", 2)) << bad;
}

}  // namespace
}  // namespace eb
