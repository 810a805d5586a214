// Language models without meaning: a text is a stream of tokens, and a sample is the next piece of it. Judged
// by how near the logits behind a piece are to those of a reference, which has kept some of them.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/agreement_judge.h"
#include "workloads/fields.h"
#include "workloads/nlp/nlp.h"
#include "workloads/nlp/token_list.h"
#include "workloads/vision/agreement.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxTokens = 1 << 16;
constexpr std::int64_t kMaxVocabulary = 1 << 24;
constexpr std::uint64_t kMaxAnswersBytes = 64ull << 20;

struct Network {
  std::string input{}, output{};
  std::int64_t tokens = 0;  // of a piece
  std::int64_t vocabulary = 0;
  std::int64_t judged_every = 0;  // the first logit and every so many-th behind it are in the answers
  DataFile answers{};             // [sample, judged()] f32, little-endian

  std::size_t judged() const {
    return static_cast<std::size_t>((vocabulary + judged_every - 1) / judged_every);
  }
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.tokens, integer_field(input, "tokens", 1, kMaxTokens));
  EB_GET(network.vocabulary, integer_field(input, "vocabulary", 1, kMaxVocabulary));
  EB_GET(network.judged_every, integer_field(input, "judged_every", 1, network.vocabulary));
  EB_GET(network.answers.name, string_field(input, "answers", 256));
  EB_GET(network.answers.sha256, string_field(input, "answers_sha256", 64));
  return network;
}

struct Piece {
  std::vector<std::int32_t> tokens{};
  bool begins_text = false;
};

Result<std::vector<Piece>> parse_pieces(const nlohmann::json& samples, const Network& network) {
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto text = token_list(samples[i], kMaxTokens, network.vocabulary);
    if (!text) return text.error().within(fmt::format("sample {}", i));
    const auto size = static_cast<std::ptrdiff_t>(network.tokens);
    if (std::ssize(*text) % size != 0)
      return Error{ErrorKind::invalid,
                   fmt::format("sample {}: {} tokens are not whole pieces of {}", i, text->size(), size)};
    for (auto begin = text->begin(); begin != text->end(); begin += size)
      pieces.push_back({{begin, begin + size}, begin == text->begin()});
  }
  return pieces;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<Piece> pieces{};                   // one a sample
  std::vector<std::vector<float>> references{};  // one a sample
  std::string data_sha256{};
};

class LogitsJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit LogitsJudge(const Parts& parts) : parts_(parts), ratio_(parts.references) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.references.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    EB_GET(const Tensor logits, require_tensor(outputs, network.output, DType::f32, network.vocabulary));
    const auto numbers = logits.as<const float>();
    std::vector<float> judged;
    for (std::size_t i = 0; i < numbers.size(); i += static_cast<std::size_t>(network.judged_every))
      judged.push_back(numbers[i]);
    ratio_.add(parts_.references[sample], judged);
    return Done{};
  }

  Result<double> grade() const override {
    if (const auto decibels = ratio_.decibels()) return *decibels;
    return Error{ErrorKind::invalid, "no sample was judged, or the reference answers all alike"};
  }

 private:
  const Parts& parts_;
  SignalToNoise ratio_;
};

class TextGenerationAgreement final : public Workload {
 public:
  explicit TextGenerationAgreement(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.pieces.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  bool starts_stream(std::size_t sample) const override { return parts_.pieces[sample].begins_text; }
  std::unique_ptr<Judge> judge() const override { return std::make_unique<LogitsJudge>(parts_); }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    EB_GET(const Tensor tokens,
           require_tensor(inputs, parts_.network.input, DType::i32, parts_.network.tokens));
    const std::vector<std::int32_t>& piece = parts_.pieces[sample].tokens;
    std::copy(piece.begin(), piece.end(), tokens.as<std::int32_t>().begin());
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_text_generation_agreement(const Manifest& manifest,
                                                                 const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list));
  auto pieces = parse_pieces(samples.samples, *network);
  if (!pieces) return pieces.error().within(list.string());
  EB_GET(const std::string bytes, read_data_file(folder, network->answers, kMaxAnswersBytes));
  auto references = references_from(bytes, pieces->size(), network->judged());
  if (!references) return references.error().within((folder / network->answers.name).string());
  return std::unique_ptr<Workload>(std::make_unique<TextGenerationAgreement>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .pieces = *std::move(pieces),
      .references = *std::move(references),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
