// Landmarks: a sample is a picture of a face, hand or body, its answer the places of many points of it.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/vision/landmark_error.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxPoints = 10'000;
constexpr std::int64_t kMaxValues = 16;
constexpr std::size_t kMaxTruePoints = 1000;
constexpr double kMaxCoordinate = 1e5;

struct Network {
  PixelInput pixels{};
  std::string output{};
  std::int64_t points = 0, values = 0;  // numbers of each point, of which the first two are x and y in pixels
  std::vector<std::size_t> judged{};    // of its points, in the order of a sample's true ones
};

struct Picture {
  DataFile file{};
  std::vector<std::optional<Point>> points{};  // in pixels of the picture; nothing where it cannot be seen
  double size = 0;                             // of what is in the picture, in pixels: the unit of errors
};

Error bad(std::string message) {
  return {ErrorKind::invalid, std::move(message)};
}

Result<std::vector<std::size_t>> parse_judged(const nlohmann::json& input, std::int64_t points) {
  const auto list = input.find("judged");
  if (list == input.end() || !list->is_array() || list->empty() || list->size() > kMaxTruePoints)
    return bad(fmt::format("\"judged\" is not a list of 1 to {} points of the network", kMaxTruePoints));
  std::vector<std::size_t> judged;
  for (const nlohmann::json& item : *list) {
    const std::int64_t point = item.is_number_integer() ? item.get<std::int64_t>() : -1;
    if (point < 0 || point >= points) return bad("\"judged\" holds what is no point of the network");
    judged.push_back(static_cast<std::size_t>(point));
  }
  return judged;
}

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.points, integer_field(input, "points", 1, kMaxPoints));
  EB_GET(network.values, integer_field(input, "values", 2, kMaxValues));
  EB_GET(network.judged, parse_judged(input, network.points));
  return network;
}

Result<std::optional<Point>> parse_point(const nlohmann::json& json) {
  if (json.is_null()) return std::optional<Point>{};
  if (!json.is_array() || json.size() != 2 || !json[0].is_number() || !json[1].is_number())
    return bad("\"points\" holds what is not a pair of numbers");
  const double x = json[0].get<double>(), y = json[1].get<double>();
  const auto is_near = [](double value) { return value >= -kMaxCoordinate && value <= kMaxCoordinate; };
  if (!is_near(x) || !is_near(y)) return bad("\"points\" holds a point far from every picture");
  return std::optional<Point>{{.x = static_cast<float>(x), .y = static_cast<float>(y)}};
}

Result<Picture> parse_picture(const nlohmann::json& sample) {
  Picture picture;
  EB_GET(picture.file, parse_sample_file(sample, "image", "sha256"));
  EB_GET(picture.size, number_field(sample, "size", 1, kMaxCoordinate));
  const auto points = sample.find("points");
  if (points == sample.end() || !points->is_array() || points->size() > kMaxTruePoints)
    return bad(fmt::format("\"points\" is not a list of at most {} points", kMaxTruePoints));
  for (const nlohmann::json& item : *points) {
    EB_GET(const std::optional<Point> point, parse_point(item));
    picture.points.push_back(point);
  }
  const auto is_seen = [](const std::optional<Point>& point) { return point.has_value(); };
  if (std::none_of(picture.points.begin(), picture.points.end(), is_seen))
    return bad("\"points\" holds no point that can be seen");
  return picture;
}

using Parts = PictureParts<Network, Picture>;

class LandmarkJudge final : public MeanJudge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit LandmarkJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pictures.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    EB_GET(const Tensor answer,
           require_tensor(outputs, network.output, DType::f32, network.points * network.values));
    const auto values = answer.as<const float>();
    const Picture& picture = parts_.pictures[sample];
    std::vector<Point> found, truth;
    for (std::size_t i = 0; i < network.judged.size(); ++i) {
      if (!picture.points[i]) continue;
      const std::size_t at = network.judged[i] * static_cast<std::size_t>(network.values);
      found.push_back({.x = values[at], .y = values[at + 1]});
      truth.push_back(*picture.points[i]);
    }
    count(mean_landmark_error(found, truth, picture.size));
    return Done{};
  }

 private:
  const Parts& parts_;
};

class Landmarks final : public PictureWorkload<Parts> {
 public:
  using PictureWorkload::PictureWorkload;

  std::unique_ptr<Judge> judge() const override { return std::make_unique<LandmarkJudge>(parts()); }

  // Pictures have the size of the input, so that both speak of the same pixels.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    return load_sized_image(parts().folder, parts().pictures[sample].file, parts().network.pixels, inputs);
  }
};

}  // namespace

Result<std::unique_ptr<Workload>> make_landmarks(const Manifest& manifest,
                                                 const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_picture));
  for (std::size_t i = 0; i < parts.pictures.size(); ++i)
    if (const std::size_t count = parts.pictures[i].points.size(); count != parts.network.judged.size())
      return bad(fmt::format("{}: sample {} has {} points, {} are judged", manifest.data_file, i, count,
                             parts.network.judged.size()));
  return std::unique_ptr<Workload>(std::make_unique<Landmarks>(std::move(parts)));
}

}  // namespace eb
