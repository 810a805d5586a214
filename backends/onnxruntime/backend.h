#pragma once
// Backends over ONNX Runtime.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/backend.h"

namespace eb {

struct OnnxRuntimeOptions {
  std::vector<std::filesystem::path> libraries{};  // candidates in order: paths or bare names
  std::string cpu_name{};                          // what the host calls its processor
  int default_threads = 1;                         // physical cores
};

// `cpu`: the runtime's own CPU execution provider. Nothing is opened until the first call.
std::unique_ptr<Backend> make_cpu_backend(OnnxRuntimeOptions options);

}  // namespace eb
