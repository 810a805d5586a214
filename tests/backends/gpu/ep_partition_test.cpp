#include "backends/gpu/ep_partition.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>

namespace eb::gpu {
namespace {

using Groups = std::vector<std::vector<int>>;

// A node: 's' supported, 'v' a supported view, '.' not supported; then the nodes that it reads.
struct Row {
  char kind;
  std::vector<int> producers;
};
struct Case {
  const char* name;
  std::vector<Row> rows;
  Groups groups;
};

std::vector<PartitionNode> nodes_of(const std::vector<Row>& rows) {
  std::vector<PartitionNode> nodes;
  for (const Row& row : rows) nodes.push_back({row.kind != '.', row.kind == 'v', row.producers});
  return nodes;
}

const Case kCases[] = {
    {"empty", {}, {}},
    {"one", {{'s', {}}}, {{0}}},
    {"one_that_is_not_supported", {{'.', {}}}, {}},
    {"chain", {{'s', {}}, {'s', {0}}, {'s', {1}}}, {{0, 1, 2}}},
    {"cut_chain", {{'s', {}}, {'.', {0}}, {'s', {1}}}, {{0}, {2}}},
    {"apart", {{'s', {}}, {'s', {}}}, {{0}, {1}}},
    {"joined_later", {{'s', {}}, {'s', {}}, {'s', {0, 1}}}, {{0, 1, 2}}},
    {"same_producer_twice", {{'s', {}}, {'s', {0, 0}}}, {{0, 1}}},
    {"diamond", {{'s', {}}, {'s', {0}}, {'s', {0}}, {'s', {1, 2}}}, {{0, 1, 2, 3}}},
    // 0 -> 2 straight, and 0 -> 1 -> 2 through one that is not ours: together they would wait for themselves.
    {"detour", {{'s', {}}, {'.', {0}}, {'s', {0, 1}}}, {{0}, {2}}},
    {"detour_of_two", {{'s', {}}, {'.', {0}}, {'.', {1}}, {'s', {0, 2}}}, {{0}, {3}}},
    {"detour_beside_a_chain", {{'s', {}}, {'s', {0}}, {'.', {0}}, {'s', {1, 2}}}, {{0, 1}, {3}}},
    // 3 may join 2, but not 0, which it would have to wait for by way of 2.
    {"detour_through_a_group", {{'s', {}}, {'.', {0}}, {'s', {1}}, {'s', {0, 2}}}, {{0}, {2, 3}}},
    {"side_branch_ends_outside", {{'s', {}}, {'.', {0}}, {'s', {0}}, {'s', {2}}}, {{0, 2, 3}}},
    {"side_branch_comes_in", {{'.', {}}, {'s', {}}, {'s', {1, 0}}}, {{1, 2}}},
    {"two_islands", {{'s', {}}, {'s', {0}}, {'.', {1}}, {'s', {2}}, {'s', {3}}}, {{0, 1}, {3, 4}}},
    {"views_alone_are_not_worth_it", {{'v', {}}, {'.', {0}}}, {}},
    {"views_that_are_all_there_is", {{'v', {}}, {'v', {0}}}, {{0, 1}}},
    {"view_with_work", {{'v', {}}, {'s', {0}}, {'.', {1}}}, {{0, 1}}},
};

// A group that a path leaves and comes back to could not run as one node: the graph of groups has a cycle.
bool can_run(const std::vector<PartitionNode>& nodes, const Groups& groups) {
  std::vector<std::size_t> group_of(nodes.size());
  std::iota(group_of.begin(), group_of.end(), groups.size());
  for (std::size_t g = 0; g < groups.size(); ++g)
    for (const int member : groups[g]) group_of[static_cast<std::size_t>(member)] = g;
  std::vector<char> is_done(groups.size() + nodes.size(), 0);
  for (std::size_t left = nodes.size(), before = left + 1; left < before;) {
    before = left;
    left = 0;
    std::vector<char> waits(is_done.size(), 0);
    for (std::size_t i = 0; i < nodes.size(); ++i)
      for (const int producer : nodes[i].producers) {
        const std::size_t from = group_of[static_cast<std::size_t>(producer)];
        if (from != group_of[i] && !is_done[from]) waits[group_of[i]] = 1;
      }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!waits[group_of[i]]) is_done[group_of[i]] = 1;
      left += is_done[group_of[i]] ? 0 : 1;
    }
    if (left == 0) return true;
  }
  return nodes.empty();
}

class Partition : public ::testing::TestWithParam<Case> {};

TEST_P(Partition, MakesTheseGroups) {
  const auto nodes = nodes_of(GetParam().rows);
  const Groups groups = partition(nodes);
  EXPECT_TRUE(can_run(nodes, groups));
  EXPECT_EQ(groups, GetParam().groups);
}

INSTANTIATE_TEST_SUITE_P(Graphs, Partition, ::testing::ValuesIn(kCases),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(PartitionOfRandomGraphs, NeverHasACycleAndLosesNothing) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same graphs every time
  for (int round = 0; round < 300; ++round) {
    std::vector<PartitionNode> nodes(1 + random() % 40);
    std::size_t supported = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      nodes[i].is_supported = random() % 4 != 0;
      supported += nodes[i].is_supported ? 1 : 0;
      for (std::size_t k = random() % 4; i > 0 && k > 0; --k)
        nodes[i].producers.push_back(static_cast<int>(random() % i));
    }
    const Groups groups = partition(nodes);
    std::size_t members = 0;
    for (const auto& group : groups) members += group.size();
    EXPECT_EQ(members, supported);
    EXPECT_TRUE(can_run(nodes, groups)) << "round " << round;
  }
}

TEST(PartitionOfAChain, IsOneGroupHoweverLong) {
  std::vector<PartitionNode> nodes(5000);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].is_supported = true;
    if (i > 0) nodes[i].producers = {static_cast<int>(i) - 1};
    if (i > 9) nodes[i].producers.push_back(static_cast<int>(i) - 10);  // skips, as in residual networks
  }
  const Groups groups = partition(nodes);
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].size(), nodes.size());
}

}  // namespace
}  // namespace eb::gpu
