// Language identification from bytes: a sample is a short text, its answer one score a language.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/nlp/labelled_text.h"
#include "workloads/nlp/nlp.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxBytes = 1 << 20;
constexpr std::size_t kMaxLabels = 10'000;

struct Network {
  std::string input{}, output{};
  std::int64_t bytes = 0;  // of a text that the network takes; 0 stands behind a shorter one
  std::vector<std::string> labels{};
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.bytes, integer_field(input, "bytes", 1, kMaxBytes));
  EB_GET(network.labels, string_list_field(input, "labels", kMaxLabels));
  return network;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::vector<LabelledText> texts{};
  std::string data_sha256{};
};

class ByteLanguageId final : public Workload {
 public:
  explicit ByteLanguageId(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.texts.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }

  // What is longer than the network takes is cut.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    EB_GET(const Tensor tokens,
           require_tensor(inputs, parts_.network.input, DType::i32, parts_.network.bytes));
    const auto numbers = tokens.as<std::int32_t>();
    const std::string& text = parts_.texts[sample].text;
    std::fill(numbers.begin(), numbers.end(), 0);
    std::transform(text.begin(),
                   text.begin() + static_cast<std::ptrdiff_t>(std::min(text.size(), numbers.size())),
                   numbers.begin(), [](char byte) { return static_cast<unsigned char>(byte); });
    return Done{};
  }

  std::unique_ptr<Judge> judge() const override {
    return make_label_judge(parts_.texts, parts_.network.labels.size(), parts_.network.output);
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_byte_language_id(const Manifest& manifest,
                                                        const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list));
  auto texts = parse_labelled_texts(samples.samples, network->labels);
  if (!texts) return texts.error().within(list.string());
  return std::unique_ptr<Workload>(std::make_unique<ByteLanguageId>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .texts = *std::move(texts),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
