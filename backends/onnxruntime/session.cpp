#include "backends/onnxruntime/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>

#include "backends/onnxruntime/layer_work.h"
#include "backends/onnxruntime/node_table.h"
#include "backends/onnxruntime/node_times.h"
#include "backends/onnxruntime/operations.h"
#include "backends/onnxruntime/provider_report.h"
#include "backends/onnxruntime/tensor_specs.h"
#include "harness/base/files.h"

namespace eb::ort {
namespace {

class OrtBinding final : public Binding {
 public:
  explicit OrtBinding(const OrtApi& api) : api_(api) {}
  OrtBinding(const OrtBinding&) = delete;
  OrtBinding& operator=(const OrtBinding&) = delete;
  ~OrtBinding() override {
    for (OrtValue* value : inputs) api_.ReleaseValue(value);
    for (OrtValue* value : outputs_) api_.ReleaseValue(value);
  }
  std::span<const Tensor> outputs() const override { return tensors; }

  std::vector<OrtValue*> inputs, outputs_;
  std::vector<std::size_t> dynamic;  // indices of outputs that the runtime allocates at each run
  std::vector<TensorSpec> specs;     // of the outputs as they are
  std::vector<Tensor> tensors;

 private:
  const OrtApi& api_;
};

class OrtSessionImpl final : public Session {
 public:
  OrtSessionImpl(const Runtime& rt, Handle<OrtSession> session, SessionSetup setup)
      : rt_(rt),
        session_(std::move(session)),
        setup_(std::move(setup)),
        memory_(nullptr, rt.api().ReleaseMemoryInfo) {}

  Status init() {
    EB_GET(inputs_, specs_of(rt_, session_.get(), Side::input));
    EB_GET(outputs_, specs_of(rt_, session_.get(), Side::output));
    for (const TensorSpec& spec : inputs_) input_names_.push_back(spec.name.c_str());
    for (const TensorSpec& spec : outputs_) output_names_.push_back(spec.name.c_str());
    OrtMemoryInfo* memory = nullptr;
    EB_OK(rt_.check(rt_.api().CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory)));
    memory_.reset(memory);
    return read_report();
  }

  std::span<const TensorSpec> inputs() const override { return inputs_; }
  std::span<const TensorSpec> outputs() const override { return outputs_; }
  int max_in_flight() const override { return setup_.max_in_flight; }
  std::string compute_precision() const override { return setup_.compute_precision; }
  int threads() const override { return setup_.options.threads; }
  std::string cache() const override { return report_.cache; }
  std::string provider_options() const override {
    return option_text(setup_.provider_options, setup_.report.string());
  }

  Result<std::unique_ptr<Binding>> bind(std::span<const Tensor> inputs,
                                        std::span<const Tensor> outputs) override {
    auto binding = std::make_unique<OrtBinding>(rt_.api());
    for (const Tensor& tensor : inputs) EB_OK(add_value(tensor, binding->inputs));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].bytes.data()) {
        EB_OK(add_value(outputs[i], binding->outputs_));
      } else {
        binding->outputs_.push_back(nullptr);
        binding->dynamic.push_back(i);
      }
    }
    binding->tensors.assign(outputs.begin(), outputs.end());
    binding->specs.resize(outputs.size());
    return std::unique_ptr<Binding>(std::move(binding));
  }

  Result<RunTimes> run(Binding& binding) override {
    auto& b = static_cast<OrtBinding&>(binding);
    for (const std::size_t i : b.dynamic) {
      rt_.api().ReleaseValue(b.outputs_[i]);
      b.outputs_[i] = nullptr;
    }
    // The one line that is timed: no more code around it than must be.
    if (OrtStatus* status =
            rt_.api().Run(session_.get(), nullptr, input_names_.data(), b.inputs.data(), b.inputs.size(),
                          output_names_.data(), b.outputs_.size(), b.outputs_.data()))
      return rt_.check(status).error();
    for (const std::size_t i : b.dynamic) EB_OK(read_back(b, i));
    return RunTimes{};
  }

  Result<Placement> placement(const OperationCount& work) override {
    if (rt_.api_version() < kAssignmentApi)
      return Error{ErrorKind::unsupported,
                   fmt::format("ONNX Runtime {} cannot tell where nodes run; 1.{} can", rt_.version(),
                               kAssignmentApi)};
    EB_GET(const auto groups, assigned_groups());
    std::vector<AssignedNode> assigned;
    for (const AssignedGroup& group : groups) assigned.insert(assigned.end(), group.begin(), group.end());
    Placement placed = place(assigned, work, setup_.named_provider);
    placed.evidence = setup_.evidence;
    placed.doubt = setup_.doubt;
    placed.refusals = count_refusals(report_.refused);
    placed.table = node_table(assigned, work, setup_.named_provider, report_.refused);
    return placed;
  }

  // What the runtime gave to whom; nothing where it cannot tell.
  Result<std::vector<AssignedGroup>> assigned_groups() {
    std::vector<AssignedGroup> groups;
    if (rt_.api_version() < kAssignmentApi) return groups;
    const OrtEpAssignedSubgraph* const* subgraphs = nullptr;
    std::size_t count = 0;
    EB_OK(rt_.check(rt_.api().Session_GetEpGraphAssignmentInfo(session_.get(), &subgraphs, &count)));
    for (std::size_t i = 0; i < count; ++i) EB_OK(add_nodes(*subgraphs[i], groups.emplace_back()));
    return groups;
  }

  // The text of the profile, which ends here.
  Result<std::string> end_profile() {
    const OrtApi& api = rt_.api();
    OrtAllocator* allocator = nullptr;
    EB_OK(rt_.check(api.GetAllocatorWithDefaultOptions(&allocator)));
    char* file = nullptr;
    EB_OK(rt_.check(api.SessionEndProfiling(session_.get(), allocator, &file)));
    const std::filesystem::path profile(file);
    EB_OK(rt_.check(api.AllocatorFree(allocator, file)));
    constexpr std::uint64_t kMaxProfileBytes = 512ull << 20;
    return read_file(profile, kMaxProfileBytes);
  }

 private:
  Status read_report() {
    EB_GET(report_, read_provider_report(setup_.report));
    if (!report_.compute_precision.empty()) setup_.compute_precision = report_.compute_precision;
    return Done{};
  }

  Status add_value(const Tensor& tensor, std::vector<OrtValue*>& values) {
    OrtValue* value = nullptr;
    const TensorSpec& spec = *tensor.spec;
    EB_OK(rt_.check(rt_.api().CreateTensorWithDataAsOrtValue(
        memory_.get(), tensor.bytes.data(), tensor.bytes.size(), spec.shape.data(), spec.shape.size(),
        ort_type(spec.dtype), &value)));
    values.push_back(value);
    return Done{};
  }

  Status read_back(OrtBinding& b, std::size_t i) {
    OrtTensorTypeAndShapeInfo* raw = nullptr;
    EB_OK(rt_.check(rt_.api().GetTensorTypeAndShape(b.outputs_[i], &raw)));
    const Handle<OrtTensorTypeAndShapeInfo> info(raw, rt_.api().ReleaseTensorTypeAndShapeInfo);
    EB_GET(b.specs[i], spec_of(rt_, info.get(), outputs_[i].name));
    void* data = nullptr;
    EB_OK(rt_.check(rt_.api().GetTensorMutableData(b.outputs_[i], &data)));
    const auto bytes = static_cast<std::size_t>(b.specs[i].elements()) * dtype_bytes(b.specs[i].dtype);
    b.tensors[i] = {&b.specs[i], {static_cast<std::byte*>(data), bytes}};
    return Done{};
  }

  Status add_nodes(const OrtEpAssignedSubgraph& subgraph, std::vector<AssignedNode>& assigned) {
    const OrtApi& api = rt_.api();
    const char* provider = nullptr;
    EB_OK(rt_.check(api.EpAssignedSubgraph_GetEpName(&subgraph, &provider)));
    const OrtEpAssignedNode* const* nodes = nullptr;
    std::size_t count = 0;
    EB_OK(rt_.check(api.EpAssignedSubgraph_GetNodes(&subgraph, &nodes, &count)));
    for (std::size_t i = 0; i < count; ++i) {
      const char* name = nullptr;
      const char* op_type = nullptr;
      EB_OK(rt_.check(api.EpAssignedNode_GetName(nodes[i], &name)));
      EB_OK(rt_.check(api.EpAssignedNode_GetOperatorType(nodes[i], &op_type)));
      assigned.push_back({name, op_type, provider});
    }
    return Done{};
  }

  const Runtime& rt_;
  Handle<OrtSession> session_;
  SessionSetup setup_;
  Handle<OrtMemoryInfo> memory_;
  std::vector<TensorSpec> inputs_, outputs_;
  std::vector<const char*> input_names_, output_names_;
  ProviderReport report_{};
};

Result<Handle<OrtSessionOptions>> make_options(const Runtime& rt, const SessionOptions& options) {
  const OrtApi& api = rt.api();
  EB_GET(Handle<OrtSessionOptions> made, new_session_options(rt));
  OrtSessionOptions* raw = made.get();
  if (options.threads > 0) EB_OK(rt.check(api.SetIntraOpNumThreads(raw, options.threads)));
  if (rt.api_version() >= kAssignmentApi)
    EB_OK(rt.check(api.AddSessionConfigEntry(raw, "session.record_ep_graph_assignment_info", "1")));
  for (const auto& [name, value] : options.dims)
    EB_OK(rt.check(api.AddFreeDimensionOverrideByName(raw, name.c_str(), value)));
  return made;
}

Status append(const Runtime& rt, const SessionSetup& setup, OrtSessionOptions* made) {
  // The host's threads have nothing to do while the device works: waiting actively would take processor time
  // from drivers and power from the chip.
  EB_OK(rt.check(rt.api().AddSessionConfigEntry(made, "session.intra_op.allow_spinning", "0")));
  return append_provider(rt, setup.named_provider, setup.device, setup.provider_options, made);
}

// With --strict: the runtime refuses a graph of which any node would be the CPU's.
Status refuse_cpu(const Runtime& rt, OrtSessionOptions* made) {
  return rt.check(rt.api().AddSessionConfigEntry(made, "session.disable_cpu_ep_fallback", "1"));
}

// The runtime's refusal, with what the provider would have left to the CPU.
Error strict_refusal(const SessionSetup& setup) {
  std::string why =
      fmt::format("{} would leave nodes to the CPU, which --strict forbids", setup.named_provider);
  const auto report = read_provider_report(setup.report);
  const auto refusals = report ? count_refusals(report->refused) : std::vector<std::string>{};
  constexpr std::size_t kMostShown = 3;
  for (std::size_t i = 0; i < std::min(refusals.size(), kMostShown); ++i)
    why += (i == 0 ? "; it refused " : ", ") + refusals[i];
  if (refusals.size() > kMostShown) why += fmt::format(" and {} more", refusals.size() - kMostShown);
  return {ErrorKind::fallback, why + "; see every node with edgebench verify --placement, without --strict"};
}

Result<Handle<OrtSession>> create(const Runtime& rt, const SessionOptions& options,
                                  const OrtSessionOptions* made) {
  OrtSession* session = nullptr;
  EB_OK(rt.check(rt.api().CreateSession(rt.env(), options.model.c_str(), made, &session)));
  return Handle<OrtSession>(session, rt.api().ReleaseSession);
}

// A model's own memory is the runtime's affair; what we allocate for one run of it is bounded.
constexpr std::uint64_t kMaxRunBytes = 2ull << 30;

// One run, and then others for as long as `goes_on` says after each.
Status run_zeros(Session& session, const std::function<bool()>& goes_on) {
  std::vector<TensorSpec> specs(session.inputs().begin(), session.inputs().end());
  for (TensorSpec& spec : specs)
    for (std::int64_t& d : spec.shape) d = std::max<std::int64_t>(d, 1);
  EB_GET(const TensorSet inputs, TensorSet::create(std::move(specs), kMaxRunBytes));
  const std::vector<Tensor> outputs(session.outputs().size());
  EB_GET(const auto binding, session.bind(inputs.tensors(), outputs));
  do {
    EB_OK(session.run(*binding));
  } while (goes_on());
  return Done{};
}

Status run_once(Session& session) {
  return run_zeros(session, [] { return false; });
}

}  // namespace

Result<std::unique_ptr<Session>> open_session(const Runtime& runtime, const SessionSetup& setup) {
  EB_GET(const auto options, make_options(runtime, setup.options));
  EB_OK(runtime.check(runtime.api().SetSessionGraphOptimizationLevel(options.get(), ORT_ENABLE_ALL)));
  const bool is_on_provider = setup.device || setup.is_built_in;
  if (is_on_provider) EB_OK(append(runtime, setup, options.get()));
  const bool is_strict = is_on_provider && setup.options.is_strict;
  if (is_strict) EB_OK(refuse_cpu(runtime, options.get()));
  if (!setup.profile.empty())
    EB_OK(runtime.check(runtime.api().EnableProfiling(options.get(), setup.profile.c_str())));
  auto handle = create(runtime, setup.options, options.get());
  constexpr std::string_view kRefusal =
      "fallback to CPU EP has been explicitly disabled";  // the runtime's words
  if (!handle && is_strict && handle.error().message.find(kRefusal) != std::string::npos)
    return strict_refusal(setup);
  if (!handle) return handle.error();
  SessionSetup opened = setup;
  const bool is_confirmed = !setup.confirmed_by.first.empty() &&
                            is_set(runtime, options.get(), setup.provider_options, setup.confirmed_by);
  if (is_confirmed) {
    opened.evidence = "confirmed";
    opened.doubt.clear();
  }
  return wrap_session(runtime, *std::move(handle), opened);
}

Result<std::unique_ptr<Session>> wrap_session(const Runtime& runtime, Handle<OrtSession> session,
                                              const SessionSetup& setup) {
  auto wrapped = std::make_unique<OrtSessionImpl>(runtime, std::move(session), setup);
  EB_OK(wrapped->init());
  return std::unique_ptr<Session>(std::move(wrapped));
}

Result<double> time_share(const Runtime& runtime, SessionSetup setup) {
  EB_GET(const TempFolder folder, TempFolder::create());
  setup.profile = folder.path() / "profile";
  EB_GET(const auto session, open_session(runtime, setup));
  EB_OK(run_once(*session));  // the first run of a session does what no other does
  EB_OK(run_once(*session));
  EB_GET(const std::string text, static_cast<OrtSessionImpl&>(*session).end_profile());
  return time_share_from_profile(text, setup.named_provider);
}

Result<LayerTimes> layer_times(const Runtime& runtime, SessionSetup setup, const OperationCount& work) {
  EB_GET(const TempFolder folder, TempFolder::create());
  setup.profile = folder.path() / "profile";
  EB_GET(const auto opened, open_session(runtime, setup));
  auto& session = static_cast<OrtSessionImpl&>(*opened);
  using Clock = std::chrono::steady_clock;
  constexpr int kLeastRuns = 4, kMostRuns = 26;  // the cold one included
  constexpr std::chrono::milliseconds kEnough{300};
  int runs = 0;
  const auto begin = Clock::now();
  EB_OK(run_zeros(
      session, [&] { return ++runs < kMostRuns && (runs < kLeastRuns || Clock::now() - begin < kEnough); }));
  EB_GET(const std::string text, session.end_profile());
  EB_GET(auto executed, layers_from_profile(text, setup.named_provider));
  EB_GET(const auto groups, session.assigned_groups());
  add_work(work, groups, setup.named_provider, executed.layers);
  LayerTimes times{.runs = executed.runs, .run_us = executed.run_us};
  for (ExecutedLayer& layer : executed.layers) times.layers.push_back(std::move(layer.layer));
  return times;
}

Result<OperationCount> count_operations(const Runtime& runtime, const SessionOptions& options) {
  EB_GET(const TempFolder folder, TempFolder::create());
  EB_GET(const auto made, make_options(runtime, options));
  const OrtApi& api = runtime.api();
  // Basic: constants are folded, as in any real session, but no node is fused or padded yet. Names and shapes
  // are those of the graph that providers are offered.
  EB_OK(runtime.check(api.SetSessionGraphOptimizationLevel(made.get(), ORT_ENABLE_BASIC)));
  // Packed weights are gone from a node's inputs, and their shapes with them.
  EB_OK(runtime.check(api.AddSessionConfigEntry(made.get(), "session.disable_prepacking", "1")));
  EB_OK(runtime.check(api.EnableProfiling(made.get(), (folder.path() / "profile").c_str())));
  EB_GET(auto handle, create(runtime, options, made.get()));
  OrtSessionImpl session(runtime, std::move(handle), {.options = options});
  EB_OK(session.init());
  EB_OK(run_once(session));
  EB_GET(const std::string text, session.end_profile());
  return count_from_profile(text);
}

}  // namespace eb::ort
