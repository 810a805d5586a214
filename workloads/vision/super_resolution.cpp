// Super-resolution: a sample is a small picture, its answer the picture some times as large.
#include <fmt/format.h>

#include <string>

#include "workloads/fields.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/psnr.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxScale = 16;

struct Network {
  PixelInput pixels{};
  std::string output{};
  int scale = 1;

  Size large() const { return {pixels.size.width * scale, pixels.size.height * scale}; }
};

struct Picture {
  DataFile image{}, original{};
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const std::int64_t scale, integer_field(input, "scale", 1, kMaxScale));
  network.scale = static_cast<int>(scale);
  return network;
}

Result<Picture> parse_picture(const nlohmann::json& sample) {
  Picture picture;
  EB_GET(picture.image, parse_sample_file(sample, "image", "sha256"));
  EB_GET(picture.original, parse_sample_file(sample, "original", "original_sha256"));
  return picture;
}

std::int64_t elements_of(Size size) {
  return std::int64_t{3} * size.width * size.height;
}

using Parts = PictureParts<Network, Picture>;

class PsnrJudge final : public MeanJudge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit PsnrJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pictures.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    const Size size = network.large();
    EB_GET(const Tensor answer, require_tensor(outputs, network.output, DType::f32, elements_of(size)));
    EB_GET(const Image original, read_sized_image(parts_.folder, parts_.pictures[sample].original, size));
    const Image picture =
        to_image(answer.as<const float>(), size, network.pixels.mean, network.pixels.deviation);
    // As is the custom, a border as wide as the scale is left out.
    const auto decibels = luma_psnr_db(picture, original, network.scale);
    if (!decibels) return Error{ErrorKind::invalid, "a picture is all border"};
    count(*decibels);
    return Done{};
  }

 private:
  const Parts& parts_;
};

class SuperResolution final : public PictureWorkload<Parts> {
 public:
  using PictureWorkload::PictureWorkload;

  std::unique_ptr<Judge> judge() const override { return std::make_unique<PsnrJudge>(parts()); }

  // Pictures are not scaled to fit: how they were made small is part of what is judged.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    return load_sized_image(parts().folder, parts().pictures[sample].image, parts().network.pixels, inputs);
  }
};

}  // namespace

Result<std::unique_ptr<Workload>> make_super_resolution(const Manifest& manifest,
                                                        const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_picture));
  return std::unique_ptr<Workload>(std::make_unique<SuperResolution>(std::move(parts)));
}

}  // namespace eb
