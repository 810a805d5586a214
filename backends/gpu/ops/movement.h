#pragma once
// What the files of the movement family share.
#include <cstdint>
#include <span>
#include <vector>

#include "backends/gpu/ops.h"

namespace eb::gpu {

// The value was written as an image of three or more dimensions: who can should stay with images.
bool comes_as_image(Planner& planner, ValueId id);

// Zeros from the last channel to the end of each run.
void emit_zero_padding(Planner& planner, const Place& runs);

// Which elements of `from` a smaller `to` takes: `starts` and `steps` for each axis; the target's shape says
// how many.
void emit_window(Planner& planner, ValueId from, ValueId to, const std::vector<std::int64_t>& starts,
                 const std::vector<std::int64_t>& steps);

// Integers that an attribute gives in old versions of an operator, and a constant input in newer ones.
bool integers_are_constant(const Graph& graph, const Node& node, std::size_t input);
std::vector<std::int64_t> integers_of(const Graph& graph, const Node& node, std::size_t input,
                                      std::string_view attribute);

}  // namespace eb::gpu
