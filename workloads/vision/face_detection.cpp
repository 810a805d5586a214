// Face detection: a sample is a picture, its answer one score and one box an anchor.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/vision/blazeface.h"
#include "workloads/vision/boxes.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr double kMinOverlap = 0.5;
constexpr std::size_t kMaxOutputs = 8;

struct Network {
  PixelInput pixels{};
  std::vector<std::string> score_outputs{}, box_outputs{};  // one pair a grid
  std::vector<AnchorGrid> grids{};
  float min_score = 0;
  double max_overlap = 0;
};

struct Picture {
  DataFile file{};
  Size size{};
  std::vector<Box> faces{};  // pixels of the picture
};

Error bad(std::string message) {
  return {ErrorKind::invalid, std::move(message)};
}

std::size_t anchors_in(const AnchorGrid& grid) {
  return static_cast<std::size_t>(grid.cells) * static_cast<std::size_t>(grid.cells) *
         static_cast<std::size_t>(grid.anchors_per_cell);
}

Result<std::vector<AnchorGrid>> parse_grids(const nlohmann::json& input) {
  const auto list = input.find("grids");
  if (list == input.end() || !list->is_array() || list->empty() || list->size() > kMaxOutputs)
    return bad(fmt::format("\"grids\" is not a list of 1 to {} objects", kMaxOutputs));
  std::vector<AnchorGrid> grids;
  for (const nlohmann::json& item : *list) {
    if (!item.is_object()) return bad("\"grids\" holds what is not an object");
    EB_GET(const std::int64_t cells, integer_field(item, "cells", 1, 128));
    EB_GET(const std::int64_t anchors, integer_field(item, "anchors", 1, 16));
    grids.push_back({.cells = static_cast<int>(cells), .anchors_per_cell = static_cast<int>(anchors)});
  }
  return grids;
}

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.score_outputs, string_list_field(input, "scores", kMaxOutputs));
  EB_GET(network.box_outputs, string_list_field(input, "boxes", kMaxOutputs));
  EB_GET(network.grids, parse_grids(input));
  EB_GET(const double min_score, number_field(input, "min_score", 0, 1));
  EB_GET(network.max_overlap, number_field(input, "max_overlap", 0, 1));
  network.min_score = static_cast<float>(min_score);
  if (network.pixels.size.width != network.pixels.size.height)
    return bad("the network's input is not square");
  const std::size_t count = network.grids.size();
  if (network.score_outputs.size() != count || network.box_outputs.size() != count)
    return bad("\"scores\", \"boxes\" and \"grids\" differ in length");
  return network;
}

Result<Picture> parse_picture(const nlohmann::json& sample) {
  Picture picture;
  EB_GET(picture.file, parse_sample_file(sample, "image", "sha256"));
  EB_GET(const std::int64_t width, integer_field(sample, "width", 1, kMaxImageSide));
  EB_GET(const std::int64_t height, integer_field(sample, "height", 1, kMaxImageSide));
  picture.size = {static_cast<int>(width), static_cast<int>(height)};
  EB_GET(picture.faces, boxes_field(sample, "faces"));
  return picture;
}

// From the network's pixels back to those of the picture that was scaled into its frame.
Box to_picture(const Box& box, const Letterbox& frame, Size picture) {
  const auto back = [](float value, int origin, int scaled, int side) {
    return (value - static_cast<float>(origin)) * static_cast<float>(side) / static_cast<float>(scaled);
  };
  return {.x0 = back(box.x0, frame.left, frame.size.width, picture.width),
          .y0 = back(box.y0, frame.top, frame.size.height, picture.height),
          .x1 = back(box.x1, frame.left, frame.size.width, picture.width),
          .y1 = back(box.y1, frame.top, frame.size.height, picture.height)};
}

using Parts = PictureParts<Network, Picture>;

class FaceDetection final : public PictureWorkload<Parts> {
 public:
  using PictureWorkload::PictureWorkload;

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override;
  std::unique_ptr<Judge> judge() const override;
};

class FaceJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit FaceJudge(const Parts& parts) : parts_(parts), anchors_(make_anchors(parts.network.grids)) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pictures.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Picture& picture = parts_.pictures[sample];
    const Letterbox frame = fit_letterbox(picture.size, parts_.network.pixels.size);
    EB_GET(std::vector<ScoredBox> faces, decode(outputs));
    faces = suppress_overlaps(std::move(faces), parts_.network.max_overlap);
    for (ScoredBox& face : faces) face.box = to_picture(face.box, frame, picture.size);
    const std::vector<Match> matches = match_boxes(faces, picture.faces, kMinOverlap);
    matches_.insert(matches_.end(), matches.begin(), matches.end());
    truth_count_ += picture.faces.size();
    return Done{};
  }

  Result<double> grade() const override { return average_precision(matches_, truth_count_); }

 private:
  Result<std::vector<ScoredBox>> decode(std::span<const Tensor> outputs) const {
    const Network& network = parts_.network;
    const FaceDecoding decoding{.side_pixels = static_cast<float>(network.pixels.size.width),
                                .min_score = network.min_score};
    std::vector<ScoredBox> faces;
    std::span<const Anchor> anchors = anchors_;
    for (std::size_t i = 0; i < network.grids.size(); ++i) {
      const std::size_t count = anchors_in(network.grids[i]);
      const auto elements = static_cast<std::int64_t>(count);
      EB_GET(const Tensor logits, require_tensor(outputs, network.score_outputs[i], DType::f32, elements));
      EB_GET(const Tensor boxes, require_tensor(outputs, network.box_outputs[i], DType::f32,
                                                elements * static_cast<std::int64_t>(kBlazeFaceBoxValues)));
      const auto found =
          decode_faces(logits.as<const float>(), boxes.as<const float>(), anchors.first(count), decoding);
      faces.insert(faces.end(), found.begin(), found.end());
      anchors = anchors.subspan(count);
    }
    return faces;
  }

  const Parts& parts_;
  std::vector<Anchor> anchors_;
  std::vector<Match> matches_;
  std::size_t truth_count_ = 0;
};

Status FaceDetection::load(std::size_t sample, std::span<const Tensor> inputs) const {
  if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
  const PixelInput& pixels = parts().network.pixels;
  const std::int64_t elements = std::int64_t{3} * pixels.size.width * pixels.size.height;
  EB_GET(const Tensor input, require_tensor(inputs, pixels.tensor, DType::f32, elements));
  const Picture& picture = parts().pictures[sample];
  EB_GET(const Image image, read_sample_image(parts().folder, picture.file, PixelFormat::rgb));
  if (image.size != picture.size) return bad(fmt::format("{}: is not of the size listed", picture.file.name));
  const Letterbox box = fit_letterbox(image.size, pixels.size);
  const std::span<float> tensor = input.as<float>();
  std::fill(tensor.begin(), tensor.end(), (0.0F - pixels.mean) / pixels.deviation);  // black bars
  write_pixels(resize_bilinear(image, box.size),
               {.size = pixels.size,
                .left = box.left,
                .top = box.top,
                .mean = pixels.mean,
                .deviation = pixels.deviation},
               tensor);
  return Done{};
}

std::unique_ptr<Judge> FaceDetection::judge() const {
  return std::make_unique<FaceJudge>(parts());
}

}  // namespace

Result<std::unique_ptr<Workload>> make_face_detection(const Manifest& manifest,
                                                      const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_picture));
  return std::unique_ptr<Workload>(std::make_unique<FaceDetection>(std::move(parts)));
}

}  // namespace eb
