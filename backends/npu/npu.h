#pragma once
// `npu`: vendors' execution providers; and `webgpu`, which is one of the same table.
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/npu/vendors.h"
#include "backends/onnxruntime/backend.h"

namespace eb {

struct NpuOptions {
  // By the name that the user gives a provider's library: where it is.
  std::map<std::string, std::filesystem::path> libraries{};
  // For sessions, by that name or by the id of the table.
  std::map<std::string, EpOptions> ep_options{};
  // Where libraries of the table's providers may be, after the runtime's own folder. Relative ones are not
  // looked into: they would depend on where the program was started.
  std::vector<std::filesystem::path> folders{};
  std::string only{};  // the one name or id whose devices are wanted; no other library is loaded; empty: all
  std::span<const Vendor> table = vendors();
};

// The devices of: every library that the user names; the table's providers that the runtime contains; the
// table's libraries that are in one of the folders. The id of a device is NAME:ID. What is there and does not
// work is a fact `absent_NAME` with the reason; `unavailable` if there is no device at all.
std::unique_ptr<Backend> make_npu_backend(const OnnxRuntimeOptions& runtime, const NpuOptions& options);

// The runtime's own provider. `library`: the user's with the same provider, instead; may be empty.
std::unique_ptr<Backend> make_webgpu_backend(const OnnxRuntimeOptions& runtime,
                                             const std::filesystem::path& library,
                                             const EpOptions& ep_options);

}  // namespace eb
