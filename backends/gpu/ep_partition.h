#pragma once
// Which nodes of a graph go to the device together. Pure.
#include <span>
#include <vector>

#include "backends/gpu/ep_graph.h"

namespace eb::gpu {

struct PartitionNode {
  bool is_supported = false;
  bool is_view = false;          // no work: a new name or shape for the same elements
  std::vector<int> producers{};  // indices of the nodes whose outputs it reads
};

// Supported is what has no refusal.
std::vector<PartitionNode> partition_nodes(const ImportedGraph& imported);

// `nodes` in an order in which each can run. Groups of connected, supported nodes, as large as a greedy union
// makes them, such that no path leaves a group and comes back: each can run as one node. Members and groups
// in order. A group that is only views is left out, unless it is the whole graph.
std::vector<std::vector<int>> partition(std::span<const PartitionNode> nodes);

}  // namespace eb::gpu
