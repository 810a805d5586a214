#pragma once
// What differs between two measurements of one cell and can slow one of them down.
#include "results/compare/compare.h"

namespace eb {

struct Measured {
  const nlohmann::ordered_json& context;  // of the run; anything at all
  const RunRecord& record;
};

// Sorted by how much of `ratio` they can explain (above 1: the other is faster). What slows down the faster
// side is left out. Never says that a cause was at work.
Explanation explain(const Measured& first, const Measured& other, const Ratio& ratio);

}  // namespace eb
