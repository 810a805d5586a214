#include "backends/gpu/ep_graph.h"

#include <fmt/format.h>

#include <unordered_map>

#include "backends/gpu/ep_attributes.h"

namespace eb::gpu {
namespace {

class Importer {
 public:
  explicit Importer(const Ort& ort) : ort_(ort) {}

  Result<ImportedGraph> run(const OrtGraph& graph) {
    EB_GET(const auto nodes,
           list_of<OrtNode>(ort_, ort_.api->Graph_GetNumNodes, ort_.api->Graph_GetNodes, &graph));
    for (const OrtNode* node : nodes) EB_OK(add_node(*node));
    return std::move(made_);
  }

 private:
  Status add_node(const OrtNode& ort_node) {
    const OrtApi& api = *ort_.api;
    Node node;
    const char* name = nullptr;
    const char* op_type = nullptr;
    const char* domain = nullptr;
    EB_OK(ort_.check(api.Node_GetName(&ort_node, &name)));
    EB_OK(ort_.check(api.Node_GetOperatorType(&ort_node, &op_type)));
    EB_OK(ort_.check(api.Node_GetDomain(&ort_node, &domain)));
    EB_OK(ort_.check(api.Node_GetSinceVersion(&ort_node, &node.since_version)));
    node.name = name;
    node.op_type = op_type;
    node.domain = domain;
    EB_GET(const auto inputs,
           list_of<OrtValueInfo>(ort_, api.Node_GetNumInputs, api.Node_GetInputs, &ort_node));
    EB_GET(const auto outputs,
           list_of<OrtValueInfo>(ort_, api.Node_GetNumOutputs, api.Node_GetOutputs, &ort_node));
    Refusal refusal;
    EB_OK(add_values(inputs, node.inputs, refusal));
    EB_OK(add_values(outputs, node.outputs, refusal));
    EB_OK(import_attributes(ort_, ort_node, node));
    EB_OK(look_around(ort_node, refusal));
    made_.graph.nodes.push_back(std::move(node));
    made_.ort_nodes.push_back(&ort_node);
    made_.refusals.push_back(std::move(refusal));
    return Done{};
  }

  Status look_around(const OrtNode& node, Refusal& refusal) const {
    std::size_t subgraphs = 0;
    EB_OK(ort_.check(ort_.api->Node_GetNumSubgraphs(&node, &subgraphs)));
    if (subgraphs > 0) refusal = "it has graphs inside";
    const char* owner = nullptr;
    EB_OK(ort_.check(ort_.api->Node_GetEpName(&node, &owner)));
    if (owner && *owner) refusal = fmt::format("it belongs to {}", owner);
    return Done{};
  }

  Status add_values(const std::vector<const OrtValueInfo*>& infos, std::vector<ValueId>& ids,
                    Refusal& refusal) {
    for (const OrtValueInfo* info : infos) {
      const char* name = nullptr;
      if (info) EB_OK(ort_.check(ort_.api->GetValueInfoName(info, &name)));
      if (!name || !*name) {
        ids.push_back(kNoValue);
        continue;
      }
      EB_GET(const ValueId id, value_of(*info, name));
      ids.push_back(id);
      if (const Refusal& problem = problems_[static_cast<std::size_t>(id)]) refusal = problem;
    }
    return Done{};
  }

  Result<ValueId> value_of(const OrtValueInfo& info, const std::string& name) {
    const auto [at, is_new] = ids_.emplace(name, static_cast<ValueId>(made_.graph.values.size()));
    if (!is_new) return at->second;
    Value value;
    value.name = name;
    Refusal problem;
    EB_OK(describe(info, value, problem));
    if (!problem) EB_OK(add_constant(info, value));
    made_.graph.values.push_back(std::move(value));
    problems_.push_back(std::move(problem));
    return at->second;
  }

  Status describe(const OrtValueInfo& info, Value& value, Refusal& problem) const {
    const OrtApi& api = *ort_.api;
    const OrtTypeInfo* type_info = nullptr;
    const OrtTensorTypeAndShapeInfo* tensor = nullptr;
    EB_OK(ort_.check(api.GetValueInfoTypeInfo(&info, &type_info)));
    if (type_info) EB_OK(ort_.check(api.CastTypeInfoToTensorInfo(type_info, &tensor)));
    if (!tensor) {
      problem = fmt::format("'{}' is not a tensor", value.name);
      return Done{};
    }
    ONNXTensorElementDataType type{};
    EB_OK(ort_.check(api.GetTensorElementType(tensor, &type)));
    const auto ours = type_of(type);
    if (!ours) {
      problem = fmt::format("'{}' has element type {} of ONNX", value.name, int{type});
      return Done{};
    }
    value.type = *ours;
    std::size_t rank = 0;
    EB_OK(ort_.check(api.GetDimensionsCount(tensor, &rank)));
    value.shape.resize(rank);
    EB_OK(ort_.check(api.GetDimensions(tensor, value.shape.data(), rank)));
    // Before this version no shape and the shape of a scalar look the same; what runs is checked by its size
    // anyway.
    if (rank == 0 && ort_.version >= kHasShapeApi && !api.TensorTypeAndShape_HasShape(tensor))
      problem = fmt::format("'{}' has no shape", value.name);
    return Done{};
  }

  Status add_constant(const OrtValueInfo& info, Value& value) const {
    bool is_constant = false;
    EB_OK(ort_.check(ort_.api->ValueInfo_IsConstantInitializer(&info, &is_constant)));
    if (!is_constant) return Done{};
    const OrtValue* tensor = nullptr;
    EB_OK(ort_.check(ort_.api->ValueInfo_GetInitializerValue(&info, &tensor)));
    if (!tensor) return Done{};
    EB_GET(const auto bytes, tensor_bytes(ort_, *tensor));
    const auto wanted = static_cast<std::size_t>(elements(value.shape)) * type_bytes(value.type);
    if (bytes.size() != wanted)
      return Error{ErrorKind::invalid, fmt::format("constant '{}' has {} bytes, its shape asks for {}",
                                                   value.name, bytes.size(), wanted)};
    value.constant = bytes;
    return Done{};
  }

  const Ort& ort_;
  ImportedGraph made_{};
  std::vector<Refusal> problems_{};  // by value
  std::unordered_map<std::string, ValueId> ids_{};
};

// Fills `ids` and `indices` with those of `infos` that are values of the graph.
Status find_ports(const Ort& ort, const std::vector<const OrtValueInfo*>& infos, const Graph& graph,
                  std::vector<ValueId>& ids, std::vector<std::size_t>& indices) {
  std::unordered_map<std::string_view, ValueId> by_name;
  for (std::size_t i = 0; i < graph.values.size(); ++i)
    by_name.emplace(graph.values[i].name, static_cast<ValueId>(i));
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const char* name = nullptr;
    if (infos[i]) EB_OK(ort.check(ort.api->GetValueInfoName(infos[i], &name)));
    const auto found = name ? by_name.find(name) : by_name.end();
    if (found == by_name.end() || graph.value(found->second).is_constant()) continue;
    ids.push_back(found->second);
    indices.push_back(i);
  }
  return Done{};
}

}  // namespace

Result<ImportedGraph> import_graph(const Ort& ort, const OrtGraph& graph) {
  return Importer(ort).run(graph);
}

Result<Ports> set_ports(const Ort& ort, const OrtNode& fused, Graph& graph) {
  const OrtApi& api = *ort.api;
  EB_GET(const auto inputs, list_of<OrtValueInfo>(ort, api.Node_GetNumInputs, api.Node_GetInputs, &fused));
  EB_GET(const auto outputs, list_of<OrtValueInfo>(ort, api.Node_GetNumOutputs, api.Node_GetOutputs, &fused));
  Ports ports;
  EB_OK(find_ports(ort, inputs, graph, graph.inputs, ports.inputs));
  EB_OK(find_ports(ort, outputs, graph, graph.outputs, ports.outputs));
  return ports;
}

}  // namespace eb::gpu
