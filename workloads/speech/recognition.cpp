// Streaming speech recognition: a sample is one chunk of a stream of sound, its answer the scores of letters
// at each step of the chunk. What the network has heard before is its recurrent state.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/ctc.h"
#include "workloads/fields.h"
#include "workloads/nlp/unicode.h"
#include "workloads/speech/speech.h"

namespace eb {
namespace {

constexpr std::size_t kMaxStreams = 100'000;
constexpr std::uint64_t kMaxFramesBytes = 256ull << 20;
constexpr std::size_t kMaxTextBytes = 4096;

// A byte b of the frames is the number (b - mean) / deviation; before the beginning of a stream all are 0.
struct Network {
  std::string input{}, output{};
  std::size_t bands = 0;           // in a frame
  std::size_t chunk_frames = 0;    // new in a sample
  std::size_t context_frames = 0;  // of the chunk before, which the network sees again
  std::size_t stream_chunks = 0;
  std::size_t steps = 0;  // of an answer
  float mean = 0, deviation = 1;
  Alphabet letters{};
  DataFile frames{};  // [stream, frame, band] u8

  std::size_t window_frames() const { return context_frames + chunk_frames; }
  std::size_t stream_bytes() const { return stream_chunks * chunk_frames * bands; }
};

// One character a letter.
Result<Alphabet> parse_letters(const nlohmann::json& input) {
  EB_GET(const std::string letters, string_field(input, "letters", 1024));
  std::string lines;
  for (const char letter : letters) (lines += letter) += '\n';
  auto alphabet = Alphabet::parse(lines);
  if (!alphabet) return alphabet.error().within("\"letters\"");
  return alphabet;
}

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const std::int64_t bands, integer_field(input, "bands", 1, 4096));
  EB_GET(const std::int64_t chunk_frames, integer_field(input, "chunk_frames", 1, 10'000));
  EB_GET(const std::int64_t context_frames, integer_field(input, "context_frames", 0, chunk_frames));
  EB_GET(const std::int64_t stream_chunks, integer_field(input, "stream_chunks", 1, 10'000));
  EB_GET(const std::int64_t steps, integer_field(input, "steps", 1, 10'000));
  EB_GET(const std::int64_t mean, integer_field(input, "mean", 0, 255));
  EB_GET(const std::int64_t deviation, integer_field(input, "deviation", 1, 255));
  EB_GET(network.letters, parse_letters(input));
  EB_GET(network.frames.name, string_field(input, "frames", 256));
  EB_GET(network.frames.sha256, string_field(input, "frames_sha256", 64));
  network.bands = static_cast<std::size_t>(bands);
  network.chunk_frames = static_cast<std::size_t>(chunk_frames);
  network.context_frames = static_cast<std::size_t>(context_frames);
  network.stream_chunks = static_cast<std::size_t>(stream_chunks);
  network.steps = static_cast<std::size_t>(steps);
  network.mean = static_cast<float>(mean);
  network.deviation = static_cast<float>(deviation);
  return network;
}

Result<std::vector<std::u32string>> parse_texts(const nlohmann::json& streams) {
  std::vector<std::u32string> texts;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const auto text = string_field(streams[i], "text", kMaxTextBytes);
    if (!text) return text.error().within(fmt::format("stream {}", i));
    texts.emplace_back(trim_spaces(decode_utf8(*text)));
    if (texts.back().empty())
      return Error{ErrorKind::invalid, fmt::format("stream {}: \"text\" is blank", i)};
  }
  return texts;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<std::u32string> texts{};  // one a stream
  std::string frames{};
  std::string data_sha256{};

  std::size_t sample_count() const { return texts.size() * network.stream_chunks; }
};

class WordErrorJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit WordErrorJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.sample_count())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    const std::size_t elements = network.steps * network.letters.classes();
    EB_GET(const Tensor output,
           require_tensor(outputs, network.output, DType::f32, static_cast<std::int64_t>(elements)));
    const std::size_t stream = sample / network.stream_chunks;
    if (stream >= scores_.size()) scores_.resize(stream + 1);
    const auto scores = output.as<const float>();
    scores_[stream].insert(scores_[stream].end(), scores.begin(), scores.end());
    return Done{};
  }

  Result<double> grade() const override {
    std::size_t errors = 0, words = 0;
    WordNumbers numbers;
    for (std::size_t stream = 0; stream < scores_.size(); ++stream) {
      const std::u32string heard =
          numbered_words(decode_ctc(scores_[stream], parts_.network.letters), numbers);
      const std::u32string said = numbered_words(parts_.texts[stream], numbers);
      errors += edit_distance(heard, said);
      words += said.size();
    }
    if (words == 0) return Error{ErrorKind::invalid, "no sample was judged"};
    return static_cast<double>(errors) / static_cast<double>(words);
  }

 private:
  const Parts& parts_;
  std::vector<std::vector<float>> scores_;  // of each stream, [steps, classes]
};

class SpeechRecognition final : public Workload {
 public:
  explicit SpeechRecognition(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.sample_count(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  std::unique_ptr<Judge> judge() const override { return std::make_unique<WordErrorJudge>(parts_); }
  bool starts_stream(std::size_t sample) const override { return sample % parts_.network.stream_chunks == 0; }

  // [band, frame] from [frame, band].
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    const std::size_t frames = network.window_frames();
    EB_GET(const Tensor input, require_tensor(inputs, network.input, DType::f32,
                                              static_cast<std::int64_t>(network.bands * frames)));
    const std::span<float> numbers = input.as<float>();
    const std::size_t missing = starts_stream(sample) ? network.context_frames : 0;
    const std::size_t chunk = sample * network.chunk_frames;  // its first frame, of all streams
    for (std::size_t band = 0; band < network.bands; ++band)
      for (std::size_t frame = 0; frame < frames; ++frame) {
        float& number = numbers[band * frames + frame];
        number = 0;
        if (frame < missing) continue;
        const std::size_t at = (chunk + frame - network.context_frames) * network.bands + band;
        number = (static_cast<float>(static_cast<unsigned char>(parts_.frames[at])) - network.mean) /
                 network.deviation;
      }
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_speech_recognition(const Manifest& manifest,
                                                          const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(SampleList streams, read_samples(list, kMaxStreams));
  auto texts = parse_texts(streams.samples);
  if (!texts) return texts.error().within(list.string());
  EB_GET(std::string frames, read_data_file(folder, network->frames, kMaxFramesBytes));
  if (const std::size_t due = texts->size() * network->stream_bytes(); frames.size() != due)
    return Error{ErrorKind::invalid,
                 fmt::format("{} has {} bytes where {} are due, for {} streams",
                             (folder / network->frames.name).string(), frames.size(), due, texts->size())};
  return std::unique_ptr<Workload>(std::make_unique<SpeechRecognition>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .texts = *std::move(texts),
      .frames = std::move(frames),
      .data_sha256 = std::move(streams.sha256),
  }));
}

}  // namespace eb
