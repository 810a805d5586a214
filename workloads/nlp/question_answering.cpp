// Question answering without meaning: a sample is a question and a passage, as numbers of words, and the
// answer that a reference gave. Judged by how near the answers are, since no answer is the right one.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/agreement_judge.h"
#include "workloads/fields.h"
#include "workloads/nlp/nlp.h"
#include "workloads/nlp/token_list.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxTokens = 1 << 16;
constexpr std::int64_t kMaxVocabulary = 1 << 24;
constexpr std::uint64_t kMaxAnswersBytes = 64ull << 20;
constexpr std::size_t kNumbersAToken = 2;  // scores of an answer that begins there, and that ends there

struct Network {
  std::string tokens_input{}, segments_input{}, mask_input{}, output{};
  std::int64_t tokens = 0, vocabulary = 0;
  DataFile answers{};  // [sample, tokens, kNumbersAToken] f32, little-endian
};

struct Question {
  std::vector<std::int32_t> tokens{};  // those of the question, then those of the passage
  std::size_t question = 0;            // how many are the question's
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.tokens_input, string_field(input, "tokens_input", 256));
  EB_GET(network.segments_input, string_field(input, "segments_input", 256));
  EB_GET(network.mask_input, string_field(input, "mask_input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.tokens, integer_field(input, "tokens", 1, kMaxTokens));
  EB_GET(network.vocabulary, integer_field(input, "vocabulary", 1, kMaxVocabulary));
  EB_GET(network.answers.name, string_field(input, "answers", 256));
  EB_GET(network.answers.sha256, string_field(input, "answers_sha256", 64));
  return network;
}

Result<Question> parse_question(const nlohmann::json& sample, const Network& network) {
  Question question;
  EB_GET(question.tokens, token_list(sample, static_cast<std::size_t>(network.tokens), network.vocabulary));
  EB_GET(const std::int64_t count,
         integer_field(sample, "question", 0, static_cast<std::int64_t>(question.tokens.size())));
  question.question = static_cast<std::size_t>(count);
  return question;
}

Result<std::vector<Question>> parse_questions(const nlohmann::json& samples, const Network& network) {
  std::vector<Question> questions;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto question = parse_question(samples[i], network);
    if (!question) return question.error().within(fmt::format("sample {}", i));
    questions.push_back(*std::move(question));
  }
  return questions;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<Question> questions{};
  std::vector<std::vector<float>> references{};  // one a question
  std::string data_sha256{};
};

class QuestionAnswering final : public Workload {
 public:
  explicit QuestionAnswering(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.questions.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  std::unique_ptr<Judge> judge() const override {
    return make_agreement_judge(parts_.references, parts_.network.output);
  }

  // Behind the last token stands 0 in all three.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    const Question& question = parts_.questions[sample];
    EB_GET(const Tensor tokens, require_tensor(inputs, network.tokens_input, DType::i32, network.tokens));
    EB_GET(const Tensor segments, require_tensor(inputs, network.segments_input, DType::i32, network.tokens));
    EB_GET(const Tensor mask, require_tensor(inputs, network.mask_input, DType::i32, network.tokens));
    const auto count = static_cast<std::ptrdiff_t>(question.tokens.size());
    for (const Tensor& tensor : {tokens, segments, mask}) {
      const auto numbers = tensor.as<std::int32_t>();
      std::fill(numbers.begin(), numbers.end(), 0);
    }
    std::copy(question.tokens.begin(), question.tokens.end(), tokens.as<std::int32_t>().begin());
    const auto passage = segments.as<std::int32_t>().begin();
    std::fill(passage + static_cast<std::ptrdiff_t>(question.question), passage + count, 1);
    std::fill_n(mask.as<std::int32_t>().begin(), count, 1);
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_question_answering(const Manifest& manifest,
                                                          const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list));
  auto questions = parse_questions(samples.samples, *network);
  if (!questions) return questions.error().within(list.string());
  EB_GET(const std::string bytes, read_data_file(folder, network->answers, kMaxAnswersBytes));
  auto references =
      references_from(bytes, questions->size(), static_cast<std::size_t>(network->tokens) * kNumbersAToken);
  if (!references) return references.error().within((folder / network->answers.name).string());
  return std::unique_ptr<Workload>(std::make_unique<QuestionAnswering>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .questions = *std::move(questions),
      .references = *std::move(references),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
