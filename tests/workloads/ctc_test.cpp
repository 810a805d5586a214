#include "workloads/ctc.h"

#include <gmock/gmock.h>

#include <limits>

namespace eb {
namespace {

using ::testing::HasSubstr;

Alphabet alphabet(std::string_view keys = "a\nb\n\u00e9\n") {
  auto parsed = Alphabet::parse(keys);
  EXPECT_TRUE(parsed);
  return parsed ? *parsed : Alphabet{};
}

// Chances of which the named class is the best at each step. The classes: 0 blank, 1 a, 2 b, 3 e acute, 4
// space.
std::vector<float> steps(const std::vector<std::size_t>& best) {
  std::vector<float> chances;
  for (const std::size_t index : best)
    for (std::size_t c = 0; c < 5; ++c) chances.push_back(c == index ? 0.6F : 0.1F);
  return chances;
}

TEST(Alphabet, HasBlankKeysAndSpace) {
  const Alphabet letters = alphabet();
  ASSERT_EQ(letters.classes(), 5u);
  EXPECT_EQ(letters.symbol(0), U"");
  EXPECT_EQ(letters.symbol(1), U"a");
  EXPECT_EQ(letters.symbol(3), U"\u00e9");
  EXPECT_EQ(letters.symbol(4), U" ");
}

TEST(Alphabet, ReadsFilesWithAndWithoutALastLineEnd) {
  EXPECT_EQ(alphabet("a\nb").classes(), 4u);
  EXPECT_EQ(alphabet("a\r\nb\r\n").classes(), 4u);
}

TEST(Alphabet, RefusesOtherFiles) {
  EXPECT_FALSE(Alphabet::parse(""));
  EXPECT_FALSE(Alphabet::parse("\n"));
  EXPECT_FALSE(Alphabet::parse(std::string(17, 'x')));
  const auto gap = Alphabet::parse("a\n\nb\n");
  ASSERT_FALSE(gap);
  EXPECT_THAT(gap.error().message, HasSubstr("line 2"));
  std::string endless;
  for (int i = 0; i < 65'537; ++i) endless += "a\n";
  EXPECT_FALSE(Alphabet::parse(endless));
}

TEST(DecodeCtc, JoinsRepetitionsAndDropsBlanks) {
  EXPECT_EQ(decode_ctc(steps({0, 1, 1, 0, 0, 2, 2, 2, 4, 3}), alphabet()), U"ab \u00e9");
}

TEST(DecodeCtc, ABlankKeepsEqualLettersApart) {
  EXPECT_EQ(decode_ctc(steps({1, 0, 1}), alphabet()), U"aa");
  EXPECT_EQ(decode_ctc(steps({1, 1}), alphabet()), U"a");
}

TEST(DecodeCtc, NothingIsNoText) {
  EXPECT_EQ(decode_ctc({}, alphabet()), U"");
  EXPECT_EQ(decode_ctc(steps({0, 0, 0}), alphabet()), U"");
}

TEST(DecodeCtc, NotANumberIsBlank) {
  std::vector<float> chances(10, std::numeric_limits<float>::quiet_NaN());
  EXPECT_EQ(decode_ctc(chances, alphabet()), U"");
  chances[2] = 0.1F;
  EXPECT_EQ(decode_ctc(chances, alphabet()), U"b");
}

TEST(DecodeCtc, IgnoresAnIncompleteStep) {
  std::vector<float> chances = steps({1, 2});
  chances.pop_back();
  EXPECT_EQ(decode_ctc(chances, alphabet()), U"a");
}

TEST(TrimSpaces, AtTheEndsOnly) {
  EXPECT_EQ(trim_spaces(U"  a b "), U"a b");
  EXPECT_EQ(trim_spaces(U"ab"), U"ab");
  EXPECT_EQ(trim_spaces(U"   "), U"");
  EXPECT_EQ(trim_spaces(U""), U"");
}

TEST(EditDistance, WorkedExamples) {
  EXPECT_EQ(edit_distance(U"kitten", U"sitting"), 3u);
  EXPECT_EQ(edit_distance(U"flaw", U"lawn"), 2u);
  EXPECT_EQ(edit_distance(U"abc", U"abc"), 0u);
  EXPECT_EQ(edit_distance(U"abc", U"xyz"), 3u);
}

TEST(EditDistance, ToNothingIsTheLength) {
  EXPECT_EQ(edit_distance(U"", U"abcd"), 4u);
  EXPECT_EQ(edit_distance(U"abcd", U""), 4u);
  EXPECT_EQ(edit_distance(U"", U""), 0u);
}

TEST(EditDistance, CountsCodePointsNotBytes) {
  EXPECT_EQ(edit_distance(U"g\u00e9n\u00e9rale", U"generale"), 2u);
  EXPECT_EQ(edit_distance(U"\U0001F600", U"a"), 1u);
}

TEST(EditDistance, IsSymmetric) {
  EXPECT_EQ(edit_distance(U"recognition", U"cognitive"), edit_distance(U"cognitive", U"recognition"));
}

TEST(NumberedWords, EqualWordsHaveEqualNumbersInAllTexts) {
  WordNumbers numbers;
  const auto first = numbered_words(U"  one two  one ", numbers),
             second = numbered_words(U"two one", numbers);
  ASSERT_EQ(first.size(), 3u);
  EXPECT_EQ(first[0], first[2]);
  EXPECT_NE(first[0], first[1]);
  EXPECT_EQ(second, (std::u32string{first[1], first[0]}));
  EXPECT_EQ(edit_distance(first, second), 1u);
  EXPECT_EQ(numbered_words(U"   ", numbers), U"");
}

}  // namespace
}  // namespace eb
