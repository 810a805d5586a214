#include "backends/onnxruntime/runtime_backend.h"

#include <fmt/format.h>

#include "backends/onnxruntime/session.h"

namespace eb {

Status RuntimeBackend::need_runtime() {
  if (runtime_) return Done{};
  EB_GET(runtime_, ort::Runtime::open(options_.libraries));
  return Done{};
}

SessionOptions RuntimeBackend::with_threads(SessionOptions options) const {
  if (options.threads == 0) options.threads = options_.default_threads;
  return options;
}

std::pair<std::string, std::string> RuntimeBackend::runtime_fact() const {
  return {"runtime", fmt::format("ONNX Runtime {}", runtime_->version())};
}

Result<OperationCount> RuntimeBackend::count_operations(const SessionOptions& options) {
  EB_OK(need_runtime());
  return ort::count_operations(*runtime_, with_threads(options));
}

}  // namespace eb
