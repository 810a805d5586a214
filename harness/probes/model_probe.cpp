#include "harness/probes/model_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/files.h"
#include "harness/probes/benchmark_batch.h"
#include "harness/probes/onnx_graph.h"

namespace eb::probes {
namespace {

constexpr double kGate = 0.95;           // of the MACs, as for records
constexpr double kLongestRunNs = 100e6;  // a sweep stops growing there

struct Size {
  std::int64_t rows, side, channels;
  int layers;
  LayerKind kind;
};
constexpr Size kSizes[] = {{64, 0, 64, 4, LayerKind::matmul},     {128, 0, 256, 4, LayerKind::matmul},
                           {256, 0, 512, 4, LayerKind::matmul},   {512, 0, 1024, 4, LayerKind::matmul},
                           {1024, 0, 2048, 2, LayerKind::matmul}, {0, 14, 32, 4, LayerKind::conv},
                           {0, 28, 64, 4, LayerKind::conv},       {0, 28, 128, 4, LayerKind::conv},
                           {0, 56, 128, 4, LayerKind::conv},      {0, 56, 256, 4, LayerKind::conv}};

struct PrecisionRow {
  LayerPrecision precision;
  const char* name;
};
constexpr PrecisionRow kPrecisions[] = {
    {LayerPrecision::fp32, "fp32"}, {LayerPrecision::fp16, "fp16"}, {LayerPrecision::int8, "int8"}};

// A model that is open, with inputs of zeros and its outputs.
struct Opened {
  LayerGraph graph{};
  std::unique_ptr<Session> session{};
  TensorSet inputs{}, outputs{};
  std::unique_ptr<Binding> binding{};
  double run_ns = 0;  // the shortest of the first
};

class ModelProbing {
 public:
  ModelProbing(Backend& backend, const ModelProbeSetup& setup, Clock& clock, std::filesystem::path folder)
      : backend_(backend), setup_(setup), clock_(clock), folder_(std::move(folder)) {}

  Status run() {
    for (const PrecisionRow& row : kPrecisions) EB_OK(sweep(row));
    EB_OK(launch());
    if (found_ == 0)
      return Error{ErrorKind::unsupported, fmt::format("no MatMul and no Conv goes to the device{}{}",
                                                       why_.empty() ? "" : ": ", why_)};
    return Done{};
  }

 private:
  Result<Opened> open(const LayerGraph& graph) {
    Opened opened{.graph = graph};
    const auto file = folder_ / fmt::format("probe{}.onnx", models_++);
    EB_OK(write_file_atomic(file, onnx_model(graph)));
    const SessionOptions options{.model = file, .device_id = setup_.device_id};
    EB_GET(opened.session, backend_.open(options));
    EB_GET(const OperationCount work, backend_.count_operations(options));
    EB_GET(const Placement placement, opened.session->placement(work));
    if (placement.macs.value_or(0) < kGate)
      return Error{ErrorKind::fallback,
                   placement.refusals.empty() ? "the work goes elsewhere" : placement.refusals[0]};
    EB_GET(opened.inputs,
           TensorSet::create({opened.session->inputs().begin(), opened.session->inputs().end()}));
    EB_GET(opened.outputs,
           TensorSet::create({opened.session->outputs().begin(), opened.session->outputs().end()}));
    EB_GET(opened.binding, opened.session->bind(opened.inputs.tensors(), opened.outputs.tensors()));
    for (int i = 0; i < 3; ++i) {
      EB_GET(const double time_ns, run_ns(opened));
      opened.run_ns = i == 0 ? time_ns : std::min(opened.run_ns, time_ns);
    }
    return opened;
  }

  Result<double> run_ns(Opened& opened) {
    const std::int64_t begin_ns = clock_.now_ns();
    EB_OK(opened.session->run(*opened.binding));
    return static_cast<double>(std::max<std::int64_t>(1, clock_.now_ns() - begin_ns));
  }

  // Sizes that the device refuses are passed over; what it reports while it runs ends the sweep of a kind.
  Status sweep(const PrecisionRow& row) {
    std::optional<LayerGraph> best;
    double best_rate = 0;
    std::array<bool, 2> is_over{};
    for (const Size& size : kSizes) {
      bool& over = is_over[size.kind == LayerKind::conv ? 1 : 0];
      if (over) continue;
      const LayerGraph graph{size.kind, row.precision, size.rows, size.side, size.channels, size.layers};
      auto opened = open(graph);
      if (!opened) {
        why_ = opened.error().message;
        continue;
      }
      const double rate = macs_of(graph) / opened->run_ns;
      if (rate > best_rate) {
        best = graph;
        best_rate = rate;
      }
      over = opened->run_ns > kLongestRunNs;
    }
    if (!best) return Done{};
    EB_GET(Opened opened, open(*best));
    EB_GET(Peak seen, peak(opened, 2 * macs_of(*best), kAgreement));
    ++found_;
    tell({.name = best->kind == LayerKind::conv ? "conv" : "matmul",
          .precision = row.name,
          .kind = "compute",
          .unit = "GOP/s"},
         std::move(seen), text_of(*best));
    return Done{};
  }

  Status launch() {
    auto opened = open({LayerKind::matmul, LayerPrecision::fp32, 1, 0, 16, 1});
    if (!opened) return Done{};
    EB_GET(Peak seen, peak(*opened, 1, kMemoryAgreement));
    tell({.name = "launch", .kind = "latency", .unit = "us"}, std::move(seen), text_of(opened->graph));
    return Done{};
  }

  Result<Peak> peak(Opened& opened, double work, double agreement) {
    std::optional<Error> error;
    RoundLimits limits = setup_.limits;
    limits.agreement = agreement;
    const auto rounds = settle(clock_, limits, [&](std::size_t count, std::vector<Round>& all) {
      run_batch("model", count, [&] {
        const auto time_ns = error ? Result<double>(1.0) : run_ns(opened);
        if (!time_ns) error = time_ns.error();
        if (error) return 1e-9;
        all.push_back({work * 1e9 / *time_ns, 0});
        return *time_ns * 1e-9;
      });
      if (error) all.clear();
    });
    if (error) return *error;
    return peak_of(rounds, agreement);
  }

  void tell(Probe probe, Peak peak, const std::string& how) const {
    probe.value = probe.kind == "latency" ? 1e6 / peak.rate : peak.rate * 1e-9;
    probe.spread = peak.spread;
    probe.is_stable = peak.is_stable;
    probe.warnings = std::move(peak.warnings);
    probe.derivation = fmt::format(
        "median of the fastest quarter of {} runs of {}, by the host's clock, inputs and "
        "outputs included",
        peak.rounds, how);
    setup_.on_probe(probe);
  }

  Backend& backend_;
  const ModelProbeSetup& setup_;
  Clock& clock_;
  std::filesystem::path folder_;
  std::string why_{};
  int models_ = 0, found_ = 0;
};

}  // namespace

Status probe_models(Backend& backend, const ModelProbeSetup& setup, Clock& clock) {
  EB_GET(const TempFolder folder, TempFolder::create());
  return ModelProbing(backend, setup, clock, folder.path()).run();
}

}  // namespace eb::probes
