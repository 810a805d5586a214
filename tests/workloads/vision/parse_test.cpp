#include "workloads/vision/parse.h"

#include <gmock/gmock.h>

#include "tests/workloads/vision/png.h"

namespace eb {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::ImageTaskTest;
using testing::make_flat_png;

template <class T>
std::string message_of(const Result<T>& result) {
  return result ? "accepted" : result.error().message;
}

TEST(NumberField, IsWithinItsBounds) {
  const json object = {{"n", 0.5}, {"whole", 1}, {"text", "1"}, {"none", nullptr}, {"huge", 1e300}};
  EXPECT_DOUBLE_EQ(*number_field(object, "n", 0, 1), 0.5);
  EXPECT_DOUBLE_EQ(*number_field(object, "whole", 0, 1), 1);
  EXPECT_THAT(message_of(number_field(object, "huge", 0, 1)), HasSubstr("\"huge\" is not within 0 to 1"));
  EXPECT_THAT(message_of(number_field(object, "text", 0, 1)), HasSubstr("not a number"));
  EXPECT_FALSE(number_field(object, "none", 0, 1));
  EXPECT_FALSE(number_field(object, "absent", 0, 1));
}

TEST(PerChannelField, HoldsThreeNumbersWithinBounds) {
  const auto numbers = per_channel_field({{"n", {1, 2.5, 3}}}, "n", 0, 3);
  ASSERT_TRUE(numbers);
  EXPECT_THAT(numbers->of, ElementsAre(1, 2.5F, 3));
  for (const json& bad : {json{{"n", {1, 2}}}, json{{"n", {1, 2, 3, 1}}}, json{{"n", {1, 2, 3.1}}},
                          json{{"n", {1, -1, 3}}}, json{{"n", {1, "2", 3}}}, json{{"n", 1}}, json::object()})
    EXPECT_THAT(message_of(per_channel_field(bad, "n", 0, 3)), HasSubstr("\"n\" is not a list of three"))
        << bad;
}

TEST(BoxesField, HoldsBoxesThatAreNotEmpty) {
  const auto boxes = boxes_field({{"l", {{1, 2, 3.5, 4}, {0, 0, 9, 9}}}}, "l");
  ASSERT_TRUE(boxes);
  ASSERT_EQ(boxes->size(), 2U);
  EXPECT_FLOAT_EQ(boxes->front().x1, 3.5F);
  EXPECT_TRUE(boxes_field({{"l", json::array()}}, "l")->empty());
  for (const json& bad : {json{{"l", {{1, 2, 3}}}}, json{{"l", {{3, 2, 3, 4}}}}, json{{"l", {{-1, 2, 3, 4}}}},
                          json{{"l", {{1, 2, 3, 1e9}}}}, json{{"l", 4}}, json{{"l", {4}}},
                          json{{"l", json::array_t(1001, {1, 2, 3, 4})}}, json::object()})
    EXPECT_THAT(message_of(boxes_field(bad, "l")), HasSubstr("\"l\""));
}

json good_input() {
  return {{"input", "x"}, {"width", 8}, {"height", 4}, {"mean", 127.5}, {"deviation", 2}};
}

TEST(ParsePixelInput, ReadsAllOfIt) {
  const auto pixels = parse_pixel_input(good_input());
  ASSERT_TRUE(pixels);
  EXPECT_EQ(pixels->tensor, "x");
  EXPECT_EQ(pixels->size, (Size{8, 4}));
  EXPECT_FLOAT_EQ(pixels->mean, 127.5F);
  EXPECT_FLOAT_EQ(pixels->deviation, 2);
}

TEST(ParsePixelInput, RefusesWhatWouldHarm) {
  const std::pair<const char*, json> changes[] = {{"width", 0},    {"width", 100'000}, {"height", -1},
                                                  {"height", 2.5}, {"deviation", 0},   {"mean", "1"},
                                                  {"input", ""},   {"input", 3},       {"width", 1ull << 63}};
  for (const auto& [key, value] : changes) {
    json input = good_input();
    input[key] = value;
    EXPECT_THAT(message_of(parse_pixel_input(input)), HasSubstr(key)) << value;
  }
  EXPECT_FALSE(parse_pixel_input(json::array()));
  EXPECT_FALSE(parse_pixel_input(nullptr));
}

using ReadSampleImage = ImageTaskTest;

TEST_F(ReadSampleImage, ReadsAFileWithTheRightHash) {
  const std::string sha256 = write("a.png", make_flat_png({3, 2}, 3, 7));
  const auto image = read_sample_image(folder_->path(), {"a.png", sha256}, PixelFormat::rgb);
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->size, (Size{3, 2}));
}

TEST_F(ReadSampleImage, RefusesAChangedFile) {
  write("a.png", make_flat_png({3, 2}, 3, 7));
  const DataFile listed{"a.png", sha256_hex("something else")};
  EXPECT_THAT(message_of(read_sample_image(folder_->path(), listed, PixelFormat::rgb)),
              HasSubstr("run scripts/fetch zoo"));
}

TEST_F(ReadSampleImage, NamesTheFileThatIsNoImage) {
  const std::string sha256 = write("a.png", "no image");
  EXPECT_THAT(message_of(read_sample_image(folder_->path(), {"a.png", sha256}, PixelFormat::rgb)),
              HasSubstr("a.png"));
}

TEST_F(ReadSampleImage, StaysInItsFolder) {
  EXPECT_FALSE(read_sample_image(folder_->path(), {"../a.png", ""}, PixelFormat::rgb));
  EXPECT_FALSE(read_sample_image(folder_->path(), {"/etc/passwd", ""}, PixelFormat::rgb));
  EXPECT_FALSE(read_sample_image(folder_->path(), {"absent.png", ""}, PixelFormat::rgb));
}

TEST_F(ReadSampleImage, RefusesAnotherSize) {
  const DataFile file{"a.png", write("a.png", make_flat_png({3, 2}, 1, 7))};
  const auto image = read_sized_image(folder_->path(), file, {3, 2});
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(image->channels, 3);
  EXPECT_THAT(message_of(read_sized_image(folder_->path(), file, {2, 3})),
              HasSubstr("a.png is of 3 x 2 pixels, 2 x 3 are due"));
}

using ReadSampleSet = ImageTaskTest;

Result<int> parse_number(const json& sample) {
  EB_GET(const double number, number_field(sample, "n", 0, 10));
  return static_cast<int>(number);
}

TEST_F(ReadSampleSet, ParsesEachSampleAndHashesTheList) {
  const std::string sha256 =
      write("list.json", R"({"schema": "edgebench.samples/1", "samples": [{"n": 1}, {"n": 2}]})");
  const auto set = read_sample_set(folder_->path(), "list.json", parse_number);
  ASSERT_TRUE(set) << set.error().message;
  EXPECT_THAT(set->samples, ElementsAre(1, 2));
  EXPECT_EQ(set->sha256, sha256);
}

TEST_F(ReadSampleSet, NamesTheSampleThatIsWrong) {
  write("list.json", R"({"schema": "edgebench.samples/1", "samples": [{"n": 1}, {"n": 11}]})");
  EXPECT_THAT(message_of(read_sample_set(folder_->path(), "list.json", parse_number)),
              AllOf(HasSubstr("list.json"), HasSubstr("sample 1"), HasSubstr("\"n\"")));
}

TEST_F(ReadSampleSet, RefusesHostileLists) {
  for (const char* list : {"", "{", "[]", "{}", R"({"samples": [{"n": 1}]})",
                           R"({"schema": "edgebench.samples/2", "samples": [{}]})",
                           R"({"schema": "edgebench.samples/1", "samples": []})",
                           R"({"schema": "edgebench.samples/1", "samples": [1]})",
                           R"({"schema": "edgebench.samples/1", "samples": {"n": 1}})"}) {
    write("list.json", list);
    EXPECT_FALSE(read_sample_set(folder_->path(), "list.json", parse_number)) << list;
  }
  EXPECT_FALSE(read_sample_set(folder_->path(), "absent.json", parse_number));
  EXPECT_FALSE(read_sample_set(folder_->path(), "../list.json", parse_number));
}

}  // namespace
}  // namespace eb
