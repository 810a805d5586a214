#pragma once
// Which work of the model as it was written is in which layer as it was executed.
#include <span>
#include <string_view>
#include <vector>

#include "backends/onnxruntime/layer_profile.h"

namespace eb::ort {

// What the runtime gave to one provider as one node: its compiled subgraph. Others are of single nodes.
using AssignedGroup = std::vector<AssignedNode>;

// Gives each layer its nominal MACs and bytes, from the node or the nodes of `work` that it is. The ways, in
// this order: the node's name; the name that a fusion made of it; the shapes, padded as the runtime pads
// them; for a provider's compiled subgraphs the nodes that it was given. What none of them settles keeps the
// numbers of its execution.
void add_work(const OperationCount& work, std::span<const AssignedGroup> groups,
              std::string_view named_provider, std::vector<ExecutedLayer>& layers);

}  // namespace eb::ort
