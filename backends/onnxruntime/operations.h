#pragma once
// Counts the work of a model from ONNX Runtime's own profile of one run: every executed node with the shapes
// of its inputs and outputs, weights included.
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/backend.h"

namespace eb::ort {

// The node that an event of a profile is the execution of, with its work by the shapes it was executed with;
// nothing for any other event. An operator that could not be counted joins `uncounted`, once.
std::optional<OperationCount::Node> node_of_event(const nlohmann::json& event,
                                                  std::vector<std::string>& uncounted);

// `profile`: the JSON text that SessionEndProfiling wrote for exactly one run.
Result<OperationCount> count_from_profile(std::string_view profile);

// One node as the runtime assigned it.
struct AssignedNode {
  std::string name, op_type, provider;
};

// Shares of nodes and MACs by provider. MACs go by node name; they are absent when a node with MACs has no
// counterpart by name and more than one provider is in play.
Placement place(std::span<const AssignedNode> assigned, const OperationCount& work,
                std::string_view named_provider);

}  // namespace eb::ort
