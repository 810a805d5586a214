#pragma once
// Elementwise calls: operands are broadcast to the output's shape and computed vector by vector, in the
// layout that most of the data has already. What no arrangement of vectors can do is repeated into a flat
// tensor first.
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "backends/gpu/plan.h"

namespace eb::gpu {

// One of the kernels unary, binary and ternary (by the number of operands) and what it computes.
struct Elementwise {
  int code = 0;                                          // its OP
  std::vector<std::pair<std::string, int>> constants{};  // SPECs beside OP and DIMS
  // Finite numbers give finite numbers. Where not, padding between channels and pitch becomes zero, because
  // who reads it may multiply it by a zero weight.
  bool keeps_finite = true;
  float alpha = 0, beta = 0;  // of unary and ternary
};

// A value and its shape as the broadcasting sees it: as many elements, perhaps more dimensions of 1.
struct Operand {
  ValueId id = kNoValue;
  Shape shape{};
};
Operand operand(const Planner& planner, ValueId id);

// The layout to compute `output` in, so that the operands need the fewest conversions.
Layout elementwise_layout(const Planner& planner, std::span<const Operand> operands, ValueId output);
// The store to compute it in, for unary and binary: halves where all operands can be had as such.
Store elementwise_store(const Planner& planner, std::span<const Operand> operands, ValueId output,
                        Layout layout);
// The operand for calls that write a place of `layout` and `rank` dimensions, as `elementwise_layout` chose
// it.
Place operand_place(Planner& planner, const Operand& operand, Layout layout, std::size_t rank,
                    Store store = Store::word);
std::vector<Place> operand_places(Planner& planner, std::span<const Operand> operands, Layout layout,
                                  std::size_t rank, Store store = Store::word);
Place new_in(Planner& planner, ValueId id, Layout layout, Store store = Store::word);

// Adds the call. Places are of one store and one layout; those of one element may be of any layout.
void elementwise_call(Planner& planner, const Elementwise& work, std::vector<Place> operands,
                      const Place& output);
// All of the above.
void emit_elementwise(Planner& planner, const Elementwise& work, const std::vector<Operand>& operands,
                      ValueId output);

// A flat place of i64 as one of words, its last dimension of 2; and a flat place of one-word elements to meet
// it.
Place as_words(Place place);
// `from`, flat, repeated to `shape`: in scratch memory, or itself if there is nothing to repeat.
Place broadcast_flat(Planner& planner, const Place& from, const Shape& shape);

}  // namespace eb::gpu
