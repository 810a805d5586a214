#pragma once
// A session without a runtime: what it computes, what a run costs and when it fails is the test's choice.
#include <atomic>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/core/backend.h"
#include "tests/support/fake_clock.h"

namespace eb::test {

class FakeBinding final : public Binding {
 public:
  FakeBinding(std::span<const Tensor> in, std::span<const Tensor> out)
      : inputs(in.begin(), in.end()), outs(out.begin(), out.end()), specs(out.size()), memory(out.size()) {}
  std::span<const Tensor> outputs() const override { return outs; }

  // Gives an output that came without memory a shape of this run.
  std::span<float> allocate(std::size_t index, std::string name, std::vector<std::int64_t> shape) {
    specs[index] = {std::move(name), DType::f32, std::move(shape)};
    memory[index].assign(static_cast<std::size_t>(specs[index].elements()), 0.0f);
    outs[index] = {&specs[index], std::as_writable_bytes(std::span(memory[index]))};
    return memory[index];
  }

  std::vector<Tensor> inputs, outs;
  std::vector<TensorSpec> specs;
  std::vector<std::vector<float>> memory;
};

struct FakeModel {
  std::vector<TensorSpec> inputs{{"x", DType::f32, {1, 2}}};
  std::vector<TensorSpec> outputs{{"y", DType::f32, {1, 2}}};
  std::function<void(FakeBinding&)> compute{};
  std::function<std::int64_t(std::uint64_t run)> cost_ns{};  // by 0-based number of the run; moves `clock`
  FakeClock* clock = nullptr;
  std::optional<std::uint64_t> fails_at{};  // this run and all after it
  int in_flight = 1;
  std::string cache{}, provider_options{};
  Result<Placement> placement = Error{ErrorKind::unsupported, "a fake cannot tell where nodes run"};
};

class FakeSession final : public Session {
 public:
  explicit FakeSession(FakeModel model) : model_(std::move(model)) {}
  std::span<const TensorSpec> inputs() const override { return model_.inputs; }
  std::span<const TensorSpec> outputs() const override { return model_.outputs; }
  Result<std::unique_ptr<Binding>> bind(std::span<const Tensor> inputs,
                                        std::span<const Tensor> outputs) override {
    return std::unique_ptr<Binding>(std::make_unique<FakeBinding>(inputs, outputs));
  }
  Result<RunTimes> run(Binding& binding) override {
    const std::uint64_t number = runs++;
    if (model_.clock) model_.clock->advance(model_.cost_ns ? model_.cost_ns(number) : 1'000'000);
    if (model_.fails_at && number >= *model_.fails_at)
      return Error{ErrorKind::device, "the fake device is gone"};
    if (model_.compute) model_.compute(static_cast<FakeBinding&>(binding));
    return RunTimes{};
  }
  int max_in_flight() const override { return model_.in_flight; }
  std::string compute_precision() const override { return "fp32"; }
  int threads() const override { return 3; }
  std::string cache() const override { return model_.cache; }
  std::string provider_options() const override { return model_.provider_options; }
  Result<Placement> placement(const OperationCount&) override { return model_.placement; }

  std::atomic<std::uint64_t> runs{0};

 private:
  FakeModel model_;
};

// y = x + state and stateN = state + 1: every run sees how often the state was handed on.
inline FakeModel counting_model() {
  FakeModel model;
  model.inputs = {{"x", DType::f32, {1, 2}}, {"state", DType::f32, {1}}};
  model.outputs = {{"y", DType::f32, {1, 2}}, {"stateN", DType::f32, {1}}};
  model.compute = [](FakeBinding& b) {
    const auto x = b.inputs[0].as<float>();
    const float state = b.inputs[1].as<float>()[0];
    const auto y = b.outs[0].as<float>();
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = x[i] + state;
    b.outs[1].as<float>()[0] = state + 1;
  };
  return model;
}

}  // namespace eb::test
