#include "workloads/vision/blazeface.h"

#include <gtest/gtest.h>

#include <limits>

namespace eb {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

const std::vector<Anchor> kOneAnchor = {{.x = 0.5F, .y = 0.25F}};
constexpr FaceDecoding kDecoding{.side_pixels = 100, .min_score = 0.5F};

std::vector<float> box_values(float x, float y, float width, float height) {
  std::vector<float> values(kBlazeFaceBoxValues, kNan);  // the points of the face must not matter
  values[0] = x;
  values[1] = y;
  values[2] = width;
  values[3] = height;
  return values;
}

TEST(MakeAnchors, OfBlazeFace256) {
  const std::vector<AnchorGrid> grids = {{.cells = 16, .anchors_per_cell = 2},
                                         {.cells = 8, .anchors_per_cell = 6}};
  const auto anchors = make_anchors(grids);
  ASSERT_EQ(anchors.size(), 896u);
  EXPECT_FLOAT_EQ(anchors[0].x, 0.5F / 16);
  EXPECT_FLOAT_EQ(anchors[1].x, 0.5F / 16);  // the second of the same cell
  EXPECT_FLOAT_EQ(anchors[2].x, 1.5F / 16);
  EXPECT_FLOAT_EQ(anchors[2].y, 0.5F / 16);
  EXPECT_FLOAT_EQ(anchors[32].x, 0.5F / 16);  // the second row
  EXPECT_FLOAT_EQ(anchors[32].y, 1.5F / 16);
  EXPECT_FLOAT_EQ(anchors[512].x, 0.5F / 8);
  EXPECT_FLOAT_EQ(anchors[895].x, 7.5F / 8);
  EXPECT_FLOAT_EQ(anchors[895].y, 7.5F / 8);
}

TEST(DecodeFaces, AddsTheOffsetToTheAnchor) {
  const std::vector<float> logits = {0.0F};
  const auto faces = decode_faces(logits, box_values(10, -5, 40, 20), kOneAnchor, kDecoding);
  ASSERT_EQ(faces.size(), 1u);
  EXPECT_FLOAT_EQ(faces[0].score, 0.5F);
  EXPECT_FLOAT_EQ(faces[0].box.x0, 40);
  EXPECT_FLOAT_EQ(faces[0].box.y0, 10);
  EXPECT_FLOAT_EQ(faces[0].box.x1, 80);
  EXPECT_FLOAT_EQ(faces[0].box.y1, 30);
}

TEST(DecodeFaces, LeavesOutLowScores) {
  const std::vector<float> low = {-0.01F}, far = {-1e30F}, high = {1e30F};
  const auto values = box_values(0, 0, 10, 10);
  EXPECT_TRUE(decode_faces(low, values, kOneAnchor, kDecoding).empty());
  EXPECT_TRUE(decode_faces(far, values, kOneAnchor, kDecoding).empty());
  ASSERT_EQ(decode_faces(high, values, kOneAnchor, kDecoding).size(), 1u);
}

TEST(DecodeFaces, LeavesOutWhatIsNotANumber) {
  const std::vector<float> not_a_score = {kNan}, good = {3.0F};
  EXPECT_TRUE(decode_faces(not_a_score, box_values(0, 0, 10, 10), kOneAnchor, kDecoding).empty());
  EXPECT_TRUE(decode_faces(good, box_values(kNan, 0, 10, 10), kOneAnchor, kDecoding).empty());
  EXPECT_TRUE(decode_faces(good, box_values(0, 0, 10, kInfinity), kOneAnchor, kDecoding).empty());
}

}  // namespace
}  // namespace eb
