// Classification: a sample is a small picture and its class. The pictures lie one after another in a file.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/top_one.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxClasses = 1'000'000;
constexpr std::int64_t kMaxChannels = 16;

struct Network {
  PixelInput pixels{};
  std::int64_t channels = 0;
  std::string output{};
  std::int64_t classes = 0;
  DataFile pictures{};  // [sample, channels, height, width] u8

  std::int64_t input_elements() const { return channels * pixels.size.width * pixels.size.height; }
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.channels, integer_field(input, "channels", 1, kMaxChannels));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.classes, integer_field(input, "classes", 2, kMaxClasses));
  EB_GET(network.pictures, parse_sample_file(input, "pictures", "pictures_sha256"));
  return network;
}

Result<std::size_t> parse_class(const nlohmann::json& sample) {
  EB_GET(const std::int64_t number, integer_field(sample, "class", 0, kMaxClasses - 1));
  return static_cast<std::size_t>(number);
}

using Parts = PictureParts<Network, std::size_t>;  // a picture is its class

class ImageClassification final : public PictureWorkload<Parts> {
 public:
  ImageClassification(Parts parts, std::string pixels)
      : PictureWorkload(std::move(parts)), pixels_(std::move(pixels)) {}

  std::unique_ptr<Judge> judge() const override {
    return make_top_one_judge({.classes = parts().pictures,
                               .class_count = static_cast<std::size_t>(parts().network.classes),
                               .output = parts().network.output});
  }

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
    if (parts.pictures[i] >= static_cast<std::size_t>(parts.network.classes))
      return Error{ErrorKind::invalid, fmt::format("sample {} is of class {}, the network has {} classes", i,
                                                   parts.pictures[i], parts.network.classes)};
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Workload>> make_image_classification(const Manifest& manifest,
                                                            const std::filesystem::path& folder) {
  EB_GET(auto parts, read_picture_parts(manifest, folder, parse_network, parse_class));
  if (auto good = check_classes(parts); !good) return good.error().within(manifest.data_file);
  EB_GET(std::string pixels, read_pictures(folder, parts.network.pictures, parts.pictures.size(),
                                           parts.network.input_elements()));
  return std::unique_ptr<Workload>(
      std::make_unique<ImageClassification>(std::move(parts), std::move(pixels)));
}

}  // namespace eb
