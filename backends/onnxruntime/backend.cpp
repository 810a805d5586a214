#include "backends/onnxruntime/backend.h"

#include <fmt/format.h>

#include "backends/onnxruntime/runtime_backend.h"
#include "backends/onnxruntime/session.h"
#include "harness/base/files.h"

namespace eb {
namespace {

class CpuBackend final : public RuntimeBackend {
 public:
  using RuntimeBackend::RuntimeBackend;

  std::string_view name() const override { return "cpu"; }

  Result<std::vector<Device>> devices() override {
    EB_OK(need_runtime());
    Device device{"0", options_.cpu_name, "cpu", fmt::format("ONNX Runtime {} CPU", runtime_->version())};
    return std::vector<Device>{std::move(device)};
  }

  std::vector<std::pair<std::string, std::string>> facts() override {
    if (!need_runtime()) return {};
    std::vector<std::pair<std::string, std::string>> facts = {
        runtime_fact(),
        {"runtime_build", runtime_->api().GetBuildInfoString()},
        {"ort_log_level", ort::kLogLevelName}};
    if (auto hash = sha256_of_file(runtime_->library())) facts.emplace_back("runtime_sha256", *hash);
    return facts;
  }

  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    EB_OK(need_runtime());
    return ort::open_session(*runtime_, setup_of(options));
  }

  Result<LayerTimes> layer_times(const SessionOptions& options, const OperationCount& work) override {
    EB_OK(need_runtime());
    return ort::layer_times(*runtime_, setup_of(options), work);
  }

 private:
  ort::SessionSetup setup_of(const SessionOptions& options) const {
    return {with_threads(options), "CPUExecutionProvider", ""};
  }
};

}  // namespace

std::unique_ptr<Backend> make_cpu_backend(OnnxRuntimeOptions options) {
  return std::make_unique<CpuBackend>(std::move(options));
}

}  // namespace eb
