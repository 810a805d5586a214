#include "harness/run/sampled_answers.h"

#include <algorithm>

namespace eb {
namespace {

constexpr std::size_t kSampledRuns = 32;             // of a window as long as it was expected to be
constexpr std::size_t kMostRuns = 2 * kSampledRuns;  // of a longer one
constexpr std::uint64_t kMostBytes = 64ull << 20;

}  // namespace

AnswerSampler::AnswerSampler(std::size_t expected_runs, std::uint64_t seed)
    : random_(seed),
      mean_gap_(std::max<std::size_t>(1, expected_runs / kSampledRuns)),
      next_(random_() % mean_gap_) {
  kept_.reserve(kMostRuns);
}

void AnswerSampler::after_run(std::size_t slot, const Binding& binding) {
  if (run_++ != next_) return;
  next_ = run_ + random_() % (2 * mean_gap_ - 1);
  if (kept_.size() == kMostRuns || kept_bytes_ >= kMostBytes) return;
  Kept& kept = kept_.emplace_back(Kept{slot});
  for (const Tensor& tensor : binding.outputs()) {
    kept.outputs.push_back({*tensor.spec, {tensor.bytes.begin(), tensor.bytes.end()}});
    kept_bytes_ += tensor.bytes.size();
  }
}

std::optional<Numbers> AnswerSampler::numbers_of_element(const Kept& kept, std::size_t element,
                                                         std::int64_t batch) {
  const auto parts = static_cast<std::size_t>(batch);
  std::vector<Tensor> tensors;
  for (const Output& output : kept.outputs) {
    if (batch > 1 && (output.spec.shape.empty() || output.spec.shape[0] != batch)) return std::nullopt;
    const std::size_t bytes = output.bytes.size() / parts;
    // Only read: a view of tensors has no constant kind.
    auto* data =
        const_cast<std::byte*>(output.bytes.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    tensors.push_back({&output.spec, {data + element * bytes, bytes}});
  }
  return numbers_of(tensors);
}

bool AnswerSampler::compare(const LoadedLane& loaded, const AnswerBook& book, Difference& difference) const {
  const auto parts = static_cast<std::size_t>(loaded.batch);
  bool any = false;
  for (const Kept& kept : kept_)
    for (std::size_t element = 0; element < parts; ++element) {
      const Numbers* expected = book.find(loaded.samples[kept.slot * parts + element]);
      const auto answers = expected ? numbers_of_element(kept, element, loaded.batch) : std::nullopt;
      if (!answers) continue;
      difference.add(*expected, *answers);
      any = true;
    }
  return any;
}

}  // namespace eb
