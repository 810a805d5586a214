#include "backends/onnxruntime/node_table.h"

#include <algorithm>
#include <map>
#include <numeric>

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

// Empty where two nodes of one name were refused for different reasons.
std::map<std::string_view, std::string_view> reason_by_name(
    std::span<const ProviderReport::Refused> refused) {
  std::map<std::string_view, std::string_view> by_name;
  for (const auto& one : refused) {
    const auto [at, is_new] = by_name.try_emplace(one.node, one.reason);
    if (!is_new && at->second != one.reason) at->second = {};
  }
  return by_name;
}

}  // namespace

std::vector<Placement::Node> node_table(std::span<const AssignedNode> assigned, const OperationCount& work,
                                        std::string_view named_provider,
                                        std::span<const ProviderReport::Refused> refused) {
  const auto executed = executed_by_name(work);
  const auto reasons = reason_by_name(refused);
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
    const auto why = reasons.find(node.name);
    if (!node.name.empty() && node.provider != named_provider && why != reasons.end())
      row.reason = why->second;
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
