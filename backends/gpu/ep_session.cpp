#include "backends/gpu/ep_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/gpu/ep_compute.h"
#include "backends/gpu/ep_graph.h"
#include "backends/gpu/ep_partition.h"
#include "backends/gpu/fold.h"
#include "backends/gpu/plan.h"
#include "backends/gpu/tuner.h"

namespace eb::gpu {
namespace {

class Ep final : public OrtEp {
 public:
  explicit Ep(EpSetup setup) : OrtEp{}, setup_(std::move(setup)) {
    ort_version_supported = setup_.ort.version;
    GetName = [](const OrtEp* self) noexcept { return of(self).setup_.name.c_str(); };
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
      for (std::size_t i = 0; i < count; ++i) release_node_compute_info(infos[i]);
    };
    if (setup_.options.profile) log_ = std::make_shared<KernelLog>();
    OrtEp::CreateProfiler = [](OrtEp* self, OrtEpProfilerImpl** profiler) noexcept {
      *profiler = nullptr;
      return guarded(of(self).setup_.ort, [&]() -> Status {
        if (of(self).log_) *profiler = make_profiler(of(self).setup_.ort, of(self).log_);
        return Done{};
      });
    };
    OrtEp::IsConcurrentRunSupported = [](OrtEp*, bool* is_supported) noexcept -> OrtStatus* {
      *is_supported = true;  // runs take turns
      return nullptr;
    };
  }

 private:
  static Ep& of(OrtEp* self) { return *static_cast<Ep*>(self); }
  static const Ep& of(const OrtEp* self) { return *static_cast<const Ep*>(self); }

  Status claim(const OrtGraph& ort_graph, OrtEpGraphSupportInfo& support) {
    const Ort& ort = setup_.ort;
    const OrtNode* parent = nullptr;
    EB_OK(ort.check(ort.api->Graph_GetParentNode(&ort_graph, &parent)));
    if (parent) return leave_body(ort_graph, *parent);
    EB_GET(ImportedGraph imported, import_graph(ort, ort_graph));
    for (std::size_t i = 0; i < imported.refusals.size(); ++i)
      if (!imported.refusals[i]) imported.refusals[i] = refusal(imported.graph, imported.graph.nodes[i]);
    report_ = {};
    report_.nodes = static_cast<int>(imported.graph.nodes.size() + left_in_bodies_.size());
    for (const auto& group : partition(partition_nodes(imported))) EB_OK(add_group(imported, group, support));
    note_refusals(imported);
    for (EpReport::Refused& refused : left_in_bodies_) note_refusal(std::move(refused));
    left_in_bodies_.clear();
    return tell();
  }

  // The graphs inside an If or a Loop, which the runtime offers before the one around them: too little work
  // at a time.
  Status leave_body(const OrtGraph& body, const OrtNode& parent) {
    const Ort& ort = setup_.ort;
    const OrtApi& api = *ort.api;
    const char* around = nullptr;
    EB_OK(ort.check(api.Node_GetOperatorType(&parent, &around)));
    EB_GET(const auto nodes, list_of<OrtNode>(ort, api.Graph_GetNumNodes, api.Graph_GetNodes, &body));
    for (const OrtNode* node : nodes) {
      const char* name = nullptr;
      const char* op_type = nullptr;
      EB_OK(ort.check(api.Node_GetName(node, &name)));
      EB_OK(ort.check(api.Node_GetOperatorType(node, &op_type)));
      left_in_bodies_.push_back({name, op_type, fmt::format("it is in a graph inside {}", around)});
    }
    return Done{};
  }

  Status add_group(const ImportedGraph& imported, const std::vector<int>& group,
                   OrtEpGraphSupportInfo& support) {
    std::vector<const OrtNode*> nodes;
    nodes.reserve(group.size());
    for (const int index : group) nodes.push_back(imported.ort_nodes[static_cast<std::size_t>(index)]);
    OrtNodeFusionOptions options{};
    options.ort_version_supported = setup_.ort.version;
    options.drop_constant_initializers = true;  // they are on the device
    report_.claimed_nodes += static_cast<int>(nodes.size());
    ++report_.groups;
    return setup_.ort.check(
        setup_.ort.ep->EpGraphSupportInfo_AddNodesToFuse(&support, nodes.data(), nodes.size(), &options));
  }

  void note_refusals(const ImportedGraph& imported) {
    for (std::size_t i = 0; i < imported.refusals.size(); ++i) {
      const Node& node = imported.graph.nodes[i];
      if (imported.refusals[i]) note_refusal({node.name, node.op_type, *imported.refusals[i]});
    }
  }

  void note_refusal(EpReport::Refused refused) {
    setup_.ort.log(setup_.logger, ORT_LOGGING_LEVEL_VERBOSE,
                   fmt::format("{} does not take {} '{}': {}", setup_.name, refused.op_type, refused.node,
                               refused.reason));
    report_.refused.push_back(std::move(refused));
  }

  Status compile(std::span<const OrtGraph* const> graphs, std::span<const OrtNode* const> fused,
                 std::span<OrtNodeComputeInfo*> infos) {
    std::fill(infos.begin(), infos.end(), nullptr);
    auto compiled = compile_all(graphs, fused, infos);
    if (compiled) return tell();
    // The runtime takes nothing from a call that failed.
    for (OrtNodeComputeInfo*& info : infos) {
      release_node_compute_info(info);
      info = nullptr;
    }
    return compiled;
  }

  Status compile_all(std::span<const OrtGraph* const> graphs, std::span<const OrtNode* const> fused,
                     std::span<OrtNodeComputeInfo*> infos) {
    for (std::size_t i = 0; i < graphs.size(); ++i) {
      EB_GET(CompiledNode node, setup_.device->use([&](ComputeDevice& device) {
        const auto before = device.cache_use();
        auto made = compile_one(device, *graphs[i], *fused[i]);
        const auto after = device.cache_use();
        report_.cache_use.hits += after.hits - before.hits;
        report_.cache_use.misses += after.misses - before.misses;
        return made;
      }));
      infos[i] = make_node_compute_info(std::move(node));
    }
    const auto saved = setup_.device->use([](ComputeDevice& device) { return device.save_cache(); });
    // The next session compiles again; this one is as good.
    if (!saved)
      setup_.ort.log(setup_.logger, ORT_LOGGING_LEVEL_WARNING, saved.error().within(setup_.name).message);
    return Done{};
  }

  Result<CompiledNode> compile_one(ComputeDevice& device, const OrtGraph& ort_graph, const OrtNode& fused) {
    EB_GET(ImportedGraph imported, import_graph(setup_.ort, ort_graph));
    Graph& graph = imported.graph;
    EB_GET(const Ports ports, set_ports(setup_.ort, fused, graph));
    const FoldedBytes folded = fold_constants(graph);
    const Tuning tuning = setup_.options.retune ? Tuning::anew : Tuning::from_cache;
    EB_GET(const Tiles tiles, tiles_for(device, graph, setup_.options.cache, tuning));
    EB_GET(const DeviceInfo info, info_for(device.info()));
    EB_GET(const Program plan, make_plan(graph, info, tiles, setup_.options.precision));
    if (const std::string said = plan.compute_precision(); said != "fp32") report_.compute_precision = said;
    CompiledNode node{setup_.ort, setup_.device, nullptr, {}, {}, log_};
    const bool is_timed = log_ && device.info().device_timer;
    EB_GET(node.program, load_program(device, plan, is_timed ? Timing::each_dispatch : Timing::none));
    for (std::size_t i = 0; i < ports.inputs.size(); ++i)
      node.inputs.push_back(port_spec(graph.value(graph.inputs[i]), ports.inputs[i]));
    for (std::size_t i = 0; i < ports.outputs.size(); ++i)
      node.outputs.push_back(port_spec(graph.value(graph.outputs[i]), ports.outputs[i]));
    return node;
  }

  // The device as this session is to see it.
  Result<DeviceInfo> info_for(DeviceInfo info) const {
    if (setup_.options.int8 == true && !info.int8_kernels)
      return Error{ErrorKind::unsupported,
                   fmt::format("option int8 is 1, but {} has no integer dot product", info.name)};
    info.int8_dot_product = setup_.options.int8.value_or(info.int8_dot_product);
    return info;
  }

  static PortSpec port_spec(const Value& value, std::size_t index) {
    const auto bytes = static_cast<std::size_t>(elements(value.shape)) * type_bytes(value.type);
    return {index, value.name, value.shape, bytes};
  }

  Status tell() const {
    if (setup_.options.report.empty()) return Done{};
    return write_report(report_, setup_.options.report);
  }

  EpSetup setup_;
  EpReport report_{};
  std::vector<EpReport::Refused> left_in_bodies_{};  // of the graph that is offered next
  std::shared_ptr<KernelLog> log_{};                 // if times are asked for
};

}  // namespace

OrtEp* make_ep(EpSetup setup) {
  return std::make_unique<Ep>(std::move(setup)).release();
}

void release_ep(OrtEp* ep) noexcept {
  delete static_cast<Ep*>(ep);
}

}  // namespace eb::gpu
