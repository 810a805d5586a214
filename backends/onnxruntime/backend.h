#pragma once
// Backends over ONNX Runtime.
#include <filesystem>
#include <map>
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

// An execution provider in a library of its own.
struct PluginOptions {
  std::string backend{};                            // "vulkan"; what messages call it
  std::string provider{};                           // "EdgebenchVulkan"; empty: all that the library brings
  std::vector<std::filesystem::path> libraries{};   // candidates in order: the first that is a file is taken
  std::map<std::string, std::string> ep_options{};  // for each session
  std::string remedy{};                             // what to do when the library is not there
};

// A backend over such a provider. It lists the provider's devices by their metadata (`device`, `name`,
// `driver`, `type`) or, where a vendor has none of these, by number, provider and the runtime's type of
// hardware; and asks the library why there are none. One run at a time; what it does not take runs on the
// CPU.
std::unique_ptr<Backend> make_plugin_backend(OnnxRuntimeOptions runtime, PluginOptions plugin);

}  // namespace eb
