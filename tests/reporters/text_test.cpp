#include "reporters/text.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace eb {
namespace {

TEST(ReportText, KeepsValidUtf8) {
  const std::string text = "aß模😀\n\t";
  EXPECT_EQ(valid_utf8(text), text);
  EXPECT_EQ(valid_utf8(""), "");
}

TEST(ReportText, ReplacesInvalidBytes) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(valid_utf8("a\xFFz"), "a" + bad + "z");
  EXPECT_EQ(valid_utf8("\xC3("), bad + "(");                         // lead without its continuation
  EXPECT_EQ(valid_utf8("\xE6\xA8"), bad + bad);                      // cut off at the end
  EXPECT_EQ(valid_utf8("\xC0\xAF"), bad + bad);                      // overlong '/'
  EXPECT_EQ(valid_utf8("\xE0\x80\xAF"), bad + bad + bad);            // overlong in three bytes
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), bad + bad + bad);            // surrogate
  EXPECT_EQ(valid_utf8("\xF4\x90\x80\x80").size(), 4 * bad.size());  // past U+10FFFF
}

TEST(ReportText, OneLineHasNoControls) {
  EXPECT_EQ(one_line("  a \n\r\n b\tc\x7F "), "a b c");
  EXPECT_EQ(one_line("\x1b[31mred"), "[31mred");
  EXPECT_EQ(one_line("a\xC2\x9B"
                     "b"),
            "a b");  // C1: a one-byte escape sequence for some terminals
  EXPECT_EQ(one_line("a\xE2\x80\xAE"
                     "b"),
            "a b");  // right-to-left override
  EXPECT_EQ(one_line("a\xE2\x80\xA8"
                     "b"),
            "a b");  // line separator
  EXPECT_EQ(one_line(std::string_view("\0x\0", 3)), "x");
  EXPECT_EQ(one_line(" \n"), "");
}

TEST(ReportText, MeasuresTerminalColumns) {
  EXPECT_EQ(display_width("abc"), 3);
  EXPECT_EQ(display_width("ünïcödé ≤ –"), 11);
  EXPECT_EQ(display_width("模型"), 4);
  EXPECT_EQ(display_width("e\xCC\x81"), 1);  // combining acute
  EXPECT_EQ(display_width("😀"), 2);
}

TEST(ReportText, CutsToColumns) {
  EXPECT_EQ(cut_to_width("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_to_width("abcdef", 5), "abcd…");
  EXPECT_EQ(cut_to_width("模型模型", 5), "模型…");
  EXPECT_EQ(cut_to_width("模型模型", 4), "模…");  // half a wide character is none
  EXPECT_EQ(cut_to_width("abc", 1), "…");
  EXPECT_EQ(cut_to_width("abc", 0), "");
  for (int columns = 0; columns < 12; ++columns)
    EXPECT_LE(display_width(cut_to_width("a模b型c😀", columns)), columns);
}

TEST(ReportText, WritesNumbersForPeople) {
  EXPECT_EQ(human_number(3.32111), "3.321");
  EXPECT_EQ(human_number(0.0071601), "0.007160");
  EXPECT_EQ(human_number(121026.4), "121026");
  EXPECT_EQ(human_number(9.9996), "10.00");
  EXPECT_EQ(human_number(999.96), "1000");
  EXPECT_EQ(human_number(0.99996, 3), "1.00");
  EXPECT_EQ(human_number(0), "0");
  EXPECT_EQ(human_number(-2.5), "-2.500");
  EXPECT_EQ(human_number(1e15), "1e+15");
  EXPECT_EQ(human_number(1e-9), "1e-09");
}

TEST(ReportText, WritesNothingForWhatIsNoNumber) {
  EXPECT_EQ(human_number(std::nan("")), "");
  EXPECT_EQ(human_number(std::numeric_limits<double>::infinity()), "");
  EXPECT_EQ(short_number(-std::numeric_limits<double>::infinity()), "");
}

TEST(ReportText, ShortNumbersDropClosingZeros) {
  EXPECT_EQ(short_number(0.95), "0.95");
  EXPECT_EQ(short_number(2.0), "2");
  EXPECT_EQ(short_number(100), "100");
  EXPECT_EQ(short_number(1000000), "1000000");
  EXPECT_EQ(short_number(1e13), "1e+13");
}

TEST(ReportText, GroupsLongNumbers) {
  EXPECT_EQ(grouped("1234"), "1234");
  EXPECT_EQ(grouped("12345"), "12\u202F345");
  EXPECT_EQ(grouped("1234567"), "1\u202F234\u202F567");
  EXPECT_EQ(grouped("-12345.6789"), "-12\u202F345.6789");
  EXPECT_EQ(grouped("0.123456"), "0.123456");
  EXPECT_EQ(grouped("cpu/12345"), "cpu/12345");
  EXPECT_EQ(grouped(""), "");
}

TEST(ReportText, Counts) {
  EXPECT_EQ(counted(0, "cell"), "0 cells");
  EXPECT_EQ(counted(1, "cell"), "1 cell");
  EXPECT_EQ(counted(2, "cell"), "2 cells");
}

}  // namespace
}  // namespace eb
