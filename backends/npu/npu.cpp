#include "backends/npu/npu.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/npu/vendor_plan.h"
#include "backends/onnxruntime/providers.h"
#include "backends/onnxruntime/runtime_backend.h"

namespace eb {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kNothingHere =
    "no vendor's execution provider for an NPU is here; edgebench devices says what is missing for each, or "
    "say where a library is with --ep-library NAME=PATH, as backends/npu/README.md tells";

std::string_view provider_of(const Device& device) {
  for (const auto& [key, value] : device.facts)
    if (key == "provider") return value;
  return {};
}

class NpuBackend final : public RuntimeBackend {
 public:
  NpuBackend(const OnnxRuntimeOptions& runtime, NpuOptions options)
      : RuntimeBackend(runtime), npu_(std::move(options)) {}

  std::string_view name() const override { return "npu"; }

  Result<std::vector<Device>> devices() override {
    EB_OK(look());
    std::vector<Device> all;
    for (const Source& source : sources_)
      for (Device device : source.devices) {
        device.id = source.name + ":" + device.id;
        all.push_back(std::move(device));
      }
    if (!all.empty()) return all;
    return Error{ErrorKind::unavailable, problem_.empty() ? kNothingHere : problem_};
  }

  Facts facts() override {
    if (!look()) return {};
    Facts all = {runtime_fact()};
    for (const Source& source : sources_)
      for (auto& fact : source.backend->facts())
        if (std::find(all.begin(), all.end(), fact) == all.end()) all.push_back(std::move(fact));
    for (const auto& [name, reason] : absent_) all.emplace_back("absent_" + name, reason);
    return all;
  }

  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    EB_GET(const Place place, find(options));
    return place.backend->open(place.options);
  }

  bool needs_fixed_shapes() const override { return true; }

  Result<double> time_share(const SessionOptions& options) override {
    EB_GET(const Place place, find(options));
    return place.backend->time_share(place.options);
  }

  Result<LayerTimes> layer_times(const SessionOptions& options, const OperationCount& work) override {
    EB_GET(const Place place, find(options));
    return place.backend->layer_times(place.options, work);
  }

 private:
  struct Source {
    std::string name{};
    std::unique_ptr<Backend> backend{};
    std::vector<Device> devices{};
  };
  struct Place {
    Backend* backend = nullptr;
    SessionOptions options{};  // with the device's id as the backend knows it
  };

  Result<Place> find(const SessionOptions& options) {
    EB_OK(look());
    for (const Source& source : sources_) {
      if (!options.device_id.starts_with(source.name + ":")) continue;
      Place place{source.backend.get(), options};
      place.options.device_id = options.device_id.substr(source.name.size() + 1);
      return place;
    }
    return Error{ErrorKind::unavailable, fmt::format("backend npu has no device '{}'", options.device_id)};
  }

  Status look() {
    if (has_looked_) return Done{};
    EB_OK(need_runtime());
    has_looked_ = true;
    for (const auto& [name, path] : npu_.libraries)
      if (is_wanted(name)) look_at_named(name, path);
    EB_GET(const auto built_in, ort::built_in_providers(*runtime_));
    for (const Vendor& row : npu_.table)
      if (row.backend == name() && is_wanted(row.id) && !is_named(row))
        look_for(row, row.is_built_in &&
                          std::find(built_in.begin(), built_in.end(), row.provider) != built_in.end());
    return Done{};
  }

  bool is_wanted(std::string_view name) const { return npu_.only.empty() || npu_.only == name; }

  // Whether the user says where it is, under the table's name or another.
  bool is_named(const Vendor& row) const {
    if (npu_.libraries.contains(std::string(row.id))) return true;
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& source) {
      return std::any_of(source.devices.begin(), source.devices.end(), [&](const Device& device) {
        return find_vendor_of_provider(provider_of(device), npu_.table) == &row;
      });
    });
  }

  void look_at_named(const std::string& name, const std::filesystem::path& path) {
    PluginOptions plugin = plugin_options(name, path);
    plugin.remedy = fmt::format("see --ep-library {}=PATH", name);
    auto added = add(name, make_plugin_backend(options_, std::move(plugin)), nullptr);
    if (added) return;
    problem_ += (problem_.empty() ? "" : "; ") + added.error().message;
    absent_.emplace_back(name, added.error().message);
  }

  void look_for(const Vendor& row, bool is_built_in) {
    const std::string id(row.id);
    std::string reason;
    if (is_built_in) {
      auto added = add(id, make_built_in_backend(options_, built_in_options(row, users_options(id))), &row);
      if (added) return;
      reason = added.error().message;
    }
    if (const auto library = find_library(row); !library.empty()) {
      PluginOptions plugin = plugin_options(id, library);
      plugin.registration = row.provider;
      plugin.remedy = row.install;
      auto added = add(id, make_plugin_backend(options_, std::move(plugin)), &row);
      if (added) return;
      reason = added.error().message;
    }
    if (!reason.empty()) absent_.emplace_back(id, reason);
  }

  // The file of the row's library; empty if it is nowhere.
  std::filesystem::path find_library(const Vendor& row) const {
    if (row.plugin.empty()) return {};
    std::vector<std::filesystem::path> folders = {runtime_->library().parent_path()};
    folders.insert(folders.end(), npu_.folders.begin(), npu_.folders.end());
    for (const auto& folder : folders)
      for (const std::string& name : library_file_names(row.plugin)) {
        std::error_code code;
        if (folder.is_absolute() && std::filesystem::is_regular_file(folder / name, code))
          return folder / name;
      }
    return {};
  }

  PluginOptions plugin_options(const std::string& name, const std::filesystem::path& library) const {
    return {.backend = name,
            .libraries = {library},
            .plan_of = [users = users_options(name), table = npu_.table](std::string_view provider,
                                                                         std::string_view vendor) {
              return plan_for_library(provider, vendor, users, table);
            }};
  }

  EpOptions users_options(const std::string& name) const {
    const auto own = npu_.ep_options.find(name);
    return own == npu_.ep_options.end() ? EpOptions{} : own->second;
  }

  // `row`: what must be in it; null: whatever it brings.
  Status add(const std::string& name, std::unique_ptr<Backend> backend, const Vendor* row) {
    EB_GET(auto devices, backend->devices());
    const std::string first(provider_of(devices.front()));
    std::erase_if(devices, [&](const Device& device) {
      return row && find_vendor_of_provider(provider_of(device), npu_.table) != row;
    });
    if (devices.empty())
      return Error{ErrorKind::unavailable, fmt::format("the library of that name is another's: it brings {}, "
                                                       "not {}",
                                                       first, row->provider)};
    sources_.push_back({name, std::move(backend), std::move(devices)});
    return Done{};
  }

  NpuOptions npu_;
  bool has_looked_ = false;
  std::vector<Source> sources_{};
  Facts absent_{};         // name -> why it has no device
  std::string problem_{};  // of the libraries that the user names
};

}  // namespace

std::unique_ptr<Backend> make_npu_backend(const OnnxRuntimeOptions& runtime, const NpuOptions& options) {
  return std::make_unique<NpuBackend>(runtime, options);
}

std::unique_ptr<Backend> make_webgpu_backend(const OnnxRuntimeOptions& runtime,
                                             const std::filesystem::path& library,
                                             const EpOptions& ep_options) {
  const Vendor& row = *find_vendor("webgpu");
  if (library.empty()) {
    BuiltInOptions built_in = built_in_options(row, ep_options);
    built_in.unranked_reason = "the runtime does not tell which device computes: it may be the processor";
    return make_built_in_backend(runtime, std::move(built_in));
  }
  return make_plugin_backend(runtime,
                             {.backend = std::string(row.id),
                              .provider = std::string(row.provider),
                              .libraries = {library},
                              .remedy = std::string(row.install),
                              .registration = std::string(row.provider),
                              .plan_of = [ep_options](std::string_view provider, std::string_view vendor) {
                                return plan_for_library(provider, vendor, ep_options, vendors());
                              }});
}

}  // namespace eb
