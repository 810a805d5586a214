#include "workloads/nlp/unicode.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

TEST(DecodeUtf8, TakesEveryLength) {
  EXPECT_EQ(decode_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x90\x90\xA8"), U"a\u00E9\u20AC\U00010428");
  EXPECT_EQ(decode_utf8("\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF"), U"\u007F\u0080\u07FF\u0800\uFFFF");
  EXPECT_EQ(decode_utf8("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), U"\U00010000\U0010FFFF");
  EXPECT_EQ(decode_utf8(""), U"");
}

TEST(DecodeUtf8, KeepsZeroBytes) {
  EXPECT_EQ(decode_utf8(std::string_view("a\0b", 3)), std::u32string_view(U"a\0b", 3));
}

TEST(DecodeUtf8, ReplacesWhatIsInvalid) {
  EXPECT_EQ(decode_utf8("a\x80z"), U"a\uFFFDz");                            // a byte of the middle, alone
  EXPECT_EQ(decode_utf8("\xC3"), U"\uFFFD");                                // cut off
  EXPECT_EQ(decode_utf8("\xE2\x82z"), U"\uFFFD\uFFFDz");                    // cut off by a letter
  EXPECT_EQ(decode_utf8("\xC0\xAF\xC1\xBF"), U"\uFFFD\uFFFD\uFFFD\uFFFD");  // overlong in two bytes
  EXPECT_EQ(decode_utf8("\xE0\x80\xAF"), U"\uFFFD\uFFFD\uFFFD");            // in three
  EXPECT_EQ(decode_utf8("\xF0\x80\x80\xAF"), U"\uFFFD\uFFFD\uFFFD\uFFFD");  // in four
  EXPECT_EQ(decode_utf8("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");            // a surrogate
  EXPECT_EQ(decode_utf8("\xF4\x90\x80\x80"), U"\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond U+10FFFF
  EXPECT_EQ(decode_utf8("\xFE\xFF"), U"\uFFFD\uFFFD");
}

TEST(DecodeUtf8, NeverGivesMoreCodePointsThanBytes) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string bytes = {static_cast<char>(first), static_cast<char>(second)};
      const std::u32string text = decode_utf8(bytes);
      EXPECT_LE(text.size(), 2U);
      EXPECT_GE(text.size(), 1U);
      for (const char32_t code : text) EXPECT_LE(code, 0x10FFFFU);
    }
  }
}

TEST(EncodeUtf16, UsesSurrogatesBeyondTheBasicPlane) {
  EXPECT_EQ(encode_utf16(U"a\u20AC\U00010428\U0010FFFF"), u"a\u20AC\xD801\xDC28\xDBFF\xDFFF");
}

TEST(Letters, LettersAndMarksOfManyScripts) {
  for (const char32_t code : std::u32string_view(
           U"azAZ\u00AA\u00E9\u0301\u03A3\u0416\u05D0\u0627\u0915\u093F\u3042\u4E00\uAC00\U00010428")) {
    EXPECT_TRUE(is_letter_or_mark(code)) << std::hex << static_cast<std::uint32_t>(code);
  }
  for (const char32_t code :
       U" 09-_.\u00A0\u00B7\u00D7\u2010\u200B\u20AC\u3000\uFEFF\uFFFD\U0001F600\U0010FFFF") {
    EXPECT_FALSE(is_letter_or_mark(code)) << std::hex << static_cast<std::uint32_t>(code);
  }
}

TEST(Letters, WhiteSpaceIsJavaScripts) {
  for (const char32_t code :
       std::u32string_view(U"\t\n\v\f\r \u00A0\u1680\u2000\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF")) {
    EXPECT_TRUE(is_white_space(code)) << std::hex << static_cast<std::uint32_t>(code);
  }
  for (const char32_t code : U"\u0008\u000E\u0085\u180E\u200B\u2060a") EXPECT_FALSE(is_white_space(code));
}

TEST(ToLower, OneForOne) {
  EXPECT_EQ(to_lower(U"AbZ\u00C9\u0178\u0416\u0531\u10A0\u1E9E\u2C60\uA640\uFF21\U00010400"),
            U"abz\u00E9\u00FF\u0436\u0561\u2D00\u00DF\u2C61\uA641\uFF41\U00010428");
  EXPECT_EQ(to_lower(U"\u0100\u0101\u0102"), U"\u0101\u0101\u0103");  // capitals and small letters alternate
  EXPECT_EQ(to_lower(U"1 \u00DF\u4E00\U0010FFFF"), U"1 \u00DF\u4E00\U0010FFFF");
}

TEST(ToLower, DottedCapitalIBecomesTwo) {
  EXPECT_EQ(to_lower(U"\u0130I\u0131"), U"i\u0307i\u0131");
}

TEST(ToLower, SigmaAtTheEndOfAWord) {
  EXPECT_EQ(to_lower(U"\u039F\u0394\u039F\u03A3 \u03A3\u0391\u03A3 \u03A3"),
            U"\u03BF\u03B4\u03BF\u03C2 \u03C3\u03B1\u03C2 \u03C3");
}

}  // namespace
}  // namespace eb
