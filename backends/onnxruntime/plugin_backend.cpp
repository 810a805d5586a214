#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backends/onnxruntime/ep_device.h"
#include "backends/onnxruntime/runtime_backend.h"
#include "backends/onnxruntime/session.h"
#include "harness/base/dynlib.h"
#include "harness/base/files.h"

namespace eb {
namespace {

// What our libraries export beside the runtime's two functions: see backends/gpu/ep.h.
constexpr const char* kReasonFunction = "EdgebenchReasonOfNoDevice";
using ReasonFunction = void (*)(char* text, std::size_t bytes);

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
        runtime_->api().UnregisterExecutionProviderLibrary(runtime_->env(), registration().c_str()));
  }

  std::string_view name() const override { return plugin_.backend; }

  Result<std::vector<Device>> devices() override {
    EB_GET(const auto found, find_devices());
    std::vector<Device> devices;
    devices.reserve(found.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      devices.push_back(ort::describe(runtime_->api(), *found[i], id_of(*found[i], i)));
    return devices;
  }

  std::vector<std::pair<std::string, std::string>> facts() override {
    if (!need_library()) return {};
    std::vector<std::pair<std::string, std::string>> facts = {runtime_fact()};
    if (auto hash = sha256_of_file(library_)) facts.emplace_back(plugin_.backend + "_library_sha256", *hash);
    return facts;
  }

  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    EB_GET(const OrtEpDevice* device, find_device(options.device_id));
    EB_GET(const TempFolder folder, TempFolder::create());
    return ort::open_session(*runtime_, setup_of(*device, options, folder));
  }

  Result<double> time_share(const SessionOptions& options) override {
    EB_GET(const TempFolder folder, TempFolder::create());
    EB_GET(const ort::SessionSetup setup, timed_setup(options, folder));
    return ort::time_share(*runtime_, setup);
  }

  Result<LayerTimes> layer_times(const SessionOptions& options, const OperationCount& work) override {
    EB_GET(const TempFolder folder, TempFolder::create());
    EB_GET(ort::SessionSetup setup, timed_setup(options, folder));
    for (const auto& timing : plugin_.timing_options) {
      std::erase_if(setup.provider_options, [&](const auto& option) { return option.first == timing.first; });
      setup.provider_options.push_back(timing);
    }
    return ort::layer_times(*runtime_, setup, work);
  }

  bool needs_fixed_shapes() const override { return true; }

 private:
  Result<const OrtEpDevice*> find_device(const std::string& id) {
    EB_GET(const auto found, find_devices());
    for (std::size_t i = 0; i < found.size(); ++i)
      if (id_of(*found[i], i) == id) return found[i];
    return Error{ErrorKind::unavailable, fmt::format("backend {} has no device '{}'", plugin_.backend, id)};
  }

  // `folder` is for the provider's report, while the session opens.
  ort::SessionSetup setup_of(const OrtEpDevice& device, const SessionOptions& options,
                             const TempFolder& folder) const {
    ort::SessionSetup setup{.options = with_threads(options),
                            .named_provider = runtime_->api().EpDevice_EpName(&device)};
    setup.device = &device;
    setup.max_in_flight = 1;
    const EpPlan plan = plan_of(device);
    setup.provider_options.assign(plan.options.begin(), plan.options.end());
    setup.doubt = plan.doubt;
    setup.confirmed_by = plan.confirmed_by;
    if (is_ours(device)) {
      setup.report = folder.path() / "report.json";
      setup.provider_options.emplace_back("report", setup.report.string());
    }
    return setup;
  }

  // Of a session whose nodes are timed.
  Result<ort::SessionSetup> timed_setup(const SessionOptions& options, const TempFolder& folder) {
    EB_GET(const OrtEpDevice* device, find_device(options.device_id));
    // A provider may hand work to its device and be done: then the times of its nodes are not those of the
    // work.
    if (!is_ours(*device))
      return Error{ErrorKind::unsupported,
                   "the provider does not say that its nodes end when their work does"};
    ort::SessionSetup setup = setup_of(*device, options, folder);
    // What was tuned when the first session opened is in the cache.
    std::erase_if(setup.provider_options, [](const auto& option) { return option.first == "retune"; });
    return setup;
  }

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
    EB_GET(const auto before, ort::ep_devices(*runtime_));
    auto registered = runtime_->check(runtime_->api().RegisterExecutionProviderLibrary(
        runtime_->env(), registration().c_str(), library.c_str()));
    if (!registered)
      return Error{ErrorKind::unavailable,
                   fmt::format("the library of backend {} does not load: {}; {}", plugin_.backend,
                               registered.error().message, plugin_.remedy)};
    library_ = library;
    EB_GET(devices_, ort::ep_devices(*runtime_));
    std::erase_if(devices_, [&](const OrtEpDevice* one) {
      return std::find(before.begin(), before.end(), one) != before.end() ||
             (!plugin_.provider.empty() && runtime_->api().EpDevice_EpName(one) != plugin_.provider);
    });
    return Done{};
  }

  const std::string& registration() const {
    return plugin_.registration.empty() ? plugin_.backend : plugin_.registration;
  }

  EpPlan plan_of(const OrtEpDevice& device) const {
    if (!plugin_.plan_of) return {.options = plugin_.ep_options};
    return plugin_.plan_of(runtime_->api().EpDevice_EpName(&device),
                           runtime_->api().EpDevice_EpVendor(&device));
  }

  std::string id_of(const OrtEpDevice& device, std::size_t index) const {
    const std::string own = ort::metadata(runtime_->api(), device, "device");
    return own.empty() ? fmt::format("{}", index) : own;
  }

  // Then it has our option `report`, and computes as its README says.
  bool is_ours(const OrtEpDevice& device) const {
    return runtime_->api().EpDevice_EpVendor(&device) == kOwnVendor;
  }

  // At least one.
  Result<std::vector<const OrtEpDevice*>> find_devices() {
    EB_OK(need_library());
    if (!devices_.empty()) return devices_;
    return Error{ErrorKind::unavailable, reason_of_no_device()};
  }

  std::string reason_of_no_device() const {
    std::array<char, 512> text{};
    if (const auto library = DynLib::open(library_))
      if (const auto ask = reinterpret_cast<ReasonFunction>(library->symbol(kReasonFunction)))
        ask(text.data(), text.size());
    return text[0] ? std::string(text.data())
                   : fmt::format("the library of backend {} has no {}device here", plugin_.backend,
                                 plugin_.provider.empty() ? "" : "provider " + plugin_.provider + " with a ");
  }

  PluginOptions plugin_;
  std::filesystem::path library_;              // registered
  std::vector<const OrtEpDevice*> devices_{};  // of the library
};

}  // namespace

std::unique_ptr<Backend> make_plugin_backend(OnnxRuntimeOptions runtime, PluginOptions plugin) {
  return std::make_unique<PluginBackend>(std::move(runtime), std::move(plugin));
}

}  // namespace eb
