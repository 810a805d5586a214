#include "workloads/vision/ssd.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace eb {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t kClasses = 3;
constexpr ObjectDecoding kDecoding{.picture = {.width = 100, .height = 200},
                                   .classes = kClasses,
                                   .min_score = 0.5F,
                                   .max_overlap = 0.6,
                                   .max_objects = 10};
const std::vector<SsdAnchor> kOne = {{.x = 0.5F, .y = 0.5F, .width = 0.2F, .height = 0.1F}};

std::vector<std::size_t> numbers(const std::vector<FoundObject>& objects) {
  std::vector<std::size_t> result;
  for (const FoundObject& object : objects) result.push_back(object.number);
  return result;
}

void expect_box(const Box& box, float x0, float y0, float x1, float y1) {
  EXPECT_NEAR(box.x0, x0, 1e-4);
  EXPECT_NEAR(box.y0, y0, 1e-4);
  EXPECT_NEAR(box.x1, x1, 1e-4);
  EXPECT_NEAR(box.y1, y1, 1e-4);
}

TEST(SsdAnchors, GoRowByRowWithAllShapesOfACell) {
  const std::vector<SsdGrid> grids = {
      {.cells = 2, .shapes = {{.width = 0.1F, .height = 0.2F}, {.width = 0.3F, .height = 0.4F}}},
      {.cells = 1, .shapes = {{.width = 1, .height = 1}}}};
  const auto anchors = make_ssd_anchors(grids);
  ASSERT_EQ(anchors.size(), 9U);
  EXPECT_FLOAT_EQ(anchors[1].x, 0.25F);
  EXPECT_FLOAT_EQ(anchors[1].width, 0.3F);
  EXPECT_FLOAT_EQ(anchors[2].x, 0.75F);
  EXPECT_FLOAT_EQ(anchors[2].y, 0.25F);
  EXPECT_FLOAT_EQ(anchors[4].y, 0.75F);
  EXPECT_FLOAT_EQ(anchors[8].height, 1);
}

TEST(DecodeObjects, PutsABoxWhereItsAnchorIs) {
  const auto objects = decode_objects(std::vector<float>(4), std::vector<float>{9, -1, 2}, kOne, kDecoding);
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects[0].number, 2U) << "the background, 0, is no object";
  EXPECT_NEAR(objects[0].box.score, 1 / (1 + std::exp(-2)), 1e-6);
  expect_box(objects[0].box.box, 40, 90, 60, 110);
}

TEST(DecodeObjects, MovesByTenthsAndGrowsByFifthsOfTheAnchor) {
  const std::vector<float> boxes = {10, -5, 5 * std::log(2.0F), 5 * std::log(0.5F)};
  const auto objects = decode_objects(boxes, std::vector<float>{0, 1, -1}, kOne, kDecoding);
  ASSERT_EQ(objects.size(), 1U);
  expect_box(objects[0].box.box, 35, 100, 45, 140);
}

TEST(DecodeObjects, CutsBoxesAtTheEdgeAndLeavesOutWhatIsOutside) {
  const std::vector<float> logits = {0, 1, -1};
  const auto cut = decode_objects(std::vector<float>{0, 25, 0, 0}, logits, kOne, kDecoding);
  ASSERT_EQ(cut.size(), 1U);
  expect_box(cut[0].box.box, 90, 90, 100, 110);
  EXPECT_TRUE(decode_objects(std::vector<float>{0, 100, 0, 0}, logits, kOne, kDecoding).empty());
}

TEST(DecodeObjects, SuppressesOverlapsWithinAClassOnly) {
  const std::vector<SsdAnchor> three(3, kOne.front());
  const auto objects = decode_objects(std::vector<float>(12),
                                      std::vector<float>{0, 1, -1, 0, 3, 2, 0, -1, -1}, three, kDecoding);
  EXPECT_THAT(numbers(objects), ElementsAre(1, 2)) << "the surest first";
}

TEST(DecodeObjects, KeepsTheSurest) {
  ObjectDecoding decoding = kDecoding;
  decoding.max_objects = 1;
  const auto objects = decode_objects(std::vector<float>(4), std::vector<float>{0, 1, 2}, kOne, decoding);
  EXPECT_THAT(numbers(objects), ElementsAre(2));
}

TEST(DecodeObjects, LeavesOutWhatIsNoNumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> sure = {0, 1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    std::vector<float> boxes(4);
    boxes[i] = nan;
    EXPECT_TRUE(decode_objects(boxes, sure, kOne, kDecoding).empty()) << i;
  }
  const auto objects =
      decode_objects(std::vector<float>(4), std::vector<float>{nan, nan, 1}, kOne, kDecoding);
  EXPECT_THAT(numbers(objects), ElementsAre(2));
}

}  // namespace
}  // namespace eb
