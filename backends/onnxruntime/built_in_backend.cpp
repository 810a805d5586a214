#include <fmt/format.h>

#include <algorithm>

#include "backends/onnxruntime/ep_device.h"
#include "backends/onnxruntime/runtime_backend.h"
#include "backends/onnxruntime/session.h"

namespace eb {
namespace {

class BuiltInBackend final : public RuntimeBackend {
 public:
  BuiltInBackend(OnnxRuntimeOptions runtime, BuiltInOptions built_in)
      : RuntimeBackend(std::move(runtime)), built_in_(std::move(built_in)) {}

  std::string_view name() const override { return built_in_.backend; }

  Result<std::vector<Device>> devices() override {
    EB_OK(need_provider());
    std::vector<Device> devices;
    for (const OrtEpDevice* listed : listed_)
      devices.push_back(ort::describe(runtime_->api(), *listed, std::to_string(devices.size())));
    if (devices.empty()) devices.push_back(unlisted_device());
    return devices;
  }

  std::vector<std::pair<std::string, std::string>> facts() override {
    if (!need_runtime()) return {};
    return {runtime_fact()};
  }

  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    EB_GET(const auto all, devices());
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const Device& one) { return one.id == options.device_id; });
    if (at == all.end())
      return Error{ErrorKind::unavailable,
                   fmt::format("backend {} has no device '{}'", built_in_.backend, options.device_id)};
    ort::SessionSetup setup{.options = with_threads(options), .named_provider = built_in_.provider};
    setup.is_built_in = true;
    if (!listed_.empty()) setup.device = listed_[static_cast<std::size_t>(at - all.begin())];
    setup.provider_options = plan_options();
    setup.doubt = built_in_.plan.doubt;
    setup.confirmed_by = built_in_.plan.confirmed_by;
    setup.max_in_flight = 1;
    return ort::open_session(*runtime_, setup);
  }

  bool needs_fixed_shapes() const override { return true; }

 private:
  std::vector<ort::KeyValue> plan_options() const {
    return {built_in_.plan.options.begin(), built_in_.plan.options.end()};
  }

  Device unlisted_device() const {
    Device device{"0", built_in_.provider, built_in_.kind,
                  fmt::format("ONNX Runtime {}, built in", runtime_->version())};
    device.facts.emplace_back("provider", built_in_.provider);
    if (built_in_.kind == "cpu") device.unranked_reasons.emplace_back(ort::kSoftwareDevice);
    if (!built_in_.unranked_reason.empty()) device.unranked_reasons.push_back(built_in_.unranked_reason);
    return device;
  }

  // Done once: starting a provider may take a driver's time and memory.
  Status need_provider() {
    if (is_here_) return Done{};
    EB_OK(need_runtime());
    EB_GET(const auto built_in, ort::built_in_providers(*runtime_));
    if (std::find(built_in.begin(), built_in.end(), built_in_.provider) == built_in.end())
      return absent(
          fmt::format("ONNX Runtime {} was built without {}", runtime_->version(), built_in_.provider));
    // Before anything is tried, which would end in a message of the runtime's own on the console.
    if (!built_in_.bridges.empty() && !has_bridge())
      return absent(fmt::format("ONNX Runtime {} can load {}, but {} is not beside it", runtime_->version(),
                                built_in_.provider, built_in_.bridges.front()));
    EB_GET(listed_, ort::ep_devices(*runtime_));
    std::erase_if(listed_, [&](const OrtEpDevice* one) {
      return runtime_->api().EpDevice_EpName(one) != built_in_.provider;
    });
    EB_OK(try_to_start());
    is_here_ = true;
    return Done{};
  }

  // By name, even where devices are listed: these are found before anything is tried.
  Status try_to_start() const {
    EB_GET(const auto scratch, ort::new_session_options(*runtime_));
    auto started =
        ort::append_provider(*runtime_, built_in_.provider, nullptr, plan_options(), scratch.get());
    if (started) return Done{};
    return absent(fmt::format("{} does not start: {}", built_in_.provider, started.error().message));
  }

  bool has_bridge() const {
    const auto folder = runtime_->library().parent_path();
    return std::any_of(built_in_.bridges.begin(), built_in_.bridges.end(), [&](const std::string& name) {
      std::error_code code;
      return std::filesystem::is_regular_file(folder / name, code);
    });
  }

  Error absent(const std::string& why) const {
    return {ErrorKind::unavailable, fmt::format("{}; to have it: {}", why, built_in_.remedy)};
  }

  BuiltInOptions built_in_;
  bool is_here_ = false;
  std::vector<const OrtEpDevice*> listed_{};
};

}  // namespace

std::unique_ptr<Backend> make_built_in_backend(OnnxRuntimeOptions runtime, BuiltInOptions options) {
  return std::make_unique<BuiltInBackend>(std::move(runtime), std::move(options));
}

}  // namespace eb
