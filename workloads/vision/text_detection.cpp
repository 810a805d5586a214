// Text detection: a sample is a page, its answer the chance of text at each pixel.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/vision/boxes.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/text_boxes.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr double kMinOverlap = 0.5;
constexpr double kMaxGrowth = 10;
constexpr std::int64_t kMaxSpeck = 64;

struct Network {
  InputPort port{};
  PerChannel mean = 0, deviation = 1;
  std::string output{};
  TextDecoding decoding{};
};

struct Page {
  DataFile file{};
  std::vector<Box> lines{};
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.port, parse_input_port(input));
  EB_GET(network.mean, per_channel_field(input, "mean", -1e4, 1e4));
  EB_GET(network.deviation, per_channel_field(input, "deviation", 1e-4, 1e4));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const double threshold, number_field(input, "threshold", 0, 1));
  EB_GET(const double min_score, number_field(input, "min_score", 0, 1));
  EB_GET(network.decoding.growth, number_field(input, "growth", 0, kMaxGrowth));
  EB_GET(const std::int64_t min_side, integer_field(input, "min_side", 1, kMaxSpeck));
  network.decoding.threshold = static_cast<float>(threshold);
  network.decoding.min_score = static_cast<float>(min_score);
  network.decoding.min_side_pixels = static_cast<int>(min_side);
  return network;
}

Result<Page> parse_page(const nlohmann::json& sample) {
  Page page;
  EB_GET(page.file, parse_sample_file(sample, "image", "sha256"));
  EB_GET(page.lines, boxes_field(sample, "lines"));
  return page;
}

using Parts = PictureParts<Network, Page>;

class LineJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit LineJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pictures.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    const Size size = network.port.size;
    EB_GET(const Tensor chances,
           require_tensor(outputs, network.output, DType::f32, std::int64_t{size.width} * size.height));
    auto found = find_text_boxes(chances.as<const float>(), size, network.decoding);
    std::stable_sort(found.begin(), found.end(),
                     [](const ScoredBox& a, const ScoredBox& b) { return a.score > b.score; });
    const std::vector<Box>& lines = parts_.pictures[sample].lines;
    const std::vector<Match> matches = match_boxes(found, lines, kMinOverlap);
    counts_.hits += static_cast<std::size_t>(
        std::count_if(matches.begin(), matches.end(), [](const Match& match) { return match.is_hit; }));
    counts_.found += found.size();
    counts_.truth += lines.size();
    return Done{};
  }

  Result<double> grade() const override {
    if (counts_.truth == 0) return Error{ErrorKind::invalid, "no line of text was judged"};
    return counts_.harmonic_mean();
  }

 private:
  const Parts& parts_;
  DetectionCounts counts_;
};

class TextDetection final : public PictureWorkload<Parts> {
 public:
  using PictureWorkload::PictureWorkload;

  std::unique_ptr<Judge> judge() const override { return std::make_unique<LineJudge>(parts()); }

  // As PaddleOCR does: blue before green before red, each with the mean and deviation of its place. Pages
  // have the size of the input.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts().network;
    const Size size = network.port.size;
    EB_GET(const Tensor input, require_tensor(inputs, network.port.tensor, DType::f32,
                                              std::int64_t{3} * size.width * size.height));
    EB_GET(const Image image, read_sized_image(parts().folder, parts().pictures[sample].file, size));
    write_pixels(image,
                 {.size = size,
                  .layout = Layout::nchw,
                  .order = ChannelOrder::bgr,
                  .mean = network.mean,
                  .deviation = network.deviation},
                 input.as<float>());
    return Done{};
  }
};

}  // namespace

Result<std::unique_ptr<Workload>> make_text_detection(const Manifest& manifest,
                                                      const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_page));
  return std::unique_ptr<Workload>(std::make_unique<TextDetection>(std::move(parts)));
}

}  // namespace eb
