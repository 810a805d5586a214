#pragma once
// Answers of some runs of a window, looked at after it: the ones that were timed must be those that were
// judged.
#include <cstdint>
#include <random>
#include <vector>

#include "harness/run/answers.h"
#include "harness/run/audits.h"
#include "harness/run/drive.h"

namespace eb {

// Keeps copies of the outputs of runs that nobody can foresee, for one lane.
class AnswerSampler final : public RunObserver {
 public:
  // `expected_runs`: about how many there will be, so that those kept are spread over all of them.
  AnswerSampler(std::size_t expected_runs, std::uint64_t seed);
  void after_run(std::size_t slot, const Binding& binding) override;

  // What was kept, each with the sample that it answers, is put against the answers in the book. False where
  // none of it can be: the book has no such sample, or the outputs of a batch cannot be told apart. `loaded`:
  // the lane.
  bool compare(const LoadedLane& loaded, const AnswerBook& book, Difference& difference) const;

 private:
  struct Output {
    TensorSpec spec{};
    std::vector<std::byte> bytes{};
  };
  struct Kept {
    std::size_t slot = 0;
    std::vector<Output> outputs{};
  };

  // Of element `element` of a batch; nothing where an output has no such part.
  static std::optional<Numbers> numbers_of_element(const Kept& kept, std::size_t element, std::int64_t batch);

  std::mt19937_64 random_;
  std::size_t mean_gap_;
  std::size_t run_ = 0, next_;
  std::uint64_t kept_bytes_ = 0;
  std::vector<Kept> kept_{};
};

}  // namespace eb
