// Object detection without meaning, for a network whose weights are seeded: a sample is a picture's bytes and
// the objects that a reference found. Judged by how well the objects agree.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/vision/boxes.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/ssd.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr double kMinOverlap = 0.5;
constexpr std::size_t kMaxGrids = 16, kMaxShapes = 16, kMaxObjects = 1000;
constexpr std::int64_t kMaxClasses = 10'000;

struct Network {
  PixelInput pixels{};
  std::string boxes_output{}, scores_output{};
  std::vector<SsdAnchor> anchors{};
  ObjectDecoding decoding{};
  DataFile pictures{};  // [sample, 3, height, width] u8

  std::int64_t input_elements() const { return std::int64_t{3} * pixels.size.width * pixels.size.height; }
};

struct Object {
  std::size_t number = 0;  // of its class
  Box box{};
};
using Objects = std::vector<Object>;

Error bad(std::string message) {
  return {ErrorKind::invalid, std::move(message)};
}

bool is_list(const nlohmann::json& list, std::size_t most) {
  return list.is_array() && !list.empty() && list.size() <= most;
}

Result<SsdGrid> parse_grid(const nlohmann::json& item) {
  if (!item.is_object()) return bad("\"grids\" holds what is not an object");
  EB_GET(const std::int64_t cells, integer_field(item, "cells", 1, 128));
  SsdGrid grid{.cells = static_cast<int>(cells)};
  const auto shapes = item.find("shapes");
  if (shapes == item.end() || !is_list(*shapes, kMaxShapes))
    return bad(fmt::format("\"shapes\" is not a list of 1 to {} pairs", kMaxShapes));
  for (const nlohmann::json& shape : *shapes) {
    if (!shape.is_array() || shape.size() != 2 || !shape[0].is_number() || !shape[1].is_number())
      return bad("\"shapes\" holds what is not a pair of numbers");
    const double width = shape[0].get<double>(), height = shape[1].get<double>();
    if (!(width > 0 && width <= 10 && height > 0 && height <= 10))
      return bad("\"shapes\" holds an anchor of no size, or far larger than the picture");
    grid.shapes.push_back({.width = static_cast<float>(width), .height = static_cast<float>(height)});
  }
  return grid;
}

Result<std::vector<SsdAnchor>> parse_anchors(const nlohmann::json& input) {
  const auto list = input.find("grids");
  if (list == input.end() || !is_list(*list, kMaxGrids))
    return bad(fmt::format("\"grids\" is not a list of 1 to {} objects", kMaxGrids));
  std::vector<SsdGrid> grids;
  for (const nlohmann::json& item : *list) {
    EB_GET(SsdGrid grid, parse_grid(item));
    grids.push_back(std::move(grid));
  }
  return make_ssd_anchors(grids);
}

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.boxes_output, string_field(input, "boxes", 256));
  EB_GET(network.scores_output, string_field(input, "scores", 256));
  EB_GET(network.anchors, parse_anchors(input));
  EB_GET(const std::int64_t classes, integer_field(input, "classes", 2, kMaxClasses));
  EB_GET(const double min_score, number_field(input, "min_score", 0, 1));
  EB_GET(const double max_overlap, number_field(input, "max_overlap", 0, 1));
  EB_GET(const std::int64_t max_objects, integer_field(input, "max_objects", 1, kMaxObjects));
  EB_GET(network.pictures, parse_sample_file(input, "pictures", "pictures_sha256"));
  network.decoding = {.picture = network.pixels.size,
                      .classes = static_cast<std::size_t>(classes),
                      .min_score = static_cast<float>(min_score),
                      .max_overlap = max_overlap,
                      .max_objects = static_cast<std::size_t>(max_objects)};
  return network;
}

Result<Objects> parse_objects(const nlohmann::json& sample) {
  if (!sample.is_object()) return bad("is not an object");
  EB_GET(const std::vector<Box> boxes, boxes_field(sample, "boxes"));
  const auto classes = sample.find("classes");
  if (classes == sample.end() || !classes->is_array() || classes->size() != boxes.size())
    return bad("\"classes\" is not a list of one class a box");
  Objects objects;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    EB_GET(const std::int64_t number, integer_field({{"class", (*classes)[i]}}, "class", 1, kMaxClasses - 1));
    objects.push_back({.number = static_cast<std::size_t>(number), .box = boxes[i]});
  }
  return objects;
}

using Parts = PictureParts<Network, Objects>;  // a picture is what is found in it

class ObjectJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit ObjectJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pictures.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    const std::size_t anchors = network.anchors.size(), classes = network.decoding.classes;
    EB_GET(const Tensor boxes, require_tensor(outputs, network.boxes_output, DType::f32,
                                              static_cast<std::int64_t>(anchors * kSsdBoxValues)));
    EB_GET(const Tensor scores, require_tensor(outputs, network.scores_output, DType::f32,
                                               static_cast<std::int64_t>(anchors * classes)));
    count(
        decode_objects(boxes.as<const float>(), scores.as<const float>(), network.anchors, network.decoding),
        parts_.pictures[sample]);
    return Done{};
  }

  Result<double> grade() const override { return average_precision(matches_, truth_count_); }

 private:
  // An object is found only as what it is.
  void count(const std::vector<FoundObject>& found, const Objects& objects) {
    std::vector<std::vector<ScoredBox>> found_as(parts_.network.decoding.classes);
    std::vector<std::vector<Box>> true_as(parts_.network.decoding.classes);
    for (const FoundObject& one : found) found_as[one.number].push_back(one.box);
    for (const Object& one : objects) true_as[one.number].push_back(one.box);
    for (std::size_t number = 0; number < found_as.size(); ++number) {
      const std::vector<Match> matches = match_boxes(found_as[number], true_as[number], kMinOverlap);
      matches_.insert(matches_.end(), matches.begin(), matches.end());
    }
    truth_count_ += objects.size();
  }

  const Parts& parts_;
  std::vector<Match> matches_;
  std::size_t truth_count_ = 0;
};

class ObjectDetection final : public PictureWorkload<Parts> {
 public:
  ObjectDetection(Parts parts, std::string pixels)
      : PictureWorkload(std::move(parts)), pixels_(std::move(pixels)) {}

  std::unique_ptr<Judge> judge() const override { return std::make_unique<ObjectJudge>(parts()); }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts().network;
    return load_picture(pixels_, sample, network.pixels, network.input_elements(), inputs);
  }

 private:
  std::string pixels_;
};

Status check_classes(const Parts& parts) {
  for (std::size_t i = 0; i < parts.pictures.size(); ++i)
    for (const Object& object : parts.pictures[i])
      if (object.number >= parts.network.decoding.classes)
        return bad(fmt::format("sample {} has an object of class {}, the network has {} classes", i,
                               object.number, parts.network.decoding.classes));
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Workload>> make_object_detection_agreement(const Manifest& manifest,
                                                                  const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_objects));
  if (auto good = check_classes(parts); !good) return good.error().within(manifest.data_file);
  EB_GET(std::string pixels, read_pictures(folder, parts.network.pictures, parts.pictures.size(),
                                           parts.network.input_elements()));
  return std::unique_ptr<Workload>(std::make_unique<ObjectDetection>(std::move(parts), std::move(pixels)));
}

}  // namespace eb
