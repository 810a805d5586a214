// Anomaly detection: a sample is a window of a few frames of sound, its answer the same window as a network
// that knows normal sound only gives it back. How wrong that is, over all windows of a clip, tells how odd
// the clip sounds.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/speech/roc.h"
#include "workloads/speech/speech.h"

namespace eb {
namespace {

constexpr std::size_t kMaxClips = 100'000;
constexpr std::uint64_t kMaxFramesBytes = 256ull << 20;

// A byte b of the frames is the number (b - mean) / deviation.
struct Network {
  std::string input{}, output{};
  std::size_t bands = 0;        // in a frame
  std::size_t window = 0;       // frames in a sample
  std::size_t clip_frames = 0;  // each window begins a frame after the one before
  float mean = 0, deviation = 1;
  DataFile frames{};  // [clip, frame, band] u8

  std::size_t clip_bytes() const { return clip_frames * bands; }
  std::size_t windows() const { return clip_frames - window + 1; }  // of a clip
  std::size_t numbers() const { return window * bands; }            // of a sample
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const std::int64_t bands, integer_field(input, "bands", 1, 4096));
  EB_GET(const std::int64_t clip_frames, integer_field(input, "clip_frames", 1, 100'000));
  EB_GET(const std::int64_t window, integer_field(input, "window_frames", 1, clip_frames));
  EB_GET(const std::int64_t mean, integer_field(input, "mean", 0, 255));
  EB_GET(const std::int64_t deviation, integer_field(input, "deviation", 1, 255));
  EB_GET(network.frames.name, string_field(input, "frames", 256));
  EB_GET(network.frames.sha256, string_field(input, "frames_sha256", 64));
  network.bands = static_cast<std::size_t>(bands);
  network.clip_frames = static_cast<std::size_t>(clip_frames);
  network.window = static_cast<std::size_t>(window);
  network.mean = static_cast<float>(mean);
  network.deviation = static_cast<float>(deviation);
  return network;
}

// One a clip: 1 where something is wrong with the machine.
Result<std::vector<std::uint8_t>> parse_truth(const nlohmann::json& clips) {
  std::vector<std::uint8_t> truth;
  truth.reserve(clips.size());
  for (std::size_t i = 0; i < clips.size(); ++i) {
    const auto anomalous = integer_field(clips[i], "anomalous", 0, 1);
    if (!anomalous) return anomalous.error().within(fmt::format("clip {}", i));
    truth.push_back(static_cast<std::uint8_t>(*anomalous));
  }
  return truth;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<std::uint8_t> truth{};
  std::string frames{};
  std::string data_sha256{};

  std::size_t sample_count() const { return truth.size() * network.windows(); }
  std::size_t clip_of(std::size_t sample) const { return sample / network.windows(); }
  void window(std::size_t sample, std::span<float> numbers) const {
    const std::size_t first =
        clip_of(sample) * network.clip_bytes() + sample % network.windows() * network.bands;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = (static_cast<float>(static_cast<unsigned char>(frames[first + i])) - network.mean) /
                   network.deviation;
  }
};

class AnomalyJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit AnomalyJudge(const Parts& parts) : parts_(parts), wanted_(parts.network.numbers()) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.sample_count())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    EB_GET(const Tensor given,
           require_tensor(outputs, network.output, DType::f32, static_cast<std::int64_t>(network.numbers())));
    const std::size_t clip = parts_.clip_of(sample);
    if (clip >= clips_.size()) clips_.resize(clip + 1);
    parts_.window(sample, wanted_);
    const auto numbers = given.as<const float>();
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const double error = static_cast<double>(numbers[i]) - static_cast<double>(wanted_[i]);
      clips_[clip].squares += error * error;
    }
    ++clips_[clip].windows;
    return Done{};
  }

  Result<double> grade() const override {
    std::vector<float> scores;
    scores.reserve(clips_.size());
    for (const Clip& clip : clips_) scores.push_back(static_cast<float>(clip.squares / clip.windows));
    return roc_auc(scores, std::span(parts_.truth).first(scores.size()));
  }

 private:
  struct Clip {
    double squares = 0;  // of all errors
    double windows = 0;
  };
  const Parts& parts_;
  std::vector<float> wanted_;
  std::vector<Clip> clips_;
};

class AnomalyDetection final : public Workload {
 public:
  explicit AnomalyDetection(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.sample_count(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  std::unique_ptr<Judge> judge() const override { return std::make_unique<AnomalyJudge>(parts_); }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    EB_GET(const Tensor input, require_tensor(inputs, parts_.network.input, DType::f32,
                                              static_cast<std::int64_t>(parts_.network.numbers())));
    parts_.window(sample, input.as<float>());
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_anomaly_detection(const Manifest& manifest,
                                                         const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(SampleList clips, read_samples(list, kMaxClips));
  auto truth = parse_truth(clips.samples);
  if (!truth) return truth.error().within(list.string());
  EB_GET(std::string frames, read_data_file(folder, network->frames, kMaxFramesBytes));
  if (const std::size_t due = truth->size() * network->clip_bytes(); frames.size() != due)
    return Error{ErrorKind::invalid,
                 fmt::format("{} has {} bytes where {} are due, for {} clips",
                             (folder / network->frames.name).string(), frames.size(), due, truth->size())};
  return std::unique_ptr<Workload>(std::make_unique<AnomalyDetection>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .truth = *std::move(truth),
      .frames = std::move(frames),
      .data_sha256 = std::move(clips.sha256),
  }));
}

}  // namespace eb
