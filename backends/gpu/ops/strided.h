#pragma once
// Copies between strided views of tensors: what Transpose, Slice, Concat, Pad, Expand, Tile and the like come
// down to, in any layout on either side.
#include <cstdint>
#include <vector>

#include "backends/gpu/plan.h"

namespace eb::gpu {

struct StridedAxis {
  std::int64_t size = 1;
  std::int64_t from_stride = 0,
               to_stride = 0;  // in elements of the tensor; the source's may be zero or negative
};

struct StridedCopy {
  Place from{}, to{};                           // of one Rep and one Store; halves in whole vectors only
  std::int64_t from_offset = 0, to_offset = 0;  // elements from the place's first
  std::vector<StridedAxis> axes{};              // in any order; no two elements may go to one place
};

// Axes that one copy may have after merging: those of an i64 tensor count one more.
inline constexpr std::size_t kMaxCopyAxes = 8;

// Drops axes of one element and merges those that are one run on both sides; sorted by the target's stride,
// largest first.
std::vector<StridedAxis> merged_axes(std::vector<StridedAxis> axes);

// At most kMaxCopyAxes after merging.
void emit_copy(Planner& planner, StridedCopy copy);

// Sets elements (axes' `from_stride` is not looked at) to one real, or to a word given as its bits. Not for
// i64.
void emit_fill(Planner& planner, const Place& to, std::int64_t to_offset, std::vector<StridedAxis> axes,
               std::uint32_t word);
// All of a place of reals, with the padding of its runs.
void emit_fill_all(Planner& planner, const Place& to, float real);

// Elements from one index to the next, for each axis of the shape, in the place's layout.
std::vector<std::int64_t> strides_of(const Place& place);
// Axes of the source's shape that step through both places, of equal rank.
std::vector<StridedAxis> axes_between(const Place& from, const Place& to);
// The same elements seen as another shape, dense. `place` is flat.
Place seen_as(Place place, Shape shape);

// Address of an element of the place in words or, divided, in vectors; of constants, too.
Param address_of(const Place& place, std::int64_t offset_words, std::int64_t unit_words = 1);

// Work-items in one dimension, as many as it takes: more than one dimension of a device's grid holds, too.
// The kernel begins with `PARAM(int, across) PARAM(int, count)`, which are put before `params`, and counts
// GID_Y * across + GID_X.
void call_items(Planner& planner, KernelDesc kernel, std::vector<Place> buffers, std::vector<Param> params,
                std::int64_t items);

}  // namespace eb::gpu
