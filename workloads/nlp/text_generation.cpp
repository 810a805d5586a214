// Language models over bytes: a text is a stream, and a sample is the next piece of it, which the model has
// to foretell byte by byte. A piece of a byte is a step of decoding, whose memory is recurrent state; a piece
// as long as the text is a prompt.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/nlp/nlp.h"
#include "workloads/nlp/surprise.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxTokens = 1 << 16;
constexpr std::size_t kMaxTextBytes = 1 << 20;
constexpr std::size_t kByteValues = 256;

struct Network {
  std::string input{}, output{};
  std::size_t tokens = 0;  // bytes of a piece
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const std::int64_t tokens, integer_field(input, "tokens", 1, kMaxTokens));
  network.tokens = static_cast<std::size_t>(tokens);
  return network;
}

Result<std::vector<std::string>> parse_texts(const nlohmann::json& samples, std::size_t tokens) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto text = string_field(samples[i], "text", kMaxTextBytes);
    if (!text) return text.error().within(fmt::format("sample {}", i));
    if (text->size() % tokens != 0)
      return Error{ErrorKind::invalid,
                   fmt::format("sample {}: {} bytes are not whole pieces of {}", i, text->size(), tokens)};
    texts.push_back(*std::move(text));
  }
  return texts;
}

struct Piece {
  std::size_t text = 0, begin = 0;
};

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<std::string> texts{};
  std::vector<Piece> pieces{};  // one a sample
  std::string data_sha256{};
};

class SurpriseJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit SurpriseJudge(const Parts& parts) : parts_(parts) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.pieces.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const std::size_t tokens = parts_.network.tokens;
    EB_GET(const Tensor logits, require_tensor(outputs, parts_.network.output, DType::f32,
                                               static_cast<std::int64_t>(tokens * kByteValues)));
    const Piece& piece = parts_.pieces[sample];
    for (std::size_t i = 0; i < tokens; ++i) {
      const auto byte = static_cast<unsigned char>(parts_.texts[piece.text][piece.begin + i]);
      bits_ += surprise_bits(logits.as<const float>().subspan(i * kByteValues, kByteValues), byte);
    }
    bytes_ += tokens;
    return Done{};
  }

  Result<double> grade() const override {
    if (bytes_ == 0) return Error{ErrorKind::invalid, "no sample was judged"};
    return bits_ / static_cast<double>(bytes_);
  }

 private:
  const Parts& parts_;
  double bits_ = 0;
  std::size_t bytes_ = 0;
};

class TextGeneration final : public Workload {
 public:
  explicit TextGeneration(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.pieces.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  bool starts_stream(std::size_t sample) const override { return parts_.pieces[sample].begin == 0; }
  std::unique_ptr<Judge> judge() const override { return std::make_unique<SurpriseJudge>(parts_); }

  // The bytes before those that are foretold; before the first one of a text stands 0.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    EB_GET(const Tensor tokens, require_tensor(inputs, parts_.network.input, DType::i32,
                                               static_cast<std::int64_t>(parts_.network.tokens)));
    const Piece& piece = parts_.pieces[sample];
    const std::string& text = parts_.texts[piece.text];
    for (std::size_t i = 0; i < parts_.network.tokens; ++i) {
      const std::size_t at = piece.begin + i;
      tokens.as<std::int32_t>()[i] = at == 0 ? 0 : static_cast<unsigned char>(text[at - 1]);
    }
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_text_generation(const Manifest& manifest,
                                                       const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list));
  auto texts = parse_texts(samples.samples, network->tokens);
  if (!texts) return texts.error().within(list.string());
  std::vector<Piece> pieces;
  for (std::size_t text = 0; text < texts->size(); ++text)
    for (std::size_t begin = 0; begin < (*texts)[text].size(); begin += network->tokens)
      pieces.push_back({text, begin});
  return std::unique_ptr<Workload>(std::make_unique<TextGeneration>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .texts = *std::move(texts),
      .pieces = std::move(pieces),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
