#pragma once
// Graphs of several nodes by hand, for tests of the planner and for whole networks. Keeps the constants'
// bytes.
#include <cstring>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "backends/gpu/graph.h"

namespace eb::gpu::test {

class GraphBuilder {
 public:
  GraphBuilder() = default;
  GraphBuilder(const GraphBuilder&) = delete;
  GraphBuilder& operator=(const GraphBuilder&) = delete;

  const Graph& graph() const { return graph_; }

  ValueId value(Shape shape, Type type = Type::f32) {
    const auto id = static_cast<ValueId>(graph_.values.size());
    graph_.values.push_back({.name = "v" + std::to_string(id), .type = type, .shape = std::move(shape)});
    return id;
  }

  ValueId input(Shape shape, Type type = Type::f32) {
    graph_.inputs.push_back(value(std::move(shape), type));
    return graph_.inputs.back();
  }

  template <class T = float>
  ValueId constant(Shape shape, const std::vector<T>& numbers, Type type = Type::f32) {
    const ValueId id = value(std::move(shape), type);
    std::vector<std::byte> bytes(numbers.size() * sizeof(T));
    std::memcpy(bytes.data(), numbers.data(), bytes.size());
    bytes_.push_back(std::move(bytes));
    graph_.values.back().constant = std::span<const std::byte>(bytes_.back());
    return id;
  }

  // One node with one output, which is returned.
  ValueId op(std::string op_type, std::vector<ValueId> inputs, Shape output,
             std::map<std::string, Attribute> attributes = {}, Type type = Type::f32) {
    const ValueId id = value(std::move(output), type);
    Node node{.name = op_type + std::to_string(graph_.nodes.size()), .op_type = std::move(op_type)};
    node.since_version = 13;
    node.inputs = std::move(inputs);
    node.outputs = {id};
    node.attributes = std::move(attributes);
    graph_.nodes.push_back(std::move(node));
    return id;
  }

  void output(ValueId id) { graph_.outputs.push_back(id); }
  // Until the next value is made.
  const Shape& shape(ValueId id) const { return graph_.value(id).shape; }

 private:
  Graph graph_{};
  std::deque<std::vector<std::byte>> bytes_{};  // stays where it is when it grows
};

}  // namespace eb::gpu::test
