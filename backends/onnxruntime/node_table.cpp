#include "backends/onnxruntime/node_table.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace eb::ort {
namespace {

struct Executed {
  std::size_t first = 0;  // index in the order of execution
  double macs = 0;        // of all its executions: the body of a loop has several
};

std::map<std::string_view, Executed> executed_by_name(const OperationCount& work) {
  std::map<std::string_view, Executed> by_name;
  for (std::size_t i = 0; i < work.nodes.size(); ++i)
    by_name.try_emplace(work.nodes[i].name, Executed{i, 0}).first->second.macs += work.nodes[i].macs;
  return by_name;
}

// By name, which may be none, and operator. Empty where two such nodes were refused for different reasons.
using Reasons = std::map<std::pair<std::string_view, std::string_view>, std::string_view>;

Reasons reasons_of(std::span<const ProviderReport::Refused> refused) {
  Reasons reasons;
  for (const auto& one : refused) {
    const auto [at, is_new] = reasons.try_emplace({one.node, one.op_type}, one.reason);
    if (!is_new && at->second != one.reason) at->second = {};
  }
  return reasons;
}

}  // namespace

std::vector<Placement::Node> node_table(std::span<const AssignedNode> assigned, const OperationCount& work,
                                        std::string_view named_provider,
                                        std::span<const ProviderReport::Refused> refused) {
  const auto executed = executed_by_name(work);
  const Reasons reasons = reasons_of(refused);
  std::map<std::string_view, int> uses;
  for (const AssignedNode& node : assigned) ++uses[node.name];
  std::vector<Placement::Node> table;
  std::vector<std::size_t> places;
  for (const AssignedNode& node : assigned) {
    Placement::Node row{node.name, node.op_type, node.provider, std::nullopt, ""};
    const bool is_unique = !node.name.empty() && uses[node.name] == 1;
    const auto ran = executed.find(node.name);
    places.push_back(ran == executed.end() ? work.nodes.size() : ran->second.first);
    if (is_unique && ran != executed.end()) row.macs = ran->second.macs;
    const auto why = reasons.find({node.name, node.op_type});
    if (node.provider != named_provider && why != reasons.end()) row.reason = why->second;
    table.push_back(std::move(row));
  }
  std::vector<std::size_t> order(table.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return places[a] < places[b]; });
  std::vector<Placement::Node> sorted;
  sorted.reserve(table.size());
  for (const std::size_t i : order) sorted.push_back(std::move(table[i]));
  return sorted;
}

}  // namespace eb::ort
