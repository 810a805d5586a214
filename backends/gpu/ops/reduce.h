#pragma once
// Reductions along lines, for the operators that need one on their way. Long lines are reduced in parts, so
// that no work-item's loop gets long (loops.h) and no device waits for one item.
#include <cstdint>
#include <string_view>

#include "backends/gpu/plan.h"

namespace eb::gpu {

// Codes of reduce_rows.krn and reduce_axis.krn.
enum class Map : std::uint8_t { same, absolute, square, exponential };
enum class Fold : std::uint8_t { sum, max, min, product };
enum class Finish : std::uint8_t { none, scale, root, log, log_plus_max };

struct Reduction {
  std::string_view op_type;
  Map map = Map::same;
  Fold fold = Fold::sum;
  Finish finish = Finish::none;
};
// The row of "ReduceSum" and the like.
const Reduction& reduction_of(std::string_view op_type);

// [outer, size, inner] with strides, in floats. Each line is cut into `parts`, all but the last of `terms`
// elements.
struct Lines {
  std::int64_t outer = 1, size = 1, inner = 1;
  std::int64_t x_outer = 0, x_step = 0, y_outer = 0;
  std::int64_t parts = 1, terms = std::int64_t{1} << 30;

  std::int64_t count() const { return outer * parts * inner; }
};
// The lines of a dense tensor, and of a result that is dense, too.
Lines dense_lines(std::int64_t outer, std::int64_t size, std::int64_t inner);
// Long ones in parts.
Lines in_parts(Lines lines);

// One number for each line, into [outer, inner].
void reduce_lines(Planner& planner, const Reduction& reduction, const Place& from, const Place& to,
                  const Lines& lines);
// One number for each part, into [outer, parts, inner]: what another reduction makes one of.
void reduce_parts(Planner& planner, const Reduction& reduction, const Place& from, const Place& to,
                  const Lines& lines);

// Where the largest element of each line is: the first such. An int64 each, into [outer, inner].
struct Search {
  bool smallest = false, last = false;
};
void search_lines(Planner& planner, const Search& search, const Place& from, const Place& to,
                  const Lines& lines);

}  // namespace eb::gpu
