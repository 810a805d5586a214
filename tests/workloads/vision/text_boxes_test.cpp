#include "workloads/vision/text_boxes.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace eb {
namespace {

constexpr TextDecoding kPlain{.threshold = 0.3F, .min_score = 0.5F, .growth = 0, .min_side_pixels = 1};

// A map of one row of text a row: '#' is 1, '+' 0.4, anything else 0.
std::vector<ScoredBox> find(const std::vector<std::string>& rows, const TextDecoding& decoding = kPlain) {
  std::vector<float> chances;
  for (const std::string& row : rows)
    for (const char c : row) chances.push_back(c == '#' ? 1.0F : c == '+' ? 0.4F : 0.0F);
  return find_text_boxes(chances, {static_cast<int>(rows[0].size()), static_cast<int>(rows.size())},
                         decoding);
}

void expect_box(const Box& box, const Box& due) {
  EXPECT_FLOAT_EQ(box.x0, due.x0);
  EXPECT_FLOAT_EQ(box.y0, due.y0);
  EXPECT_FLOAT_EQ(box.x1, due.x1);
  EXPECT_FLOAT_EQ(box.y1, due.y1);
}

TEST(FindTextBoxes, EachThatHangsTogetherIsABoxInOrderOfItsTop) {
  const auto boxes = find({"......##", ".###..##", ".###....", "........"});
  ASSERT_EQ(boxes.size(), 2U);
  expect_box(boxes[0].box, {6, 0, 8, 2});
  expect_box(boxes[1].box, {1, 1, 4, 3});
  EXPECT_FLOAT_EQ(boxes[0].score, 1);
}

TEST(FindTextBoxes, CornersHoldTogether) {
  const auto boxes = find({"#...", ".#..", "..#."}, {.threshold = 0.3F, .min_score = 0.1F});
  ASSERT_EQ(boxes.size(), 1U);
  expect_box(boxes[0].box, {0, 0, 3, 3});
  EXPECT_FLOAT_EQ(boxes[0].score, 1.0F / 3);
}

TEST(FindTextBoxes, TheThresholdIsExceededByText) {
  EXPECT_EQ(find({"+"}, {.threshold = 0.4F}).size(), 0U);
  EXPECT_EQ(find({"+"}, {.threshold = 0.39F}).size(), 1U);
}

TEST(FindTextBoxes, DoubtfulBoxesAndSpecksAreLeftOut) {
  EXPECT_TRUE(find({"++", "++"}).empty());
  const TextDecoding no_specks{.threshold = 0.3F, .min_score = 0.5F, .min_side_pixels = 2};
  EXPECT_EQ(find({"####..##", "......##"}, no_specks).size(), 1U);
}

TEST(FindTextBoxes, GrowByTheirAreaOverTheirCircumference) {
  // 4 x 2: area 8, circumference 12.
  const TextDecoding growing{.threshold = 0.3F, .min_score = 0.5F, .growth = 1.5};
  const auto boxes = find({"........", "........", "..####..", "..####..", "........", "........"}, growing);
  ASSERT_EQ(boxes.size(), 1U);
  expect_box(boxes[0].box, {1, 1, 7, 5});
}

TEST(FindTextBoxes, DoNotGrowOutOfTheMap) {
  const auto boxes = find({"###", "###"}, {.threshold = 0.3F, .min_score = 0.5F, .growth = 10});
  ASSERT_EQ(boxes.size(), 1U);
  expect_box(boxes[0].box, {0, 0, 3, 2});
}

TEST(FindTextBoxes, NotANumberIsNoText) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(find_text_boxes(std::vector<float>{nan, nan}, {2, 1}, kPlain).empty());
  // Within a box it makes the box doubtful.
  EXPECT_TRUE(find_text_boxes(std::vector<float>{1, nan, 1, 1, 1, 1}, {3, 2}, kPlain).empty());
}

TEST(FindTextBoxes, AMapThatIsAllTextIsOneBox) {
  const std::vector<float> chances(std::size_t{512} * 512, 1.0F);
  EXPECT_EQ(find_text_boxes(chances, {512, 512}, kPlain).size(), 1U);
}

TEST(DetectionCounts, TheHarmonicMeanOfPrecisionAndRecall) {
  // Precision 3/4, recall 3/6.
  EXPECT_DOUBLE_EQ((DetectionCounts{.hits = 3, .found = 4, .truth = 6}.harmonic_mean()), 0.6);
  EXPECT_DOUBLE_EQ((DetectionCounts{.hits = 0, .found = 4, .truth = 6}.harmonic_mean()), 0);
  EXPECT_DOUBLE_EQ(DetectionCounts{}.harmonic_mean(), 0);
}

}  // namespace
}  // namespace eb
