// A model's median latency in edgebench against a bare loop over ONNX Runtime's C API, on one session and the
// same tensors. Blocks of both take turns, and who begins changes, so that both see the same machine; each
// pair of blocks gives one ratio of medians. The counter p50_ratio, the median of all pairs, should be within
// 1 % of 1; p25_ratio and p75_ratio say how far the machine lets it be known. EDGEBENCH_BENCH_MODEL: an ONNX
// file of which at most the first dimensions are free; EDGEBENCH_BENCH_RUNTIME: the library (default: the
// system's).
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "backends/onnxruntime/session.h"
#include "harness/run/drive.h"

namespace {

using eb::ort::Handle;
using Latencies = std::vector<std::int64_t>;

const char* environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value ? value : otherwise;
}

double quantile(std::vector<double> values, double share) {
  const auto at =
      values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double median_ns(const Latencies& latencies_ns) {
  return quantile({latencies_ns.begin(), latencies_ns.end()}, 0.5);
}

eb::Result<Handle<OrtSession>> open_bare(const eb::ort::Runtime& runtime, const char* model) {
  const OrtApi& api = runtime.api();
  OrtSessionOptions* options = nullptr;
  EB_OK(runtime.check(api.CreateSessionOptions(&options)));
  const Handle<OrtSessionOptions> owner(options, api.ReleaseSessionOptions);
  EB_OK(runtime.check(api.SetIntraOpNumThreads(options, 1)));
  OrtSession* session = nullptr;
  EB_OK(runtime.check(api.CreateSession(runtime.env(), model, options, &session)));
  return Handle<OrtSession>(session, api.ReleaseSession);
}

// The bare loop: no class of ours between the clock and OrtApi::Run.
class Bare {
 public:
  Bare(const eb::ort::Runtime& runtime, OrtSession* session)
      : runtime_(runtime), api_(runtime.api()), session_(session), memory_(nullptr, api_.ReleaseMemoryInfo) {}
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    for (auto* values : {&inputs_, &outputs_})
      for (OrtValue* value : *values) api_.ReleaseValue(value);
  }

  eb::Status bind(std::span<const eb::Tensor> inputs, std::span<const eb::Tensor> outputs) {
    OrtMemoryInfo* memory = nullptr;
    EB_OK(runtime_.check(api_.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory)));
    memory_.reset(memory);
    EB_OK(add(inputs, inputs_, input_names_));
    return add(outputs, outputs_, output_names_);
  }

  void run(std::size_t times, Latencies& latencies_ns) {
    for (std::size_t i = 0; i < times; ++i) {
      const auto start = std::chrono::steady_clock::now();
      OrtStatus* status = api_.Run(session_, nullptr, input_names_.data(), inputs_.data(), inputs_.size(),
                                   output_names_.data(), outputs_.size(), outputs_.data());
      const auto end = std::chrono::steady_clock::now();
      if (status) api_.ReleaseStatus(status);
      latencies_ns.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count());
    }
  }

 private:
  eb::Status add(std::span<const eb::Tensor> tensors, std::vector<OrtValue*>& values,
                 std::vector<const char*>& names) {
    for (const eb::Tensor& tensor : tensors) {
      OrtValue* value = nullptr;
      EB_OK(runtime_.check(api_.CreateTensorWithDataAsOrtValue(
          memory_.get(), tensor.bytes.data(), tensor.bytes.size(), tensor.spec->shape.data(),
          tensor.spec->shape.size(), ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &value)));
      values.push_back(value);
      names.push_back(tensor.spec->name.c_str());
    }
    return eb::Done{};
  }

  const eb::ort::Runtime& runtime_;
  const OrtApi& api_;
  OrtSession* session_;
  Handle<OrtMemoryInfo> memory_;
  std::vector<OrtValue*> inputs_, outputs_;
  std::vector<const char*> input_names_, output_names_;
};

// As edgebench measures: its scenario, its loop, its log.
eb::Status run_ours(eb::Session& session, eb::LoadedLane& loaded, std::size_t times,
                    Latencies& latencies_ns) {
  const auto clock = eb::make_steady_clock();
  EB_GET(const auto scenario,
         eb::make_scenario("single-stream", {.min_queries = times, .min_duration_ns = 0}));
  EB_GET(const eb::Window window, eb::drive_queries(*scenario, session, loaded, *clock, times));
  const auto own = window.latencies.first_ns();
  latencies_ns.insert(latencies_ns.end(), own.begin(), own.end());
  return eb::Done{};
}

struct Pairs {
  std::vector<double> ratios{};
  Latencies ours_ns{}, bare_ns{};
};

eb::Result<Pairs> compare(benchmark::State& state, const eb::ort::Runtime& runtime, const char* model) {
  EB_GET(auto handle, open_bare(runtime, model));
  OrtSession* raw = handle.get();
  EB_GET(const auto session,
         eb::ort::wrap_session(runtime, std::move(handle),
                               {{.model = model, .threads = 1}, "CPUExecutionProvider", ""}));
  EB_GET(auto lane, eb::Lane::create({}, *session, 1, 1));
  eb::LoadedLane loaded{std::move(lane), {1}, 1};
  Bare bare(runtime, raw);
  EB_OK(bare.bind(loaded.lane.inputs(0), loaded.lane.binding(0).outputs()));

  Latencies warm_ns;
  bare.run(20, warm_ns);
  constexpr double kBlockNs = 50e6;
  const auto block = static_cast<std::size_t>(std::clamp(kBlockNs / median_ns(warm_ns), 10.0, 10'000.0));
  Pairs pairs;
  for (auto _ : state) {
    Latencies ours_ns, bare_ns;
    ours_ns.reserve(block);
    bare_ns.reserve(block);
    const bool is_first = pairs.ratios.size() % 2 == 0;
    if (!is_first) bare.run(block, bare_ns);
    EB_OK(run_ours(*session, loaded, block, ours_ns));
    if (is_first) bare.run(block, bare_ns);
    pairs.ratios.push_back(median_ns(ours_ns) / median_ns(bare_ns));
    pairs.ours_ns.insert(pairs.ours_ns.end(), ours_ns.begin(), ours_ns.end());
    pairs.bare_ns.insert(pairs.bare_ns.end(), bare_ns.begin(), bare_ns.end());
  }
  return pairs;
}

void edgebench_against_bare_loop(benchmark::State& state) {
  const char* model = environment("EDGEBENCH_BENCH_MODEL", nullptr);
  if (!model) return state.SkipWithError("set EDGEBENCH_BENCH_MODEL to an ONNX file");
  const auto runtime =
      eb::ort::Runtime::open({environment("EDGEBENCH_BENCH_RUNTIME", "libonnxruntime.so.1")});
  if (!runtime) return state.SkipWithError(runtime.error().message.c_str());
  const auto pairs = compare(state, **runtime, model);
  if (!pairs) return state.SkipWithError(pairs.error().message.c_str());
  state.counters["edgebench_p50_us"] = median_ns(pairs->ours_ns) * 1e-3;
  state.counters["bare_p50_us"] = median_ns(pairs->bare_ns) * 1e-3;
  state.counters["p50_ratio"] = quantile(pairs->ratios, 0.5);
  state.counters["p25_ratio"] = quantile(pairs->ratios, 0.25);
  state.counters["p75_ratio"] = quantile(pairs->ratios, 0.75);
}
BENCHMARK(edgebench_against_bare_loop)->MinTime(10)->Unit(benchmark::kMillisecond);

}  // namespace
