// A model's median latency in edgebench against a bare loop over ONNX Runtime's C API: blocks of runs take
// turns, so that both see the same machine. The counter p50_ratio should stay within 1 % of 1.
// EDGEBENCH_BENCH_MODEL: an ONNX file with fixed shapes; EDGEBENCH_BENCH_RUNTIME: the library (default: the
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

const char* environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value ? value : otherwise;
}

// The bare loop: no class of ours between the clock and OrtApi::Run.
class Bare {
 public:
  Bare(const eb::ort::Runtime& runtime, const char* model, eb::Session& like)
      : api_(runtime.api()),
        memory_(nullptr, api_.ReleaseMemoryInfo),
        session_(nullptr, api_.ReleaseSession) {
    OrtSessionOptions* options = nullptr;
    OrtSession* session = nullptr;
    OrtMemoryInfo* memory = nullptr;
    good_ = runtime.check(api_.CreateSessionOptions(&options)) &&
            runtime.check(api_.SetIntraOpNumThreads(options, 1)) &&
            runtime.check(api_.CreateSession(runtime.env(), model, options, &session)) &&
            runtime.check(api_.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
    api_.ReleaseSessionOptions(options);
    session_.reset(session);
    memory_.reset(memory);
    if (good_)
      good_ = add(runtime, like.inputs(), inputs_, input_names_) &&
              add(runtime, like.outputs(), outputs_, output_names_);
  }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;
  ~Bare() {
    for (auto* values : {&inputs_, &outputs_})
      for (OrtValue* value : *values) api_.ReleaseValue(value);
  }
  bool is_good() const { return good_; }

  void run(int times, std::vector<std::int64_t>& latencies_ns) {
    for (int i = 0; i < times; ++i) {
      const auto start = std::chrono::steady_clock::now();
      OrtStatus* status = api_.Run(session_.get(), nullptr, input_names_.data(), inputs_.data(),
                                   inputs_.size(), output_names_.data(), outputs_.size(), outputs_.data());
      const auto end = std::chrono::steady_clock::now();
      if (status) api_.ReleaseStatus(status);
      latencies_ns.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(end - start).count());
    }
  }

 private:
  bool add(const eb::ort::Runtime& runtime, std::span<const eb::TensorSpec> specs,
           std::vector<OrtValue*>& values, std::vector<const char*>& names) {
    auto fixed = eb::fixed_specs(specs, 1);
    auto made = fixed ? eb::TensorSet::create(*fixed) : eb::Result<eb::TensorSet>(fixed.error());
    if (!made) return false;
    sets_.push_back(*std::move(made));
    for (const eb::Tensor& tensor : sets_.back().tensors()) {
      OrtValue* value = nullptr;
      if (!runtime.check(api_.CreateTensorWithDataAsOrtValue(
              memory_.get(), tensor.bytes.data(), tensor.bytes.size(), tensor.spec->shape.data(),
              tensor.spec->shape.size(), ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &value)))
        return false;
      values.push_back(value);
      names.push_back(tensor.spec->name.c_str());
    }
    return true;
  }

  const OrtApi& api_;
  Handle<OrtMemoryInfo> memory_;
  Handle<OrtSession> session_;
  std::vector<eb::TensorSet> sets_;
  std::vector<OrtValue*> inputs_, outputs_;
  std::vector<const char*> input_names_, output_names_;
  bool good_ = false;
};

double median_ns(std::vector<std::int64_t> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return static_cast<double>(*middle);
}

void edgebench_against_bare_loop(benchmark::State& state) {
  const char* model = environment("EDGEBENCH_BENCH_MODEL", nullptr);
  if (!model) return state.SkipWithError("set EDGEBENCH_BENCH_MODEL to an ONNX file");
  const auto runtime =
      eb::ort::Runtime::open({environment("EDGEBENCH_BENCH_RUNTIME", "libonnxruntime.so.1")});
  if (!runtime) return state.SkipWithError(runtime.error().message.c_str());
  auto session =
      eb::ort::open_session(**runtime, {{.model = model, .threads = 1}, "CPUExecutionProvider", ""});
  if (!session) return state.SkipWithError(session.error().message.c_str());
  auto lane = eb::Lane::create({}, **session, 1, 1);
  if (!lane) return state.SkipWithError(lane.error().message.c_str());
  eb::LoadedLane loaded{*std::move(lane), {1}, 1};
  Bare bare(**runtime, model, **session);
  if (!bare.is_good()) return state.SkipWithError("the bare session does not open");

  constexpr int kBlock = 20;
  const auto clock = eb::make_steady_clock();
  const eb::WindowRule rule{.min_queries = kBlock, .min_duration_ns = 0};
  std::vector<std::int64_t> ours_ns, bare_ns;
  for (auto _ : state) {
    const auto scenario = eb::make_scenario("single-stream", rule);
    auto window = eb::drive_queries(**scenario, **session, loaded, *clock, kBlock);
    if (!window) return state.SkipWithError(window.error().message.c_str());
    const auto own = window->latencies.first_ns();
    ours_ns.insert(ours_ns.end(), own.begin(), own.end());
    bare.run(kBlock, bare_ns);
  }
  state.counters["edgebench_p50_us"] = median_ns(ours_ns) * 1e-3;
  state.counters["bare_p50_us"] = median_ns(bare_ns) * 1e-3;
  state.counters["p50_ratio"] = median_ns(ours_ns) / median_ns(bare_ns);
}
BENCHMARK(edgebench_against_bare_loop)->MinTime(10)->Unit(benchmark::kMillisecond);

}  // namespace
