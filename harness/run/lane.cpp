#include "harness/run/lane.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace eb {
namespace {

const TensorSpec* find_spec(std::span<const TensorSpec> specs, std::string_view name) {
  const auto at =
      std::find_if(specs.begin(), specs.end(), [&](const TensorSpec& s) { return s.name == name; });
  return at == specs.end() ? nullptr : &*at;
}

// The specs of the state inputs, each under the name of its input.
Result<std::vector<TensorSpec>> state_specs(const WorkloadInfo& info, std::span<const TensorSpec> inputs,
                                            std::span<const TensorSpec> outputs) {
  std::vector<TensorSpec> specs;
  for (const StatePair& pair : info.state) {
    const TensorSpec* input = find_spec(inputs, pair.input);
    if (!input || !find_spec(outputs, pair.output))
      return Error{ErrorKind::invalid, fmt::format("the manifest's state pair {} -> {} is not in the model",
                                                   pair.output, pair.input)};
    specs.push_back(*input);
  }
  return specs;
}

std::string state_input_of(const WorkloadInfo& info, std::string_view output) {
  for (const StatePair& pair : info.state)
    if (pair.output == output) return pair.input;
  return {};
}

}  // namespace

Result<std::vector<TensorSpec>> fixed_specs(std::span<const TensorSpec> specs, std::int64_t batch) {
  std::vector<TensorSpec> fixed(specs.begin(), specs.end());
  for (TensorSpec& spec : fixed) {
    if (!spec.shape.empty() && spec.shape[0] < 0) spec.shape[0] = batch;
    for (std::size_t i = 0; i < spec.shape.size(); ++i) {
      if (spec.shape[i] >= 0) continue;
      const std::string name = i < spec.dim_names.size() ? spec.dim_names[i] : "";
      if (name.empty())
        return Error{ErrorKind::invalid,
                     fmt::format("dimension {} of input '{}' is free and has no name; export the "
                                 "model with a fixed shape",
                                 i, spec.name)};
      return Error{
          ErrorKind::invalid,
          fmt::format("dimension '{}' of input '{}' is free; fix it with --dim {}=N", name, spec.name, name)};
    }
  }
  return fixed;
}

Result<Lane> Lane::create(const WorkloadInfo& info, Session& session, std::size_t slots, std::int64_t batch) {
  Lane lane;
  EB_GET(const auto inputs, fixed_specs(session.inputs(), batch));
  EB_GET(const auto states, state_specs(info, inputs, session.outputs()));
  lane.is_recurrent_ = !states.empty();
  EB_GET(lane.state_[0], TensorSet::create(states));
  EB_GET(lane.state_[1], TensorSet::create(states));
  std::vector<TensorSpec> own;
  for (const TensorSpec& spec : inputs)
    if (!find_spec(states, spec.name)) own.push_back(spec);
  for (std::size_t i = 0; i < slots; ++i) {
    EB_GET(TensorSet sample, TensorSet::create(own));
    lane.slot_bytes_ = sample.bytes();
    lane.samples_.push_back(std::move(sample));
  }
  EB_OK(lane.bind(info, session, batch));
  return lane;
}

Status Lane::bind(const WorkloadInfo& info, Session& session, std::int64_t batch) {
  // An output whose shape only a run can tell is left to the session.
  std::vector<TensorSpec> known;
  for (TensorSpec spec : session.outputs()) {
    if (!spec.shape.empty() && spec.shape[0] < 0) spec.shape[0] = batch;
    if (spec.is_fixed() && state_input_of(info, spec.name).empty()) known.push_back(std::move(spec));
  }
  EB_GET(outputs_, TensorSet::create(std::move(known)));
  for (const TensorSet& sample : samples_) {
    std::array<std::unique_ptr<Binding>, 2> pair;
    for (std::size_t parity = 0; parity < (is_recurrent_ ? 2u : 1u); ++parity) {
      std::vector<Tensor> inputs;
      for (const TensorSpec& spec : session.inputs()) {
        const Tensor* state = find_tensor(state_[parity].tensors(), spec.name);
        inputs.push_back(state ? *state : *find_tensor(sample.tensors(), spec.name));
      }
      std::vector<Tensor> outputs;
      for (const TensorSpec& spec : session.outputs()) {
        const std::string input = state_input_of(info, spec.name);
        const Tensor* tensor = input.empty() ? find_tensor(outputs_.tensors(), spec.name)
                                             : find_tensor(state_[1 - parity].tensors(), input);
        outputs.push_back(tensor ? *tensor : Tensor{&spec, {}});
      }
      EB_GET(pair[parity], session.bind(inputs, outputs));
      if (parity == 0) inputs_.push_back(std::move(inputs));
    }
    bindings_.push_back(std::move(pair));
  }
  return Done{};
}

void Lane::start_stream() {
  parity_ = 0;
  for (const Tensor& tensor : state_[0].tensors()) std::memset(tensor.bytes.data(), 0, tensor.bytes.size());
}

}  // namespace eb
