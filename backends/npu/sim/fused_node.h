#pragma once
// A fused node at run time: the way of its tensors to the chip and back, and where a provider misbehaves.
#include <cstdint>
#include <memory>
#include <vector>

#include "backends/gpu/ep_ort.h"
#include "backends/gpu/graph.h"
#include "backends/npu/sim/chip_link.h"
#include "backends/npu/sim/options.h"

namespace eb::simnpu {

struct FusedNode {
  struct Port {
    std::size_t index = 0;  // for KernelContext_GetInput or KernelContext_GetOutput
    gpu::Shape shape{};
    std::size_t bytes = 0;
    std::uint64_t offset = 0;  // in the chip's memory
  };
  gpu::Ort ort{};
  Misbehavior misbehavior = Misbehavior::none;
  std::shared_ptr<Chip> chip{};  // of all nodes of a session; one run at a time
  std::uint32_t program = 0;
  float slowdown = 1;  // of the chip's clock
  std::vector<Port> inputs{}, outputs{};
};

OrtNodeComputeInfo* make_fused_node(FusedNode node);
void release_fused_node(OrtNodeComputeInfo* info) noexcept;

}  // namespace eb::simnpu
