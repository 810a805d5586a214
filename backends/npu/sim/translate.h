#pragma once
// From a graph to the chip's operations.
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "backends/gpu/graph.h"
#include "backends/gpu/ops.h"
#include "backends/npu/sim/chip_program.h"

namespace eb::simnpu {

// Why a node is not for the chip; nothing where it is.
gpu::Refusal chip_refusal(const gpu::Graph& graph, const gpu::Node& node);

// A program whose tensors have their places in a block that several programs share.
struct Translation {
  std::vector<Op> ops{};
  std::vector<std::uint64_t> offsets{};  // of each value of the graph; 0: it is not needed
};

// Hands out places in a block, and keeps what is to be there from the start.
class BlockPlan {
 public:
  std::uint64_t reserve(std::uint64_t bytes);
  std::uint64_t add(std::span<const std::byte> bytes);  // borrowed until `write`
  void set(std::uint64_t offset, std::span<const std::byte> bytes);
  std::uint64_t bytes() const { return end_; }
  void write(std::span<std::byte> block) const;

 private:
  struct Piece {
    std::uint64_t offset = 0;
    std::span<const std::byte> bytes{};
  };
  std::uint64_t end_ = kAlignment;  // the header comes first
  std::vector<Piece> pieces_{};
};

// Every node must be one that `chip_refusal` lets pass.
Translation translate(const gpu::Graph& graph, BlockPlan& block);

}  // namespace eb::simnpu
