#pragma once
// What the image tasks read alike from manifests and sample lists. Neither is trusted.
#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/files.h"
#include "harness/base/result.h"
#include "workloads/manifest.h"
#include "workloads/vision/boxes.h"
#include "workloads/vision/image.h"

namespace eb {

// A finite number within `low` to `high`.
Result<double> number_field(const nlohmann::json& object, std::string_view name, double low, double high);

// An array of three numbers within `low` to `high`.
Result<PerChannel> per_channel_field(const nlohmann::json& object, std::string_view name, double low,
                                     double high);

// A list of at most 1,000 boxes that are not empty, each [x0, y0, x1, y1], from 0 on.
Result<std::vector<Box>> boxes_field(const nlohmann::json& object, std::string_view name);

struct InputPort {
  std::string tensor{};
  Size size{};
};
// Reads "input", which names the tensor, "width" and "height" of a manifest's constants.
Result<InputPort> parse_input_port(const nlohmann::json& input);

// How pixels become numbers: a pixel p becomes (p - "mean") / "deviation".
struct PixelInput : InputPort {
  float mean = 0, deviation = 1;
};
// Reads "input", "width", "height", "mean" and "deviation" of a manifest's constants.
Result<PixelInput> parse_pixel_input(const nlohmann::json& input);

// Of bytes, one a pixel and channel, at least as many as there are numbers.
void numbers_from(std::string_view bytes, const PixelInput& pixels, std::span<float> numbers);

// The file that holds `count` pictures of `elements` bytes, one after another: quicker to fetch, to hash and
// to read than as many files.
Result<std::string> read_pictures(const std::filesystem::path& folder, const DataFile& file,
                                  std::size_t count, std::int64_t elements);
// Fills the tensor that `pixels` names with one of them.
Status load_picture(std::string_view pictures, std::size_t sample, const PixelInput& pixels,
                    std::int64_t elements, std::span<const Tensor> inputs);

template <class Sample>
struct SampleSet {
  std::vector<Sample> samples{};  // not empty
  std::string sha256{};           // of the list
};
// Every sample of the manifest's list, by `parse`; an error names the file and the sample.
template <class Sample>
Result<SampleSet<Sample>> read_sample_set(const std::filesystem::path& folder, const std::string& list_file,
                                          Result<Sample> (*parse)(const nlohmann::json&)) {
  EB_GET(const auto file, path_within(folder, list_file));
  EB_GET(SampleList list, read_samples(file));
  SampleSet<Sample> set;
  set.sha256 = std::move(list.sha256);
  for (const nlohmann::json& item : list.samples) {
    auto sample = parse(item);
    if (!sample)
      return sample.error().within(fmt::format("{}: sample {}", file.string(), set.samples.size()));
    set.samples.push_back(*std::move(sample));
  }
  return set;
}

// A file that a sample or a manifest names, and the hash that it must have.
Result<DataFile> parse_sample_file(const nlohmann::json& sample, std::string_view name_field,
                                   std::string_view sha256_field);

// What a task on whole pictures is made of: a network's constants, and pictures with their truth.
template <class Network, class Picture>
struct PictureParts {
  WorkloadInfo info{};
  Network network{};
  std::filesystem::path folder{};
  std::vector<Picture> pictures{};
  std::string data_sha256{};
};
template <class Network, class Picture>
Result<PictureParts<Network, Picture>> read_picture_parts(
    const Manifest& manifest, const std::filesystem::path& folder,
    Result<Network> (*parse_network)(const nlohmann::json&),
    Result<Picture> (*parse_picture)(const nlohmann::json&)) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(auto set, read_sample_set(folder, manifest.data_file, parse_picture));
  return PictureParts<Network, Picture>{.info = manifest.info,
                                        .network = *std::move(network),
                                        .folder = folder,
                                        .pictures = std::move(set.samples),
                                        .data_sha256 = std::move(set.sha256)};
}

// What every such task says of itself. `Parts`: PictureParts, or what has the same pictures, info and hash.
template <class Parts>
class PictureWorkload : public Workload {
 public:
  explicit PictureWorkload(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.pictures.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }

 protected:
  const Parts& parts() const { return parts_; }

 private:
  Parts parts_;
};

// Grades by the mean over samples of what `count` was told.
class MeanJudge : public Judge {
 public:
  Result<double> grade() const override;

 protected:
  void count(double value);

 private:
  double sum_ = 0;
  std::size_t judged_ = 0;
};

// The picture in the file below `folder`.
Result<Image> read_sample_image(const std::filesystem::path& folder, const DataFile& file,
                                PixelFormat format);
// The same in RGB; another size than `size` is refused.
Result<Image> read_sized_image(const std::filesystem::path& folder, const DataFile& file, Size size);
// Fills the tensor that `pixels` names, [1, height, width, 3], with the picture in the file, which has its
// size.
Status load_sized_image(const std::filesystem::path& folder, const DataFile& file, const PixelInput& pixels,
                        std::span<const Tensor> inputs);

}  // namespace eb
