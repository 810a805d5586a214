#pragma once
// `npu`: vendors' execution providers.
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "backends/npu/vendors.h"
#include "backends/onnxruntime/backend.h"

namespace eb {

struct NpuOptions {
  // By the name that the user gives a provider's library: where it is, and options for its sessions.
  std::map<std::string, std::filesystem::path> libraries{};
  std::map<std::string, std::map<std::string, std::string>> ep_options{};
};

// Every device of every library; the id of a device is NAME:ID, with the library's name. `unavailable` if no
// library has one, with the reason of each.
std::unique_ptr<Backend> make_npu_backend(const OnnxRuntimeOptions& runtime, const NpuOptions& options);

}  // namespace eb
