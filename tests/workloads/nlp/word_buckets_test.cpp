#include "workloads/nlp/word_buckets.h"

#include <gtest/gtest.h>

#include <vector>

namespace eb {
namespace {

std::vector<std::int32_t> numbers(std::string_view text, std::size_t slots = 5,
                                  std::uint32_t buckets = 4096) {
  std::vector<std::int32_t> found(slots, -1);
  number_words(text, buckets, found);
  return found;
}

// Of make/smart_reply_dialogues.py, which the network was trained with: tests/workloads/make has them, too.
TEST(WordBucketsTest, AreThoseOfTheTraining) {
  EXPECT_EQ(numbers("We meet at 7."), (std::vector<std::int32_t>{1153, 1815, 2097, 1267, 0}));
}

TEST(WordBucketsTest, CaseAndWhatIsBetweenWordsDoNotCount) {
  EXPECT_EQ(numbers("  WE,meet\tat--7"), numbers("we meet at 7?!"));
  EXPECT_NE(numbers("we meet"), numbers("wemeet"));
}

TEST(WordBucketsTest, BytesBeyondAsciiAreOfWords) {
  EXPECT_EQ(numbers("caf\u00E9 \u00E9")[2], 0);
  EXPECT_NE(numbers("caf\u00E9")[0], numbers("caf")[0]);
  EXPECT_NE(numbers("\u00C9")[0], numbers("\u00E9")[0]);
}

TEST(WordBucketsTest, TheLastSlotIsEmptyAndFewerWordsLeaveMoreSo) {
  EXPECT_EQ(numbers("a a a a a a a", 3), (std::vector<std::int32_t>{numbers("a")[0], numbers("a")[0], 0}));
  EXPECT_EQ(numbers("", 2), (std::vector<std::int32_t>{0, 0}));
  EXPECT_EQ(numbers("...", 1), (std::vector<std::int32_t>{0}));
  number_words("a", 2, {});
}

TEST(WordBucketsTest, NumbersAreWithinTheBuckets) {
  for (const char* word : {"a", "bc", "def", "ghij"}) {
    EXPECT_EQ(numbers(word, 2, 2)[0], 1);
    EXPECT_GE(numbers(word, 2, 10)[0], 1);
    EXPECT_LT(numbers(word, 2, 10)[0], 10);
  }
}

}  // namespace
}  // namespace eb
