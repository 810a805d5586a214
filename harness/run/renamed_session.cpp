#include "harness/run/renamed_session.h"

namespace eb {
namespace {

std::vector<TensorSpec> named_as(std::span<const TensorSpec> originals, std::span<const TensorSpec> specs) {
  std::vector<TensorSpec> named(specs.begin(), specs.end());
  for (std::size_t i = 0; i < named.size(); ++i) named[i].name = originals[i].name;
  return named;
}

class RenamedSession final : public Session {
 public:
  RenamedSession(const Session& original, std::unique_ptr<Session> renamed)
      : inputs_(named_as(original.inputs(), renamed->inputs())),
        outputs_(named_as(original.outputs(), renamed->outputs())),
        renamed_(std::move(renamed)) {}

  std::span<const TensorSpec> inputs() const override { return inputs_; }
  std::span<const TensorSpec> outputs() const override { return outputs_; }
  Result<std::unique_ptr<Binding>> bind(std::span<const Tensor> inputs,
                                        std::span<const Tensor> outputs) override {
    return renamed_->bind(inputs, outputs);
  }
  Result<RunTimes> run(Binding& binding) override { return renamed_->run(binding); }
  int max_in_flight() const override { return renamed_->max_in_flight(); }
  std::string compute_precision() const override { return renamed_->compute_precision(); }
  int threads() const override { return renamed_->threads(); }
  std::string cache() const override { return renamed_->cache(); }
  Result<Placement> placement(const OperationCount& work) override { return renamed_->placement(work); }

 private:
  std::vector<TensorSpec> inputs_, outputs_;
  std::unique_ptr<Session> renamed_;
};

}  // namespace

Result<std::unique_ptr<Session>> call_as(const Session& original, std::unique_ptr<Session> renamed) {
  if (original.inputs().size() != renamed->inputs().size() ||
      original.outputs().size() != renamed->outputs().size())
    return Error{ErrorKind::internal, "the renamed model has other inputs or outputs"};
  return std::unique_ptr<Session>(std::make_unique<RenamedSession>(original, std::move(renamed)));
}

}  // namespace eb
