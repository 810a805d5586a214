#pragma once
// What a user asks of the placement of a graph.
#include "harness/core/ranking.h"

namespace eb {

struct PlacementRules {
  double gate_percent =
      kRankedGatePercent;    // of MACs (of nodes where there are none), 0..100: less is `fallback`
  bool is_strict = false;    // a graph that would need the CPU is refused when its session opens
  bool tells_nodes = false;  // where every node went is wanted, not only shares

  bool operator==(const PlacementRules&) const = default;
};

}  // namespace eb
