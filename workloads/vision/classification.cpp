// Classification without meaning: a sample is a picture's bytes and the answer that a reference gave, for
// networks whose weights are seeded. Judged by how near the answers are, since no class is the right one.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "workloads/agreement_judge.h"
#include "workloads/fields.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr std::uint64_t kMaxSampleBytes = 64ull << 20;
constexpr std::int64_t kMaxClasses = 1'000'000;

struct Network {
  PixelInput pixels{};
  std::string output{};
  std::int64_t classes = 0;

  std::int64_t input_elements() const { return std::int64_t{3} * pixels.size.width * pixels.size.height; }
};

struct Picture {
  DataFile pixels{};  // [3, height, width] u8
  DataFile logits{};  // [classes] f32, little-endian
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.classes, integer_field(input, "classes", 1, kMaxClasses));
  return network;
}

Result<Picture> parse_picture(const nlohmann::json& sample) {
  Picture picture;
  EB_GET(picture.pixels, parse_sample_file(sample, "pixels", "pixels_sha256"));
  EB_GET(picture.logits, parse_sample_file(sample, "logits", "logits_sha256"));
  return picture;
}

Result<std::string> read_bytes(const std::filesystem::path& folder, const DataFile& file, std::size_t bytes) {
  EB_GET(std::string content, read_data_file(folder, file, kMaxSampleBytes));
  if (content.size() != bytes)
    return Error{ErrorKind::invalid, fmt::format("{} has {} bytes where {} are due",
                                                 (folder / file.name).string(), content.size(), bytes)};
  return content;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::filesystem::path folder{};
  std::vector<Picture> pictures{};
  std::vector<std::vector<float>> references{};  // one a picture
  std::string data_sha256{};
};

class ClassificationAgreement final : public PictureWorkload<Parts> {
 public:
  using PictureWorkload::PictureWorkload;

  std::unique_ptr<Judge> judge() const override {
    return make_agreement_judge(parts().references, parts().network.output);
  }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts().network;
    EB_GET(const Tensor input,
           require_tensor(inputs, network.pixels.tensor, DType::f32, network.input_elements()));
    EB_GET(const std::string pixels, read_bytes(parts().folder, parts().pictures[sample].pixels,
                                                static_cast<std::size_t>(network.input_elements())));
    numbers_from(pixels, network.pixels, input.as<float>());
    return Done{};
  }
};

Result<std::vector<std::vector<float>>> read_references(const std::filesystem::path& folder,
                                                        const std::vector<Picture>& pictures,
                                                        std::int64_t classes) {
  std::vector<std::vector<float>> references;
  references.reserve(pictures.size());
  const auto numbers = static_cast<std::size_t>(classes);
  for (const Picture& picture : pictures) {
    EB_GET(const std::string bytes, read_bytes(folder, picture.logits, numbers * sizeof(float)));
    EB_GET(auto one, references_from(bytes, 1, numbers));
    references.push_back(std::move(one.front()));
  }
  return references;
}

}  // namespace

Result<std::unique_ptr<Workload>> make_classification_agreement(const Manifest& manifest,
                                                                const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(auto set, read_sample_set(folder, manifest.data_file, parse_picture));
  EB_GET(auto references, read_references(folder, set.samples, network->classes));
  return std::unique_ptr<Workload>(std::make_unique<ClassificationAgreement>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .folder = folder,
      .pictures = std::move(set.samples),
      .references = std::move(references),
      .data_sha256 = std::move(set.sha256),
  }));
}

}  // namespace eb
