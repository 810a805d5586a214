#pragma once
// From the runtime's graph to ours. Borrows the runtime's memory for constants: an ImportedGraph must not
// outlive the OrtGraph it was made from.
#include <optional>
#include <string>
#include <vector>

#include "backends/gpu/ep_ort.h"
#include "backends/gpu/graph.h"
#include "backends/gpu/ops.h"

namespace eb::gpu {

struct ImportedGraph {
  Graph graph{};                            // without inputs and outputs; a free dimension is -1
  std::vector<const OrtNode*> ort_nodes{};  // of the nodes of `graph`
  // Why a node cannot even be said in our terms: element types that we do not have, shapes of unknown rank,
  // graphs inside; or whom it belongs to already. Nothing where it can.
  std::vector<Refusal> refusals{};
};

Result<ImportedGraph> import_graph(const Ort& ort, const OrtGraph& graph);

// Where the inputs and outputs of a fused node are among those of its graph: indices for
// KernelContext_GetInput and KernelContext_GetOutput, in the order of Graph::inputs and Graph::outputs.
struct Ports {
  std::vector<std::size_t> inputs{}, outputs{};
};
// Sets the graph's inputs and outputs to those of the fused node that stands for it; constants are no inputs.
Result<Ports> set_ports(const Ort& ort, const OrtNode& fused, Graph& graph);

}  // namespace eb::gpu
