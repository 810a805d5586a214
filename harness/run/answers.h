#pragma once
// The answers of a model as numbers, and how far two sets of them are from each other.
#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "harness/core/backend.h"
#include "harness/core/workload.h"
#include "harness/run/lane.h"

namespace eb {

inline constexpr double kMostDb = 200;  // no difference at all, or next to none

using Numbers = std::vector<double>;

// All numbers of all outputs, in order; nothing where some are of a type that has no numbers here.
std::optional<Numbers> numbers_of(std::span<const Tensor> outputs);

// Sums over all numbers of two sets of answers. What is no number, or infinite, on both sides is the same.
class Difference {
 public:
  // Answers of another length are none to that question: the whole difference is the worst then.
  void add(const Numbers& expected, const Numbers& answers);
  bool is_none() const { return is_comparable_ && noise_ == 0; }
  // Signal to noise, the expected answers being the signal; from -kMostDb to kMostDb.
  double sqnr_db() const;
  // The same for the one pair of answers that is furthest off, against the mean signal of an answer: one lie
  // among many truths shows, and an answer that is next to nothing may have some noise.
  double worst_sqnr_db() const;
  std::optional<double> cosine() const;  // absent where either side is zero

 private:
  double decibels(double signal, double noise) const;

  double signal_ = 0, noise_ = 0, answer_ = 0, product_ = 0, worst_noise_ = 0;
  std::size_t answers_ = 0;
  bool is_comparable_ = true;
};

// A session with one set of tensors, run on samples from the start of their streams.
class SampleRunner {
 public:
  // Both outlive the runner.
  static Result<SampleRunner> create(const Workload& workload, Session& session);

  Status load(std::size_t sample);
  // Of the sample that was loaded last.
  Result<std::optional<Numbers>> answers();
  // All inputs of the next run, the loaded sample's among them.
  std::span<const Tensor> inputs() const { return lane_.inputs(0); }
  Binding& binding() { return lane_.binding(0); }

 private:
  SampleRunner(const Workload& workload, Session& session, Lane lane)
      : workload_(&workload), session_(&session), lane_(std::move(lane)) {}

  const Workload* workload_;
  Session* session_;
  Lane lane_;
};

// Answers by sample, as many as fit.
class AnswerBook {
 public:
  void add(std::size_t sample, std::span<const Tensor> outputs);
  const Numbers* find(std::size_t sample) const;

 private:
  std::map<std::size_t, Numbers> answers_{};
  std::size_t numbers_ = 0;
};

}  // namespace eb
