// Music transcription: a sample is a clip of music, its answer for each moment and key of a piano the chances
// that a note begins there.
#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/speech/notes.h"
#include "workloads/speech/speech.h"

namespace eb {
namespace {

constexpr std::size_t kMaxClips = 10'000;
constexpr std::uint64_t kMaxSoundBytes = 256ull << 20;
constexpr std::size_t kMaxNotes = 1000;  // of a clip
constexpr std::int64_t kHighestKey = 127, kMaxOnsetMs = 3'600'000;

struct Network {
  std::string input{}, onsets{};
  std::size_t clip_samples = 0;
  std::size_t steps = 0, keys = 0;
  std::int64_t lowest_key = 0;  // of MIDI
  double step_ms = 0;
  double tolerance_ms = 0;
  DataFile sound{};  // [clip, sample] i16, little-endian

  std::size_t clip_bytes() const { return clip_samples * 2; }
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.onsets, string_field(input, "onsets", 256));
  EB_GET(const std::int64_t clip_samples, integer_field(input, "clip_samples", 1, 1 << 24));
  EB_GET(const std::int64_t rate_hz, integer_field(input, "rate_hz", 1'000, 384'000));
  EB_GET(const std::int64_t step_samples, integer_field(input, "step_samples", 1, clip_samples));
  EB_GET(const std::int64_t steps, integer_field(input, "steps", 1, 100'000));
  EB_GET(const std::int64_t keys, integer_field(input, "keys", 1, kHighestKey + 1));
  EB_GET(network.lowest_key, integer_field(input, "lowest_key", 0, kHighestKey + 1 - keys));
  EB_GET(const std::int64_t tolerance_ms, integer_field(input, "tolerance_ms", 0, 10'000));
  EB_GET(network.sound.name, string_field(input, "sound", 256));
  EB_GET(network.sound.sha256, string_field(input, "sound_sha256", 64));
  network.clip_samples = static_cast<std::size_t>(clip_samples);
  network.steps = static_cast<std::size_t>(steps);
  network.keys = static_cast<std::size_t>(keys);
  network.step_ms = 1e3 * static_cast<double>(step_samples) / static_cast<double>(rate_hz);
  network.tolerance_ms = static_cast<double>(tolerance_ms);
  return network;
}

using Notes = std::vector<Note>;

Result<Notes> parse_notes(const nlohmann::json& sample, const Network& network) {
  const auto list = sample.find("notes");
  if (list == sample.end() || !list->is_array() || list->size() > kMaxNotes)
    return Error{ErrorKind::invalid, fmt::format("\"notes\" must be a list of at most {}", kMaxNotes)};
  const std::int64_t end = network.lowest_key + static_cast<std::int64_t>(network.keys);
  Notes notes;
  for (const nlohmann::json& note : *list) {
    if (!note.is_array() || note.size() != 2 || !note[0].is_number_unsigned() ||
        !note[1].is_number_unsigned() || note[0] > kMaxOnsetMs || note[1] < network.lowest_key ||
        note[1] >= end)
      return Error{ErrorKind::invalid, fmt::format("a note must be its onset in ms and a key from {} to {}",
                                                   network.lowest_key, end - 1)};
    notes.push_back({.key = static_cast<std::size_t>(note[1].get<std::int64_t>() - network.lowest_key),
                     .onset_ms = note[0].get<double>()});
  }
  return notes;
}

Result<std::vector<Notes>> parse_truth(const nlohmann::json& samples, const Network& network) {
  std::vector<Notes> truth;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto notes = parse_notes(samples[i], network);
    if (!notes) return notes.error().within(fmt::format("sample {}", i));
    truth.push_back(*std::move(notes));
  }
  return truth;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<Notes> truth{};
  std::string sound{};
  std::string data_sha256{};
};

class NoteJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit NoteJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    const Network& network = parts_.network;
    if (sample >= parts_.truth.size()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const auto elements = static_cast<std::int64_t>(network.steps * network.keys);
    EB_GET(const Tensor onsets, require_tensor(outputs, network.onsets, DType::f32, elements));
    const Notes& truth = parts_.truth[sample];
    const auto matches = match_notes(find_notes(onsets.as<const float>(), network.keys, network.step_ms),
                                     truth, network.tolerance_ms);
    matches_.insert(matches_.end(), matches.begin(), matches.end());
    notes_ += truth.size();
    return Done{};
  }

  Result<double> grade() const override {
    if (notes_ == 0) return Error{ErrorKind::invalid, "no note was played"};
    return average_precision(matches_, notes_);
  }

 private:
  const Parts& parts_;
  std::vector<Match> matches_;  // of all that was found
  std::size_t notes_ = 0;       // that were played
};

class MusicTranscription final : public Workload {
 public:
  explicit MusicTranscription(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.truth.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  std::unique_ptr<Judge> judge() const override { return std::make_unique<NoteJudge>(parts_); }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    EB_GET(const Tensor input, require_tensor(inputs, network.input, DType::f32,
                                              static_cast<std::int64_t>(network.clip_samples)));
    const std::span<float> numbers = input.as<float>();
    const char* at = parts_.sound.data() + sample * network.clip_bytes();
    for (float& number : numbers) {
      const unsigned low = static_cast<unsigned char>(at[0]), high = static_cast<unsigned char>(at[1]);
      number = static_cast<float>(static_cast<std::int16_t>(low | (high << 8))) / 32768;
      at += 2;
    }
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_music_transcription(const Manifest& manifest,
                                                           const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(SampleList clips, read_samples(list, kMaxClips));
  auto truth = parse_truth(clips.samples, *network);
  if (!truth) return truth.error().within(list.string());
  EB_GET(std::string sound, read_data_file(folder, network->sound, kMaxSoundBytes));
  if (const std::size_t due = truth->size() * network->clip_bytes(); sound.size() != due)
    return Error{ErrorKind::invalid,
                 fmt::format("{} has {} bytes where {} are due, for {} clips",
                             (folder / network->sound.name).string(), sound.size(), due, truth->size())};
  return std::unique_ptr<Workload>(std::make_unique<MusicTranscription>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .truth = *std::move(truth),
      .sound = std::move(sound),
      .data_sha256 = std::move(clips.sha256),
  }));
}

}  // namespace eb
