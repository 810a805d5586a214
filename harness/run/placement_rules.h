#pragma once
// What a user asks of the placement of a graph.

namespace eb {

// Below this share of the work on the named device its numbers are another device's, too: no record that was
// let pass with less is ranked.
inline constexpr double kRankedGatePercent = 95;

struct PlacementRules {
  double gate_percent =
      kRankedGatePercent;    // of MACs (of nodes where there are none), 0..100: less is `fallback`
  bool is_strict = false;    // a graph that would need the CPU is refused when its session opens
  bool tells_nodes = false;  // where every node went is wanted, not only shares

  bool operator==(const PlacementRules&) const = default;
};

}  // namespace eb
