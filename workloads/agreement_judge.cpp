#include "workloads/agreement_judge.h"

#include <fmt/format.h>

#include <cstring>

#include "workloads/vision/agreement.h"

namespace eb {
namespace {

class AgreementJudge final : public Judge {
 public:
  AgreementJudge(std::span<const std::vector<float>> references, std::string output)
      : references_(references), output_(std::move(output)), ratio_(references) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= references_.size()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const std::vector<float>& reference = references_[sample];
    EB_GET(const Tensor answer,
           require_tensor(outputs, output_, DType::f32, static_cast<std::int64_t>(reference.size())));
    ratio_.add(reference, answer.as<const float>());
    return Done{};
  }

  Result<double> grade() const override {
    if (const auto decibels = ratio_.decibels()) return *decibels;
    return Error{ErrorKind::invalid, "no sample was judged, or the reference answers all alike"};
  }

 private:
  std::span<const std::vector<float>> references_;
  std::string output_;
  SignalToNoise ratio_;
};

}  // namespace

std::unique_ptr<Judge> make_agreement_judge(std::span<const std::vector<float>> references,
                                            std::string output) {
  return std::make_unique<AgreementJudge>(references, std::move(output));
}

Result<std::vector<std::vector<float>>> references_from(std::string_view bytes, std::size_t count,
                                                        std::size_t numbers) {
  const std::size_t size = numbers * sizeof(float);
  if (bytes.size() != count * size)
    return Error{ErrorKind::invalid,
                 fmt::format("has {} bytes where {} are due", bytes.size(), count * size)};
  std::vector<std::vector<float>> references(count, std::vector<float>(numbers));
  for (std::size_t i = 0; i < count; ++i) std::memcpy(references[i].data(), bytes.data() + i * size, size);
  return references;
}

}  // namespace eb
