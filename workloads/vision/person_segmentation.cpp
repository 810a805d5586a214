// Person segmentation: a sample is a picture, its answer the chance of a person at each pixel.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/vision/mask.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

struct Network {
  PixelInput pixels{};
  std::string output{};
  float threshold = 0;
};

struct Picture {
  DataFile image{}, mask{};
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const double threshold, number_field(input, "threshold", 0, 1));
  network.threshold = static_cast<float>(threshold);
  return network;
}

Result<Picture> parse_picture(const nlohmann::json& sample) {
  Picture picture;
  EB_GET(picture.image, parse_sample_file(sample, "image", "sha256"));
  EB_GET(picture.mask, parse_sample_file(sample, "mask", "mask_sha256"));
  return picture;
}

using Parts = PictureParts<Network, Picture>;

class MaskJudge final : public MeanJudge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit MaskJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pictures.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Size size = parts_.network.pixels.size;
    EB_GET(const Tensor chances, require_tensor(outputs, parts_.network.output, DType::f32,
                                                std::int64_t{1} * size.width * size.height));
    EB_GET(const Image mask,
           read_sample_image(parts_.folder, parts_.pictures[sample].mask, PixelFormat::grey));
    const std::vector<float> scaled = resize_bilinear(chances.as<const float>(), size, mask.size);
    count(mask_overlap(scaled, mask.pixels, parts_.network.threshold));
    return Done{};
  }

 private:
  const Parts& parts_;
};

class PersonSegmentation final : public PictureWorkload<Parts> {
 public:
  using PictureWorkload::PictureWorkload;

  std::unique_ptr<Judge> judge() const override { return std::make_unique<MaskJudge>(parts()); }

  // The network's reference implementation stretches the picture to its input, too.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const PixelInput& pixels = parts().network.pixels;
    EB_GET(const Tensor input, require_tensor(inputs, pixels.tensor, DType::f32,
                                              std::int64_t{3} * pixels.size.width * pixels.size.height));
    EB_GET(const Image image,
           read_sample_image(parts().folder, parts().pictures[sample].image, PixelFormat::rgb));
    write_pixels(resize_bilinear(image, pixels.size),
                 {.size = pixels.size, .mean = pixels.mean, .deviation = pixels.deviation},
                 input.as<float>());
    return Done{};
  }
};

}  // namespace

Result<std::unique_ptr<Workload>> make_person_segmentation(const Manifest& manifest,
                                                           const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_picture));
  return std::unique_ptr<Workload>(std::make_unique<PersonSegmentation>(std::move(parts)));
}

}  // namespace eb
