#pragma once
// Backends over ONNX Runtime.
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
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

using EpOptions = std::map<std::string, std::string>;

// What the sessions of a provider are opened with, and what that says of the placement.
struct EpPlan {
  EpOptions options{};  // keys that begin with "session." are entries of the session
  // Placement::doubt. A session that opens with this option is beyond it: the evidence is "confirmed".
  std::string doubt{};
  std::pair<std::string, std::string> confirmed_by{};
};

inline constexpr std::string_view kOwnVendor = "edgebench";  // what our providers call theirs

// An execution provider in a library of its own.
struct PluginOptions {
  std::string backend{};                           // "vulkan"; what messages call it
  std::string provider{};                          // "EdgebenchVulkan"; empty: all that the library brings
  std::vector<std::filesystem::path> libraries{};  // candidates in order: the first that is a file is taken
  EpOptions ep_options{};                          // for each session
  EpOptions timing_options{};                      // besides, for a session whose nodes are timed one by one
  std::string remedy{};                            // what to do when the library is not there
  // Under which the runtime keeps the library, and some libraries name their provider; empty: `backend`.
  std::string registration{};
  // For the sessions of this provider; null: `ep_options`, and no doubt.
  std::function<EpPlan(std::string_view provider, std::string_view vendor)> plan_of{};
};

// A backend over such a provider. It lists the provider's devices by their metadata (`device`, `name`,
// `driver`, `type`) or, where a vendor has none of these, by number, provider and the runtime's type of
// hardware; and asks the library why there are none. The fact `provider` is the provider's name. One run at a
// time; what it does not take runs on the CPU.
std::unique_ptr<Backend> make_plugin_backend(OnnxRuntimeOptions runtime, PluginOptions plugin);

// An execution provider that the runtime contains, or has in a library of its own beside it.
struct BuiltInOptions {
  std::string backend{};   // "webgpu"; what messages call it
  std::string provider{};  // "WebGpuExecutionProvider"
  std::string kind{};      // Device::kind, where the runtime lists no device of its
  // The names that the library beside the runtime may have; empty: there is none.
  std::vector<std::string> bridges{};
  EpPlan plan{};
  std::string remedy{};           // what to do to have it
  std::string unranked_reason{};  // of a device that the runtime does not list; empty: none
};

// A backend over such a provider. Its devices are numbered; it is one, "0", where the runtime lists none and
// the provider starts. `unavailable` says why it does not.
std::unique_ptr<Backend> make_built_in_backend(OnnxRuntimeOptions runtime, BuiltInOptions options);

// Writes the same model to `to` under other names: of graphs, nodes, tensors, inputs and outputs;
// initializers are in another order, and what is for people is gone. What it computes, the order of inputs
// and outputs, and the names of free dimensions stay. `unsupported` for weights in other files and for
// compiled parts, `invalid` for what is no model.
Status rename_model(const std::filesystem::path& model, const std::filesystem::path& to, std::uint64_t seed);

}  // namespace eb
