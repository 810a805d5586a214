#include "backends/npu/sim/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "backends/gpu/ep_graph.h"
#include "backends/gpu/ep_options.h"
#include "backends/gpu/ep_partition.h"
#include "backends/npu/sim/fused_node.h"
#include "backends/npu/sim/translate.h"

namespace eb::simnpu {
namespace {

using gpu::guarded;
using gpu::ImportedGraph;

constexpr float kCheatSlowdown = 0.6F;  // a clock for benchmarks only; still slower than the simulation

class Ep final : public OrtEp {
 public:
  explicit Ep(EpSetup setup) : OrtEp{}, setup_(std::move(setup)) {
    ort_version_supported = setup_.ort.version;
    GetName = [](const OrtEp* self) noexcept { return static_cast<const Ep*>(self)->setup_.name.c_str(); };
    OrtEp::GetCapability = [](OrtEp* self, const OrtGraph* graph, OrtEpGraphSupportInfo* support) noexcept {
      return guarded(of(self).setup_.ort, [&] { return of(self).claim(*graph, *support); });
    };
    OrtEp::Compile = [](OrtEp* self, const OrtGraph** graphs, const OrtNode** fused, std::size_t count,
                        OrtNodeComputeInfo** infos, OrtNode**) noexcept {
      return guarded(of(self).setup_.ort, [&] {
        return of(self).compile({graphs, count}, {fused, count}, {infos, count});
      });
    };
    OrtEp::ReleaseNodeComputeInfos = [](OrtEp*, OrtNodeComputeInfo** infos, std::size_t count) noexcept {
      for (std::size_t i = 0; i < count; ++i) release_fused_node(infos[i]);
    };
  }

 private:
  static Ep& of(OrtEp* self) { return *static_cast<Ep*>(self); }

  Status claim(const OrtGraph& ort_graph, OrtEpGraphSupportInfo& support) {
    const gpu::Ort& ort = setup_.ort;
    EB_GET(ImportedGraph imported, gpu::import_graph(ort, ort_graph));
    refuse(imported);
    report_.nodes += static_cast<int>(imported.graph.nodes.size());
    for (const auto& group : gpu::partition(gpu::partition_nodes(imported))) {
      std::vector<const OrtNode*> nodes;
      nodes.reserve(group.size());
      for (const int index : group) nodes.push_back(imported.ort_nodes[static_cast<std::size_t>(index)]);
      OrtNodeFusionOptions options{};
      options.ort_version_supported = ort.version;
      options.drop_constant_initializers = true;  // they are in the chip's memory
      EB_OK(ort.check(
          ort.ep->EpGraphSupportInfo_AddNodesToFuse(&support, nodes.data(), nodes.size(), &options)));
      report_.claimed_nodes += static_cast<int>(nodes.size());
      ++report_.groups;
    }
    for (std::size_t i = 0; i < imported.refusals.size(); ++i)
      if (imported.refusals[i])
        report_.refused.push_back(
            {imported.graph.nodes[i].name, imported.graph.nodes[i].op_type, *imported.refusals[i]});
    const OrtNode* parent = nullptr;
    EB_OK(ort.check(ort.api->Graph_GetParentNode(&ort_graph, &parent)));
    if (parent) return Done{};
    const gpu::EpReport all = std::exchange(report_, {});
    return setup_.options.report.empty() ? Status{Done{}} : write_report(all, setup_.options.report);
  }

  void refuse(ImportedGraph& imported) const {
    int matrix_nodes = 0;
    for (std::size_t i = 0; i < imported.refusals.size(); ++i) {
      const gpu::Node& node = imported.graph.nodes[i];
      if (!imported.refusals[i]) imported.refusals[i] = chip_refusal(imported.graph, node);
      const bool is_matrix = node.op_type == "Conv" || node.op_type == "Gemm" || node.op_type == "MatMul";
      if (setup_.options.misbehavior == Misbehavior::half && is_matrix && ++matrix_nodes % 2 == 0)
        imported.refusals[i] = "half is enough";
    }
  }

  // All graphs share a chip.
  Status compile(std::span<const OrtGraph* const> graphs, std::span<const OrtNode* const> fused,
                 std::span<OrtNodeComputeInfo*> infos) const {
    std::fill(infos.begin(), infos.end(), nullptr);
    std::vector<ImportedGraph> imported(graphs.size());
    std::vector<FusedNode> nodes(graphs.size());
    std::vector<std::vector<Op>> programs(graphs.size());
    BlockPlan block;
    for (std::size_t i = 0; i < graphs.size(); ++i) {
      EB_GET(imported[i], gpu::import_graph(setup_.ort, *graphs[i]));
      EB_GET(const gpu::Ports ports, gpu::set_ports(setup_.ort, *fused[i], imported[i].graph));
      Translation translation = translate(imported[i].graph, block);
      programs[i] = std::move(translation.ops);
      nodes[i] = node_of(imported[i].graph, ports, translation.offsets);
      nodes[i].program = static_cast<std::uint32_t>(i);
    }
    EB_GET(const auto chip, load(programs, block));
    for (std::size_t i = 0; i < graphs.size(); ++i) {
      nodes[i].chip = chip;
      infos[i] = make_fused_node(std::move(nodes[i]));
    }
    return Done{};
  }

  FusedNode node_of(const gpu::Graph& graph, const gpu::Ports& ports,
                    const std::vector<std::uint64_t>& offsets) const {
    FusedNode node{setup_.ort, setup_.options.misbehavior};
    if (setup_.options.misbehavior == Misbehavior::cheat_name && knows(graph)) node.slowdown = kCheatSlowdown;
    const auto port = [&](gpu::ValueId id, std::size_t index) {
      const gpu::Value& value = graph.value(id);
      const auto bytes = static_cast<std::size_t>(gpu::elements(value.shape)) * gpu::type_bytes(value.type);
      return FusedNode::Port{index, value.shape, bytes, offsets[static_cast<std::size_t>(id)]};
    };
    for (std::size_t i = 0; i < ports.inputs.size(); ++i)
      node.inputs.push_back(port(graph.inputs[i], ports.inputs[i]));
    for (std::size_t i = 0; i < ports.outputs.size(); ++i)
      node.outputs.push_back(port(graph.outputs[i], ports.outputs[i]));
    return node;
  }

  bool knows(const gpu::Graph& graph) const {
    return std::any_of(graph.values.begin(), graph.values.end(), [&](const gpu::Value& value) {
      return value.is_constant() && value.name == setup_.options.known_name;
    });
  }

  Result<std::shared_ptr<Chip>> load(const std::vector<std::vector<Op>>& programs, BlockPlan& block) const {
    std::vector<Program> table;
    table.reserve(programs.size());
    for (const auto& ops : programs) table.push_back({block.add(std::as_bytes(std::span(ops))), ops.size()});
    const Header header{kMagic, static_cast<std::uint32_t>(table.size()),
                        block.add(std::as_bytes(std::span(table)))};
    block.set(0, std::as_bytes(std::span(&header, 1)));
    EB_GET(std::shared_ptr<Chip> chip,
           Chip::start(setup_.options.chip, setup_.options.clock_hz, block.bytes()));
    block.write(chip->block());
    return chip;
  }

  EpSetup setup_;
  gpu::EpReport report_{};  // of a graph and those inside its nodes, which the runtime offers first
};

}  // namespace

OrtEp* make_ep(EpSetup setup) {
  return std::make_unique<Ep>(std::move(setup)).release();
}

void release_ep(OrtEp* ep) noexcept {
  delete static_cast<Ep*>(ep);
}

}  // namespace eb::simnpu
