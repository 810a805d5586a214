#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backends/onnxruntime/runtime_backend.h"
#include "backends/onnxruntime/session.h"
#include "harness/base/dynlib.h"
#include "harness/base/files.h"

namespace eb {
namespace {

// What our libraries export beside the runtime's two functions: see backends/gpu/ep.h.
constexpr const char* kReasonFunction = "EdgebenchReasonOfNoDevice";
using ReasonFunction = void (*)(char* text, std::size_t bytes);

std::string metadata(const OrtApi& api, const OrtEpDevice& device, const char* key) {
  const char* value = api.GetKeyValue(api.EpDevice_EpMetadata(&device), key);
  return value ? value : "";
}

Device describe(const OrtApi& api, const OrtEpDevice& from) {
  const std::string type = metadata(api, from, "type");
  const bool is_gpu = type == "integrated" || type == "discrete";
  Device device{metadata(api, from, "device"), metadata(api, from, "name"), is_gpu ? "gpu" : "other",
                metadata(api, from, "driver")};
  device.facts = {{"type", type}, {"fp16", metadata(api, from, "fp16")}};
  if (type == "cpu") {
    device.kind = "cpu";
    device.unranked_reasons = {"software device: its driver computes on the CPU"};
  }
  return device;
}

class PluginBackend final : public RuntimeBackend {
 public:
  PluginBackend(OnnxRuntimeOptions options, PluginOptions plugin)
      : RuntimeBackend(std::move(options)), plugin_(std::move(plugin)) {}
  PluginBackend(const PluginBackend&) = delete;
  PluginBackend& operator=(const PluginBackend&) = delete;
  ~PluginBackend() override {
    if (library_.empty()) return;
    // A failure leaves the library open until the process ends, as it would be without this call.
    (void)runtime_->check(
        runtime_->api().UnregisterExecutionProviderLibrary(runtime_->env(), plugin_.backend.c_str()));
  }

  std::string_view name() const override { return plugin_.backend; }

  Result<std::vector<Device>> devices() override {
    EB_GET(const auto found, find_devices());
    std::vector<Device> devices;
    devices.reserve(found.size());
    for (const OrtEpDevice* device : found) devices.push_back(describe(runtime_->api(), *device));
    return devices;
  }

  std::vector<std::pair<std::string, std::string>> facts() override {
    if (!need_library()) return {};
    std::vector<std::pair<std::string, std::string>> facts = {
        {"runtime", fmt::format("ONNX Runtime {}", runtime_->version())}};
    if (auto hash = sha256_of_file(library_)) facts.emplace_back(plugin_.backend + "_library_sha256", *hash);
    return facts;
  }

  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    EB_GET(const auto found, find_devices());
    const auto device = std::find_if(found.begin(), found.end(), [&](const OrtEpDevice* one) {
      return metadata(runtime_->api(), *one, "device") == options.device_id;
    });
    if (device == found.end())
      return Error{ErrorKind::unavailable,
                   fmt::format("backend {} has no device '{}'", plugin_.backend, options.device_id)};
    EB_GET(const TempFolder folder, TempFolder::create());
    ort::SessionSetup setup{
        .options = with_threads(options), .named_provider = plugin_.provider, .compute_precision = "fp32"};
    setup.device = *device;
    setup.report = folder.path() / "report.json";
    setup.max_in_flight = 1;
    setup.provider_options.assign(plugin_.ep_options.begin(), plugin_.ep_options.end());
    setup.provider_options.emplace_back("report", setup.report.string());
    return ort::open_session(*runtime_, setup);
  }

  bool needs_fixed_shapes() const override { return true; }

 private:
  Status need_library() {
    if (!library_.empty()) return Done{};
    EB_OK(need_runtime());
    if (runtime_->api_version() < ort::kPluginApi)
      return Error{
          ErrorKind::unavailable,
          fmt::format(
              "backend {} needs ONNX Runtime 1.{} or newer, this is {}; run scripts/fetch onnxruntime",
              plugin_.backend, ort::kPluginApi, runtime_->version())};
    std::error_code code;
    const auto& places = plugin_.libraries;
    const auto found = std::find_if(places.begin(), places.end(), [&](const std::filesystem::path& place) {
      return std::filesystem::is_regular_file(place, code);
    });
    if (found == places.end())
      return Error{ErrorKind::unavailable,
                   fmt::format("the library of backend {} is not here; {}", plugin_.backend, plugin_.remedy)};
    // The runtime would look for a relative path beside itself.
    const std::filesystem::path library = std::filesystem::absolute(*found, code);
    auto registered = runtime_->check(runtime_->api().RegisterExecutionProviderLibrary(
        runtime_->env(), plugin_.backend.c_str(), library.c_str()));
    if (!registered)
      return Error{ErrorKind::unavailable,
                   fmt::format("the library of backend {} does not load: {}; {}", plugin_.backend,
                               registered.error().message, plugin_.remedy)};
    library_ = library;
    return Done{};
  }

  // At least one.
  Result<std::vector<const OrtEpDevice*>> find_devices() {
    EB_OK(need_library());
    const OrtApi& api = runtime_->api();
    const OrtEpDevice* const* all = nullptr;
    std::size_t count = 0;
    EB_OK(runtime_->check(api.GetEpDevices(runtime_->env(), &all, &count)));
    std::vector<const OrtEpDevice*> ours;
    for (std::size_t i = 0; i < count; ++i)
      if (api.EpDevice_EpName(all[i]) == plugin_.provider) ours.push_back(all[i]);
    if (!ours.empty()) return ours;
    return Error{ErrorKind::unavailable, reason_of_no_device()};
  }

  std::string reason_of_no_device() const {
    std::array<char, 512> text{};
    if (const auto library = DynLib::open(library_))
      if (const auto ask = reinterpret_cast<ReasonFunction>(library->symbol(kReasonFunction)))
        ask(text.data(), text.size());
    return text[0] ? std::string(text.data())
                   : fmt::format("the library of backend {} has no provider {} with a device here",
                                 plugin_.backend, plugin_.provider);
  }

  PluginOptions plugin_;
  std::filesystem::path library_;  // registered
};

}  // namespace

std::unique_ptr<Backend> make_plugin_backend(OnnxRuntimeOptions runtime, PluginOptions plugin) {
  return std::make_unique<PluginBackend>(std::move(runtime), std::move(plugin));
}

}  // namespace eb
