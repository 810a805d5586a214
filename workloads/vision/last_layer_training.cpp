// Training on the device: a sample is a picture and its class, and a run is one step down the gradient of the
// last layer, whose change is the state of a stream. A stream is what one client learns from its own
// pictures; judged is what all of them together know of pictures that nobody trained on.
#include <fmt/format.h>

#include <cstring>
#include <string>
#include <vector>

#include "workloads/fields.h"
#include "workloads/vision/last_layer.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr std::uint64_t kMaxFileBytes = 64ull << 20;
constexpr std::int64_t kMaxClasses = 10'000, kMaxFeatures = 100'000, kMaxPictures = 1'000'000;
constexpr float kFeatureStep = 1.0F / 256;

struct Network {
  PixelInput pixels{};
  std::string label{}, weights{}, biases{};  // an input, and two outputs: what was learned so far
  std::int64_t classes = 0, features = 0;
  DataFile pictures{};            // [picture, height, width] u8
  DataFile layer{};               // weights [features, classes] and biases [classes], f32
  DataFile held_out{};            // [picture, features + 1] i16: features in steps of 1/256, and the class
  bool is_sent_in_bytes = false;  // what a client learned

  std::size_t layer_numbers() const { return static_cast<std::size_t>((features + 1) * classes); }
  std::size_t picture_bytes() const {
    return static_cast<std::size_t>(pixels.size.width) * static_cast<std::size_t>(pixels.size.height);
  }
};

struct Step {
  std::size_t picture = 0, label = 0, client = 0;
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.label, string_field(input, "label", 256));
  EB_GET(network.weights, string_field(input, "learned_weights", 256));
  EB_GET(network.biases, string_field(input, "learned_biases", 256));
  EB_GET(network.classes, integer_field(input, "classes", 2, kMaxClasses));
  EB_GET(network.features, integer_field(input, "features", 1, kMaxFeatures));
  EB_GET(network.pictures, parse_sample_file(input, "pictures", "pictures_sha256"));
  EB_GET(network.layer, parse_sample_file(input, "layer", "layer_sha256"));
  EB_GET(network.held_out, parse_sample_file(input, "held_out", "held_out_sha256"));
  const auto sent = input.find("sent_in_bytes");
  if (sent != input.end() && !sent->is_boolean())
    return Error{ErrorKind::invalid, R"("sent_in_bytes" is not true or false)"};
  network.is_sent_in_bytes = sent != input.end() && sent->get<bool>();
  return network;
}

Result<Step> parse_step(const nlohmann::json& sample) {
  EB_GET(const auto picture, integer_field(sample, "picture", 0, kMaxPictures - 1));
  EB_GET(const auto label, integer_field(sample, "class", 0, kMaxClasses - 1));
  EB_GET(const auto client, integer_field(sample, "client", 0, kMaxPictures - 1));
  return Step{static_cast<std::size_t>(picture), static_cast<std::size_t>(label),
              static_cast<std::size_t>(client)};
}

using Parts = PictureParts<Network, Step>;

struct Files {
  std::string pictures{};
  std::vector<float> layer{};
  HeldOut held_out{};
};

class TrainingJudge final : public Judge {
 public:
  // Borrows both: a workload outlives its judges.
  TrainingJudge(const Parts& parts, const Files& files) : parts_(parts), files_(files) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    const Network& network = parts_.network;
    const auto& steps = parts_.pictures;
    if (sample >= steps.size()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    EB_GET(const Tensor weights,
           require_tensor(outputs, network.weights, DType::f32, network.features * network.classes));
    EB_GET(const Tensor biases, require_tensor(outputs, network.biases, DType::f32, network.classes));
    if (sample + 1 < steps.size() && steps[sample + 1].client == steps[sample].client) return Done{};
    const auto learned = weights.as<const float>(), moved = biases.as<const float>();
    LayerChange change(learned.begin(), learned.end());
    change.insert(change.end(), moved.begin(), moved.end());
    changes_.push_back(network.is_sent_in_bytes ? sent_in_bytes(std::move(change)) : std::move(change));
    return Done{};
  }

  Result<double> grade() const override {
    if (changes_.empty()) return Error{ErrorKind::invalid, "no client has finished its training"};
    return accuracy_of(files_.layer, mean_of(changes_), files_.held_out);
  }

 private:
  const Parts& parts_;
  const Files& files_;
  std::vector<LayerChange> changes_;  // one a client
};

class LastLayerTraining final : public PictureWorkload<Parts> {
 public:
  LastLayerTraining(Parts parts, Files files) : PictureWorkload(std::move(parts)), files_(std::move(files)) {}

  std::unique_ptr<Judge> judge() const override { return std::make_unique<TrainingJudge>(parts(), files_); }
  bool starts_stream(std::size_t sample) const override {
    return sample == 0 || parts().pictures[sample].client != parts().pictures[sample - 1].client;
  }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts().network;
    const Step& step = parts().pictures[sample];
    const std::size_t bytes = network.picture_bytes();
    EB_GET(const Tensor image,
           require_tensor(inputs, network.pixels.tensor, DType::f32, static_cast<std::int64_t>(bytes)));
    EB_GET(const Tensor label, require_tensor(inputs, network.label, DType::f32, network.classes));
    numbers_from(std::string_view(files_.pictures).substr(step.picture * bytes, bytes), network.pixels,
                 image.as<float>());
    const auto shares = label.as<float>();
    std::fill(shares.begin(), shares.end(), 0.0F);
    shares[step.label] = 1;
    return Done{};
  }

 private:
  Files files_;
};

Error wrong_size(const std::filesystem::path& file, std::size_t bytes) {
  return {ErrorKind::invalid,
          fmt::format("{} has {} bytes, which is no whole number of what it holds", file.string(), bytes)};
}

Result<HeldOut> parse_held_out(const std::string& bytes, const Network& network,
                               const std::filesystem::path& file) {
  HeldOut held_out{
      static_cast<std::size_t>(network.features), static_cast<std::size_t>(network.classes), {}, {}};
  const std::size_t row = held_out.features + 1, row_bytes = row * sizeof(std::int16_t);
  if (bytes.empty() || bytes.size() % row_bytes != 0) return wrong_size(file, bytes.size());
  std::vector<std::int16_t> numbers(bytes.size() / sizeof(std::int16_t));
  std::memcpy(numbers.data(), bytes.data(), bytes.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i % row != held_out.features) {
      held_out.values.push_back(static_cast<float>(numbers[i]) * kFeatureStep);
      continue;
    }
    if (numbers[i] < 0 || numbers[i] >= network.classes)
      return Error{ErrorKind::invalid,
                   fmt::format("{}: picture {} is of class {}, the network has {}", file.string(),
                               held_out.truth.size(), numbers[i], network.classes)};
    held_out.truth.push_back(static_cast<std::size_t>(numbers[i]));
  }
  return held_out;
}

// `list` is what messages call the list of samples.
Result<Files> read_files(const Parts& parts, const std::string& list) {
  const Network& network = parts.network;
  Files files;
  EB_GET(files.pictures, read_data_file(parts.folder, network.pictures, kMaxFileBytes));
  EB_GET(const std::string layer, read_data_file(parts.folder, network.layer, kMaxFileBytes));
  if (layer.size() != network.layer_numbers() * sizeof(float))
    return wrong_size(parts.folder / network.layer.name, layer.size());
  files.layer.resize(network.layer_numbers());
  std::memcpy(files.layer.data(), layer.data(), layer.size());
  EB_GET(const std::string held_out, read_data_file(parts.folder, network.held_out, kMaxFileBytes));
  EB_GET(files.held_out, parse_held_out(held_out, network, parts.folder / network.held_out.name));
  const std::size_t pictures = files.pictures.size() / network.picture_bytes();
  for (std::size_t i = 0; i < parts.pictures.size(); ++i) {
    const Step& step = parts.pictures[i];
    if (step.picture >= pictures || step.label >= static_cast<std::size_t>(network.classes))
      return Error{ErrorKind::invalid,
                   fmt::format("{}: sample {} names picture {} and class {}, there are {} and {}", list, i,
                               step.picture, step.label, pictures, network.classes)};
  }
  return files;
}

}  // namespace

Result<std::unique_ptr<Workload>> make_last_layer_training(const Manifest& manifest,
                                                           const std::filesystem::path& folder) {
  EB_GET(Parts parts, read_picture_parts(manifest, folder, parse_network, parse_step));
  EB_GET(Files files, read_files(parts, manifest.data_file));
  return std::unique_ptr<Workload>(std::make_unique<LastLayerTraining>(std::move(parts), std::move(files)));
}

}  // namespace eb
