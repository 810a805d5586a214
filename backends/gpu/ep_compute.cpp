#include "backends/gpu/ep_compute.h"

#include <fmt/format.h>

#include "backends/gpu/ep_attributes.h"

namespace eb::gpu {
namespace {

class NodeCompute final : public OrtNodeComputeInfo {
 public:
  explicit NodeCompute(CompiledNode node)
      : OrtNodeComputeInfo{}, node_(std::move(node)), in_(node_.inputs.size()), out_(node_.outputs.size()) {
    ort_version_supported = node_.ort.version;
    CreateState = [](OrtNodeComputeInfo*, OrtNodeComputeContext*, void** state) noexcept -> OrtStatus* {
      *state = nullptr;
      return nullptr;
    };
    ReleaseState = [](OrtNodeComputeInfo*, void*) noexcept {};
    Compute = [](OrtNodeComputeInfo* self, void*, OrtKernelContext* context) noexcept {
      auto& compute = *static_cast<NodeCompute*>(self);
      return guarded(compute.node_.ort, [&] { return compute.run(*context); });
    };
  }
  NodeCompute(const NodeCompute&) = delete;
  NodeCompute& operator=(const NodeCompute&) = delete;
  ~NodeCompute() { node_.device->destroy(node_.program); }

 private:
  Status run(OrtKernelContext& context) {
    return node_.device->use([&](ComputeDevice&) -> Status {
      for (std::size_t i = 0; i < in_.size(); ++i) EB_OK(take_input(context, i));
      for (std::size_t i = 0; i < out_.size(); ++i) EB_OK(take_output(context, i));
      return node_.log && node_.log->is_watched() ? run_watched() : node_.program->run(in_, out_);
    });
  }

  Status run_watched() {
    const auto start = KernelLog::Clock::now();
    EB_OK(node_.program->run(in_, out_));
    auto times = node_.program->times();
    if (times) node_.log->add(start, *std::move(times));  // else the device has no timer
    return Done{};
  }

  Status take_input(OrtKernelContext& context, std::size_t i) {
    const Ort& ort = node_.ort;
    const PortSpec& port = node_.inputs[i];
    const OrtValue* tensor = nullptr;
    EB_OK(runtime(ort.api->KernelContext_GetInput(&context, port.index, &tensor)));
    if (!tensor) return Error{ErrorKind::invalid, fmt::format("input '{}' is not given", port.name)};
    const auto bytes = tensor_bytes(ort, *tensor);
    if (!bytes) return bytes.error();
    in_[i] = *bytes;
    return check_size(port, in_[i].size());
  }

  Status take_output(OrtKernelContext& context, std::size_t i) {
    const Ort& ort = node_.ort;
    const PortSpec& port = node_.outputs[i];
    OrtValue* tensor = nullptr;
    EB_OK(runtime(ort.api->KernelContext_GetOutput(&context, port.index, port.shape.data(), port.shape.size(),
                                                   &tensor)));
    if (!tensor) return Error{ErrorKind::invalid, fmt::format("output '{}' has no tensor", port.name)};
    void* data = nullptr;
    std::size_t bytes = 0;
    EB_OK(runtime(ort.api->GetTensorMutableData(tensor, &data)));
    EB_OK(runtime(ort.api->GetTensorSizeInBytes(tensor, &bytes)));
    out_[i] = {static_cast<std::byte*>(data), bytes};
    return check_size(port, bytes);
  }

  static Status check_size(const PortSpec& port, std::size_t bytes) {
    if (bytes == port.bytes) return Done{};
    return Error{ErrorKind::invalid, fmt::format("'{}' has {} bytes, the model was compiled for {}",
                                                 port.name, bytes, port.bytes)};
  }

  // The runtime's own errors say nothing about the device.
  Status runtime(OrtStatus* status) const {
    auto checked = node_.ort.check(status);
    if (!checked) return Error{ErrorKind::internal, checked.error().message};
    return checked;
  }

  CompiledNode node_;
  std::vector<std::span<const std::byte>> in_;  // under the device's lock
  std::vector<std::span<std::byte>> out_;
};

}  // namespace

OrtNodeComputeInfo* make_node_compute_info(CompiledNode node) {
  return std::make_unique<NodeCompute>(std::move(node)).release();
}

void release_node_compute_info(OrtNodeComputeInfo* info) noexcept {
  delete static_cast<NodeCompute*>(info);
}

}  // namespace eb::gpu
