#pragma once
// One worker's memory around a session: a number of input slots, one set of outputs, and two sets of
// recurrent state that change places after every run, so that a run copies and allocates nothing.
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/backend.h"
#include "harness/core/workload.h"

namespace eb {

class Lane {
 public:
  // `batch`: what a free first dimension becomes. The session must outlive the lane.
  static Result<Lane> create(const WorkloadInfo& info, Session& session, std::size_t slots,
                             std::int64_t batch);

  std::size_t slots() const { return bindings_.size(); }
  // All inputs of a slot, in the model's order, for Workload::load; recurrent state among them is the lane's.
  std::span<const Tensor> inputs(std::size_t slot) const { return inputs_[slot]; }
  Binding& binding(std::size_t slot) { return *bindings_[slot][parity_]; }
  void start_stream();  // zeroes the state
  void finish_run() { parity_ = is_recurrent_ ? 1 - parity_ : 0; }
  // What one slot takes, for those who choose the number of slots.
  std::uint64_t slot_bytes() const { return slot_bytes_; }

 private:
  Lane() = default;
  Status bind(const WorkloadInfo& info, Session& session, std::int64_t batch);

  TensorSet state_[2], outputs_;
  std::vector<TensorSet> samples_;
  std::vector<std::vector<Tensor>> inputs_;
  std::vector<std::array<std::unique_ptr<Binding>, 2>> bindings_;
  std::size_t parity_ = 0;
  bool is_recurrent_ = false;
  std::uint64_t slot_bytes_ = 0;
};

// The shapes with the free first dimension fixed; an error names any other free dimension and the option to
// fix it.
Result<std::vector<TensorSpec>> fixed_specs(std::span<const TensorSpec> specs, std::int64_t batch);

}  // namespace eb
