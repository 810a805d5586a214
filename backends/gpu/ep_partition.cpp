#include "backends/gpu/ep_partition.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace eb::gpu {
namespace {

// They only rename: alone they would cost two copies and save none.
constexpr std::array<std::string_view, 6> kViews = {"Reshape", "Identity",  "Flatten",
                                                    "Squeeze", "Unsqueeze", "Dropout"};

// The graph with each group drawn together to one vertex; it never has a cycle.
class Groups {
 public:
  explicit Groups(std::span<const PartitionNode> nodes)
      : group_of_(nodes.size()), members_(nodes.size()), consumers_(nodes.size()), seen_(nodes.size(), -1) {
    for (int i = 0; i < static_cast<int>(nodes.size()); ++i) {
      group_of_[at(i)] = i;
      members_[at(i)] = {i};
      for (const int producer : nodes[at(i)].producers) consumers_[at(producer)].push_back(i);
    }
  }

  // Unites the groups of a producer and its consumer unless that would close a cycle. Must be called for
  // consumers in order: nodes after `consumer` are still alone, so no path through them can lead back.
  void try_unite(int producer, int consumer) {
    const int from = group_of_[at(producer)], to = group_of_[at(consumer)];
    if (from == to || has_detour(from, to, consumer)) return;
    const int kept = members_[at(from)].size() >= members_[at(to)].size() ? from : to;
    const int gone = kept == from ? to : from;
    for (const int member : members_[at(gone)]) group_of_[at(member)] = kept;
    members_[at(kept)].insert(members_[at(kept)].end(), members_[at(gone)].begin(), members_[at(gone)].end());
    members_[at(gone)].clear();
  }

  std::vector<std::vector<int>> take() { return std::move(members_); }

 private:
  static std::size_t at(int index) { return static_cast<std::size_t>(index); }

  // A path from one group to the other through a third.
  bool has_detour(int from, int to, int last) {
    ++search_;
    std::vector<int> open{from};
    seen_[at(from)] = search_;
    while (!open.empty()) {
      const int group = open.back();
      open.pop_back();
      for (const int member : members_[at(group)])
        for (const int consumer : consumers_[at(member)]) {
          if (consumer > last) continue;
          const int next = group_of_[at(consumer)];
          if (next == to && group != from) return true;
          if (next == to || seen_[at(next)] == search_) continue;
          seen_[at(next)] = search_;
          open.push_back(next);
        }
    }
    return false;
  }

  std::vector<int> group_of_;
  std::vector<std::vector<int>> members_;    // by group
  std::vector<std::vector<int>> consumers_;  // by node
  std::vector<int> seen_;                    // by group: the last search that came by
  int search_ = 0;
};

}  // namespace

std::vector<PartitionNode> partition_nodes(const ImportedGraph& imported) {
  const Graph& graph = imported.graph;
  std::vector<int> producer(graph.values.size(), -1);
  std::vector<PartitionNode> nodes;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    PartitionNode made{
        !imported.refusals[i], std::find(kViews.begin(), kViews.end(), node.op_type) != kViews.end(), {}};
    for (const ValueId input : node.inputs)
      if (input != kNoValue && producer[static_cast<std::size_t>(input)] >= 0)
        made.producers.push_back(producer[static_cast<std::size_t>(input)]);
    for (const ValueId output : node.outputs)
      if (output != kNoValue) producer[static_cast<std::size_t>(output)] = static_cast<int>(i);
    nodes.push_back(std::move(made));
  }
  return nodes;
}

std::vector<std::vector<int>> partition(std::span<const PartitionNode> nodes) {
  const auto node = [&](int i) -> const PartitionNode& { return nodes[static_cast<std::size_t>(i)]; };
  Groups groups(nodes);
  for (int i = 0; i < static_cast<int>(nodes.size()); ++i)
    if (node(i).is_supported)
      for (const int producer : node(i).producers)
        if (node(producer).is_supported) groups.try_unite(producer, i);
  std::vector<std::vector<int>> kept;
  for (auto& members : groups.take()) {
    if (members.empty() || !node(members.front()).is_supported) continue;
    const bool only_views =
        std::all_of(members.begin(), members.end(), [&](int i) { return node(i).is_view; });
    if (only_views && members.size() < nodes.size()) continue;
    std::sort(members.begin(), members.end());
    kept.push_back(std::move(members));
  }
  std::sort(kept.begin(), kept.end());
  return kept;
}

}  // namespace eb::gpu
