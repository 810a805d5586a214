#pragma once
// The table of a placement: every node with what it weighs, where it went, and why it is not elsewhere.
#include <span>
#include <vector>

#include "backends/onnxruntime/operations.h"
#include "backends/onnxruntime/provider_report.h"

namespace eb::ort {

// In order of execution; nodes that `work` does not know come last. MACs go by a node's name, and are absent
// where several nodes have it; reasons by name and operator, and are absent where such nodes have several.
std::vector<Placement::Node> node_table(std::span<const AssignedNode> assigned, const OperationCount& work,
                                        std::string_view named_provider,
                                        std::span<const ProviderReport::Refused> refused);

}  // namespace eb::ort
