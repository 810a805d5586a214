#include "backends/npu/npu.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {
namespace {

class NpuBackend final : public Backend {
 public:
  NpuBackend(const OnnxRuntimeOptions& runtime, const NpuOptions& options) {
    for (const auto& [name, path] : options.libraries) {
      PluginOptions plugin{.backend = name,
                           .provider = {},
                           .libraries = {path},
                           .remedy = fmt::format("see --ep-library {}=PATH", name)};
      if (const auto own = options.ep_options.find(name); own != options.ep_options.end())
        plugin.ep_options = own->second;
      vendors_.push_back({name, make_plugin_backend(runtime, std::move(plugin))});
    }
  }

  std::string_view name() const override { return "npu"; }

  Result<std::vector<Device>> devices() override {
    std::vector<Device> all;
    std::string reasons;
    for (const Vendor& vendor : vendors_) {
      auto devices = vendor.backend->devices();
      if (!devices) reasons += (reasons.empty() ? "" : "; ") + devices.error().message;
      if (!devices) continue;
      for (Device& device : *devices) {
        device.id = vendor.name + ":" + device.id;
        all.push_back(std::move(device));
      }
    }
    if (!all.empty()) return all;
    return Error{ErrorKind::unavailable,
                 vendors_.empty() ? "no NPU's execution provider was named; say where its library is with "
                                    "--ep-library NAME=PATH, as backends/npu/README.md tells"
                                  : reasons};
  }

  std::vector<std::pair<std::string, std::string>> facts() override {
    std::vector<std::pair<std::string, std::string>> all;
    for (const Vendor& vendor : vendors_)
      for (auto& fact : vendor.backend->facts())
        if (std::find(all.begin(), all.end(), fact) == all.end()) all.push_back(std::move(fact));
    return all;
  }

  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    EB_GET(const Place place, find(options.device_id));
    SessionOptions own = options;
    own.device_id = place.device_id;
    return place.backend->open(own);
  }

  bool needs_fixed_shapes() const override { return true; }

  Result<double> time_share(const SessionOptions& options) override {
    EB_GET(const Place place, find(options.device_id));
    SessionOptions own = options;
    own.device_id = place.device_id;
    return place.backend->time_share(own);
  }

  Result<OperationCount> count_operations(const SessionOptions& options) override {
    EB_GET(const Place place, find(options.device_id));
    return place.backend->count_operations(options);
  }

 private:
  struct Vendor {
    std::string name{};
    std::unique_ptr<Backend> backend{};
  };
  struct Place {
    Backend* backend = nullptr;
    std::string device_id{};
  };

  Result<Place> find(const std::string& id) const {
    for (const Vendor& vendor : vendors_)
      if (id.starts_with(vendor.name + ":"))
        return Place{vendor.backend.get(), id.substr(vendor.name.size() + 1)};
    return Error{ErrorKind::unavailable, fmt::format("backend npu has no device '{}'", id)};
  }

  std::vector<Vendor> vendors_{};
};

}  // namespace

std::unique_ptr<Backend> make_npu_backend(const OnnxRuntimeOptions& runtime, const NpuOptions& options) {
  return std::make_unique<NpuBackend>(runtime, options);
}

}  // namespace eb
