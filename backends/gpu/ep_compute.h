#pragma once
// A fused node at run time: its program, and the way of its tensors from and to the runtime.
#include <memory>
#include <vector>

#include "backends/gpu/ep_device.h"
#include "backends/gpu/ep_graph.h"
#include "backends/gpu/ep_ort.h"
#include "backends/gpu/ep_profile.h"
#include "backends/gpu/program.h"

namespace eb::gpu {

// A tensor that enters or leaves. Shapes are fixed when a model is compiled.
struct PortSpec {
  std::size_t index = 0;  // for KernelContext_GetInput or KernelContext_GetOutput
  std::string name{};
  Shape shape{};
  std::size_t bytes = 0;
};

struct CompiledNode {
  Ort ort{};
  std::shared_ptr<SharedDevice> device{};
  std::unique_ptr<LoadedProgram> program{};
  std::vector<PortSpec> inputs{}, outputs{};
  std::shared_ptr<KernelLog> log{};  // null: nobody asked for times
};

// The runtime's handle of a fused node, to be given back to release_node_compute_info. Runs of several
// threads take turns.
OrtNodeComputeInfo* make_node_compute_info(CompiledNode node);
void release_node_compute_info(OrtNodeComputeInfo* info) noexcept;

}  // namespace eb::gpu
