// Language identification: a sample is a paragraph, its answer one probability a language.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/nlp/labelled_text.h"
#include "workloads/nlp/ngrams.h"
#include "workloads/nlp/nlp.h"

namespace eb {
namespace {

constexpr std::uint64_t kMaxTableBytes = 16ull << 20;

struct Ports {
  std::string input{}, output{};
};

Result<Ports> parse_ports(const nlohmann::json& input) {
  Ports ports;
  EB_GET(ports.input, string_field(input, "input", 256));
  EB_GET(ports.output, string_field(input, "output", 256));
  return ports;
}

// The manifest pins the table, because the meaning of every input and output of the network hangs on it.
Result<NgramTable> read_table(const nlohmann::json& input, const std::filesystem::path& folder) {
  EB_GET(const std::string name, string_field(input, "ngrams", 256));
  EB_GET(const std::string sha256, string_field(input, "ngrams_sha256", 64));
  EB_GET(const std::string bytes, read_data_file(folder, {name, sha256}, kMaxTableBytes));
  auto table = NgramTable::parse(bytes);
  if (!table) return table.error().within(name);
  return table;
}

class LanguageId final : public Workload {
 public:
  struct Parts {
    WorkloadInfo info{};
    Ports ports{};
    NgramTable table{};
    std::vector<LabelledText> paragraphs{};
    std::string data_sha256{};
  };
  explicit LanguageId(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.paragraphs.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const auto count = static_cast<std::int64_t>(parts_.table.features());
    EB_GET(const Tensor features, require_tensor(inputs, parts_.ports.input, DType::f32, count));
    parts_.table.count(parts_.paragraphs[sample].text, features.as<float>());
    return Done{};
  }

  std::unique_ptr<Judge> judge() const override {
    return make_label_judge(parts_.paragraphs, parts_.table.labels().size(), parts_.ports.output);
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_language_id(const Manifest& manifest,
                                                   const std::filesystem::path& folder) {
  const std::string where = fmt::format("{}: manifest", manifest.info.id);
  auto ports = parse_ports(manifest.input);
  if (!ports) return ports.error().within(where);
  // First of all, for it knows how to say that the workload is not there yet.
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list));
  auto table = read_table(manifest.input, folder);
  if (!table) return table.error().within(manifest.info.id);
  auto paragraphs = parse_labelled_texts(samples.samples, table->labels());
  if (!paragraphs) return paragraphs.error().within(list.string());
  return std::unique_ptr<Workload>(std::make_unique<LanguageId>(LanguageId::Parts{
      .info = manifest.info,
      .ports = *std::move(ports),
      .table = *std::move(table),
      .paragraphs = *std::move(paragraphs),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
