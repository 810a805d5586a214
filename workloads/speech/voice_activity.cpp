// Voice activity detection: a sample is one chunk of a stream of sound, its answer the chance of speech in
// it.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/speech/audio.h"
#include "workloads/speech/roc.h"
#include "workloads/speech/speech.h"

namespace eb {
namespace {

constexpr std::size_t kMaxStreams = 10'000;
constexpr std::size_t kMaxChunksPerStream = 100'000;  // almost an hour at 32 ms
constexpr std::uint64_t kMaxFileBytes = 256ull << 20;

// What the model takes: each chunk with the end of the chunk before it.
struct Framing {
  int rate_hz = 0;
  std::size_t chunk_samples = 0;
  std::size_t context_samples = 0;
  std::string input{}, output{};
};

struct Stream {
  std::string file{}, sha256{};
  std::string chunks{};  // the truth, one character a chunk: 1 speech, 0 none, x not judged
  std::size_t first_sample = 0;
};

Error bad(std::string message) {
  return {ErrorKind::invalid, std::move(message)};
}

Result<Framing> parse_framing(const nlohmann::json& input) {
  Framing framing;
  EB_GET(const std::int64_t rate_hz, integer_field(input, "rate_hz", 1'000, 384'000));
  EB_GET(const std::int64_t chunk_samples, integer_field(input, "chunk_samples", 1, 1 << 20));
  EB_GET(const std::int64_t context_samples, integer_field(input, "context_samples", 0, chunk_samples));
  EB_GET(framing.input, string_field(input, "input", 256));
  EB_GET(framing.output, string_field(input, "output", 256));
  framing.rate_hz = static_cast<int>(rate_hz);
  framing.chunk_samples = static_cast<std::size_t>(chunk_samples);
  framing.context_samples = static_cast<std::size_t>(context_samples);
  return framing;
}

Result<Stream> parse_stream(const nlohmann::json& entry) {
  Stream stream;
  EB_GET(stream.file, string_field(entry, "file", 256));
  EB_GET(stream.sha256, string_field(entry, "sha256", 64));
  EB_GET(stream.chunks, string_field(entry, "chunks", kMaxChunksPerStream));
  if (stream.chunks.find_first_not_of("01x") != std::string::npos) {
    return bad("\"chunks\" may hold 0, 1 and x only");
  }
  return stream;
}

Result<std::vector<Stream>> parse_streams(const nlohmann::json& samples) {
  std::vector<Stream> streams;
  std::size_t first_sample = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto stream = parse_stream(samples[i]);
    if (!stream) return stream.error().within(fmt::format("sample {}", i));
    stream->first_sample = first_sample;
    first_sample += stream->chunks.size();
    streams.push_back(*std::move(stream));
  }
  return streams;
}

class VoiceActivityJudge final : public Judge {
 public:
  // `truth`: one character a sample, as in Stream::chunks.
  VoiceActivityJudge(std::string truth, std::string output)
      : truth_(std::move(truth)), output_(std::move(output)) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= truth_.size()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    EB_GET(const Tensor chance, require_tensor(outputs, output_, DType::f32, 1));
    if (truth_[sample] == 'x') return Done{};
    scores_.push_back(chance.as<const float>()[0]);
    speech_.push_back(truth_[sample] == '1' ? 1 : 0);
    return Done{};
  }

  Result<double> grade() const override { return roc_auc(scores_, speech_); }

 private:
  std::string truth_, output_;
  std::vector<float> scores_;
  std::vector<std::uint8_t> speech_;
};

class VoiceActivity final : public Workload {
 public:
  struct Parts {
    WorkloadInfo info{};
    Framing framing{};
    std::filesystem::path folder{};
    std::vector<Stream> streams{};
    std::string data_sha256{};
  };
  explicit VoiceActivity(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override {
    const Stream& last = parts_.streams.back();
    return last.first_sample + last.chunks.size();
  }
  std::string data_sha256() const override { return parts_.data_sha256; }
  bool starts_stream(std::size_t sample) const override { return stream_of(sample).first_sample == sample; }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Framing& framing = parts_.framing;
    const auto window = static_cast<std::int64_t>(framing.context_samples + framing.chunk_samples);
    EB_GET(const Tensor input, require_tensor(inputs, framing.input, DType::f32, window));
    const Stream& stream = stream_of(sample);
    EB_OK(decode(stream));
    // `sound_` begins with the silence that is the context of the first chunk.
    const auto begin =
        sound_.begin() + static_cast<std::ptrdiff_t>((sample - stream.first_sample) * framing.chunk_samples);
    std::copy(begin, begin + window, input.as<float>().begin());
    return Done{};
  }

  std::unique_ptr<Judge> judge() const override {
    std::string truth;
    truth.reserve(sample_count());
    for (const Stream& stream : parts_.streams) truth += stream.chunks;
    return std::make_unique<VoiceActivityJudge>(std::move(truth), parts_.framing.output);
  }

 private:
  const Stream& stream_of(std::size_t sample) const {
    const auto after =
        std::upper_bound(parts_.streams.begin(), parts_.streams.end(), sample,
                         [](std::size_t s, const Stream& stream) { return s < stream.first_sample; });
    return *(after - 1);
  }

  // Keeps the sound of one stream at a time: samples are asked for in order.
  Status decode(const Stream& stream) const {
    if (&stream == decoded_) return Done{};
    decoded_ = nullptr;
    const Framing& framing = parts_.framing;
    const std::size_t expected = stream.chunks.size() * framing.chunk_samples;
    EB_GET(const std::string bytes,
           read_data_file(parts_.folder, {stream.file, stream.sha256}, kMaxFileBytes));
    auto sound = decode_sound(bytes, {.rate_hz = framing.rate_hz, .max_samples = expected});
    if (!sound) return sound.error().within(stream.file);
    if (sound->size() != expected) {
      return bad(
          fmt::format("{}: has {} samples, the sample list says {}", stream.file, sound->size(), expected));
    }
    sound_.assign(framing.context_samples, 0.0F);
    sound_.insert(sound_.end(), sound->begin(), sound->end());
    decoded_ = &stream;
    return Done{};
  }

  Parts parts_;
  mutable const Stream* decoded_ = nullptr;  // whose sound `sound_` is
  mutable std::vector<float> sound_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_voice_activity(const Manifest& manifest,
                                                      const std::filesystem::path& folder) {
  const std::string where = fmt::format("{}: manifest", manifest.info.id);
  auto framing = parse_framing(manifest.input);
  if (!framing) return framing.error().within(where);
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list, kMaxStreams));
  auto streams = parse_streams(samples.samples);
  if (!streams) return streams.error().within(list.string());
  return std::unique_ptr<Workload>(std::make_unique<VoiceActivity>(VoiceActivity::Parts{
      .info = manifest.info,
      .framing = *std::move(framing),
      .folder = folder,
      .streams = *std::move(streams),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
