#pragma once
// What backends over ONNX Runtime share: the runtime, opened by the first call that needs it.
#include <memory>

#include "backends/onnxruntime/backend.h"
#include "backends/onnxruntime/runtime.h"

namespace eb {

class RuntimeBackend : public Backend {
 public:
  explicit RuntimeBackend(OnnxRuntimeOptions options) : options_(std::move(options)) {}

  Result<OperationCount> count_operations(const SessionOptions& options) override;

 protected:
  Status need_runtime();
  SessionOptions with_threads(SessionOptions options) const;
  // Once `need_runtime` was done.
  std::pair<std::string, std::string> runtime_fact() const;

  OnnxRuntimeOptions options_;
  std::unique_ptr<ort::Runtime> runtime_;  // once `need_runtime` was done
};

}  // namespace eb
