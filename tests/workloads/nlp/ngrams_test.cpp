#include "workloads/nlp/ngrams.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace eb {
namespace {

using nlohmann::json;

json table_of(const json& ngrams) {
  return {{"schema", "edgebench.ngrams/1"}, {"labels", {"eng", "deu"}}, {"ngrams", ngrams}};
}

const json kNgrams = {
    {" ", "t", "h", "z"}, {" t", "th", "he", "qq"}, {"the", "at ", "zzz"}, {" the", "hat "}};

std::vector<float> count(const json& ngrams, std::string_view text) {
  const auto table = NgramTable::parse(table_of(ngrams).dump());
  EXPECT_TRUE(table) << (table ? "" : table.error().message);
  std::vector<float> features(table->features(), -1.0F);
  table->count(text, features);
  return features;
}

// What getNormalized of lande 1.0.10 makes of the same texts (node 20).
TEST(NormalizeText, EqualsTheOriginal) {
  struct Case {
    const char* text;
    const char16_t* expected;
  };
  for (const Case& c : {
           Case{"Hello,  World!", u" hello world "},
           Case{"co\u2010operation--and \t x-y", u" cooperation and x y "},
           Case{"a\tb\u00A0c", u" a\tb\u00A0c "},
           Case{"\u0130stanbul I\u0131", u" i\u0307stanbul i\u0131 "},
           Case{"\u039F\u0394\u039F\u03A3 \u03A3\u0391\u03A3, \u03A3 \u0391\u03A3\u0391.",
                u" \u03BF\u03B4\u03BF\u03C2 \u03C3\u03B1\u03C2 \u03C3 \u03B1\u03C3\u03B1 "},
           Case{"", u"  "},
           Case{"12 34 -- !", u"  "},
           Case{"\U00010428\U00010400 z", u" \xD801\xDC28\xD801\xDC28 z "},
           Case{"e\u0301\u0915\u093F", u" e\u0301\u0915\u093F "},
           Case{"\uFEFF x \u3000", u" x "},
           Case{"\u1E9E\u00DF \u01C5", u" \u00DF\u00DF \u01C6 "},
           Case{"- a -", u" a "},
           Case{"\u200Bab\u200D c_d", u" ab cd "},
       }) {
    EXPECT_EQ(normalize_text(c.text), c.expected) << c.text;
  }
}

TEST(NormalizeText, DropsInvalidBytes) {
  EXPECT_EQ(normalize_text("a\xFF\x80 b\xC3"), u" a b ");
}

// Values that getNgrams of lande 1.0.10 gives for the same text, rounded to 32 bits as it does.
TEST(NgramTable, FrequenciesEqualTheOriginal) {
  const std::vector<float> expected = {0.2692307692307692F,
                                       0.2692307692307692F,
                                       0.15384615384615385F,
                                       0.0F,  // 26 single letters
                                       0.12F,
                                       0.12F,
                                       0.08F,
                                       0.0F,  // 25 pairs
                                       0.08333333333333333F,
                                       0.08333333333333333F,
                                       0.0F,  // 24 triples
                                       0.08695652173913043F,
                                       0.043478260869565216F};  // 23 fours
  EXPECT_EQ(count(kNgrams, "The cat, the hat - that's it."), expected);
}

TEST(NgramTable, TextWithoutLettersIsTwoSpaces) {
  EXPECT_EQ(count({{" "}, {"  "}, {"abc"}, {"abcd"}}, "1234 !"), (std::vector<float>{1, 1, 0, 0}));
}

TEST(NgramTable, CountsCodeUnitsNotCodePoints) {
  // U+10428 is two units: the text is 4 units long, and a pair can be one letter.
  EXPECT_EQ(count({{" "}, {"\U00010428"}, {"abc"}, {"abcd"}}, "\U00010428"),
            (std::vector<float>{0.5F, static_cast<float>(1.0 / 3), 0, 0}));
}

TEST(NgramTable, KeepsLabelsInOrder) {
  const auto table = NgramTable::parse(table_of(kNgrams).dump());
  ASSERT_TRUE(table);
  EXPECT_EQ(table->labels(), (std::vector<std::string>{"eng", "deu"}));
  EXPECT_EQ(table->features(), 13U);
}

TEST(NgramTable, RefusesWhatIsNoTable) {
  json without_labels = table_of(kNgrams);
  without_labels.erase("labels");
  json other_schema = table_of(kNgrams);
  other_schema["schema"] = "edgebench.ngrams/2";
  json numeric_label = table_of(kNgrams);
  numeric_label["labels"][1] = 5;
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string("\"x\""),
        std::string("{\"schema\": \"\xFF\"}"), std::string(100'000, '['), without_labels.dump(),
        other_schema.dump(), numeric_label.dump(), table_of(json::array()).dump(), table_of("abc").dump(),
        table_of(json::object()).dump(), table_of({{"a"}, {"ab"}, {"abc"}}).dump(),
        table_of({{"a"}, {"ab"}, {"abc"}, {}}).dump(), table_of({{"a"}, {"ab"}, {"abc"}, {1}}).dump(),
        table_of({{"a"}, {"ab"}, {"abc"}, "abcd"}).dump()}) {
    const auto table = NgramTable::parse(text);
    ASSERT_FALSE(table) << text.substr(0, 80);
    EXPECT_EQ(table.error().kind, ErrorKind::invalid);
  }
}

TEST(NgramTable, RefusesAWrongLengthAndARepetition) {
  const auto wrong = NgramTable::parse(table_of({{"a"}, {"abc"}, {"abc"}, {"abcd"}}).dump());
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("2-grams"), std::string::npos) << wrong.error().message;
  const auto twice = NgramTable::parse(table_of({{"a", "b", "a"}, {"ab"}, {"abc"}, {"abcd"}}).dump());
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("twice"), std::string::npos) << twice.error().message;
}

}  // namespace
}  // namespace eb
