#include "workloads/builtin/builtin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/agreement_judge.h"
#include "workloads/builtin/networks.h"
#include "workloads/builtin/numbers.h"
#include "workloads/fields.h"

namespace eb {
namespace {

struct Golden {
  std::string_view network;
  std::array<std::array<float, kBuiltinAnswers>, kBuiltinSamples> answers;  // one a sample
};
// By workloads/make/builtin_references.py.
constexpr Golden kGolden[] = {
#include "workloads/builtin/golden.inc"
};

using Answers = std::vector<std::vector<float>>;

Result<Answers> answers_of(std::string_view network) {
  const auto golden = std::find_if(std::begin(kGolden), std::end(kGolden),
                                   [&](const Golden& one) { return one.network == network; });
  if (golden == std::end(kGolden))
    return Error{ErrorKind::internal, fmt::format("network {} has no answers to judge by", network)};
  Answers answers;
  for (const auto& one : golden->answers) answers.emplace_back(one.begin(), one.end());
  return answers;
}

// Patches of eight by eight with grain: samples that differ in more than noise.
void fill_picture(Numbers& numbers, const TensorSpec& spec, std::span<float> pixels) {
  constexpr std::size_t kPatch = 8;
  const auto rows = static_cast<std::size_t>(spec.shape[2]),
             columns = static_cast<std::size_t>(spec.shape[3]);
  std::vector<float> patches((columns + kPatch - 1) / kPatch);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::size_t row = i / columns % rows, column = i % columns;
    if (row % kPatch == 0 && column == 0)
      for (float& value : patches) value = numbers.unit();
    pixels[i] = (3 * patches[column / kPatch] + numbers.unit()) / 2;
  }
}

void fill_input(std::size_t sample, const Tensor& input) {
  Numbers numbers(1000 + sample);
  if (input.spec->dtype == DType::f32)
    fill_picture(numbers, *input.spec, input.as<float>());
  else
    for (std::int64_t& byte : input.as<std::int64_t>()) byte = numbers.byte();
}

class Builtin final : public Workload {
 public:
  Builtin(WorkloadInfo info, Answers answers) : info_(std::move(info)), answers_(std::move(answers)) {}

  const WorkloadInfo& info() const override { return info_; }
  std::size_t sample_count() const override { return kBuiltinSamples; }
  // Inputs are code: there is no other set than that of this program.
  std::string data_sha256() const override { return info_.data_sha256; }
  std::unique_ptr<Judge> judge() const override { return make_agreement_judge(answers_, "logits"); }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    const Tensor* input = find_tensor(inputs, "input");
    if (input == nullptr) return Error{ErrorKind::internal, "the model has no input"};
    fill_input(sample, *input);
    return Done{};
  }

 private:
  WorkloadInfo info_;
  Answers answers_;
};

// Another version's is replaced.
Status write_model(const ModelFile& model, std::string_view network) {
  const auto there = sha256_of_file(model.path);
  if (there && (model.sha256.empty() || *there == model.sha256)) return Done{};
  EB_GET(const std::string bytes, builtin_model(network));
  EB_OK(make_writable_folder(model.path.parent_path()));
  return write_file_atomic(model.path, bytes);
}

}  // namespace

Result<std::unique_ptr<Workload>> make_builtin(const Manifest& manifest,
                                               const std::filesystem::path& /*folder*/) {
  auto network = string_field(manifest.input, "network", 64);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(Answers answers, answers_of(*network));
  for (const auto& [precision, model] : manifest.info.models) EB_OK(write_model(model, *network));
  return std::unique_ptr<Workload>(std::make_unique<Builtin>(manifest.info, std::move(answers)));
}

}  // namespace eb
