#pragma once
// A provider over fake devices in the real runtime: the test itself is the provider's library.
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "backends/gpu/ep.h"
#include "backends/onnxruntime/session.h"
#include "harness/base/dynlib.h"
#include "harness/base/json.h"
#include "tests/backends/gpu/ep_relay.h"
#include "tests/backends/gpu/fake_device.h"
#include "tests/support/onnx_runtime.h"
#include "tests/support/places.h"

namespace eb::gpu::test {

using eb::test::problem;
using Options = std::vector<std::pair<std::string, std::string>>;

class FakeProvider : public eb::test::WithRuntime {
 protected:
  static constexpr const char* kName = "EdgebenchFake";

  void SetUp() override {
    WithRuntime::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    if (runtime().api_version() < ort::kPluginApi) GTEST_SKIP() << "this runtime has no plugin providers";
    fake_driver() = &driver;
    driver.devices = {fake_info("0", DeviceType::cpu)};
    const auto relay = DynLib::open(eb::test::relay_library());
    ASSERT_EQ(problem(relay), "");
    reinterpret_cast<void (*)(RelayTarget)>(relay->symbol("SetRelayTarget"))({create, release_ep_factory});
  }
  void TearDown() override {
    if (is_registered_) {
      EXPECT_EQ(problem(check(api().UnregisterExecutionProviderLibrary(env(), "relay"))), "");
    }
    EXPECT_EQ(driver.open_now, 0) << "a device outlived its factory";
    fake_driver() = nullptr;
  }

  static const OrtApi& api() { return runtime().api(); }
  static OrtEnv* env() { return runtime().env(); }
  static Status check(OrtStatus* status) { return runtime().check(status); }

  Status register_provider() {
    EB_OK(check(api().RegisterExecutionProviderLibrary(env(), "relay", eb::test::relay_library().c_str())));
    is_registered_ = true;
    return Done{};
  }
  // Our devices, as the runtime has them.
  static std::vector<const OrtEpDevice*> devices() {
    const OrtEpDevice* const* all = nullptr;
    std::size_t count = 0;
    EXPECT_EQ(problem(check(api().GetEpDevices(env(), &all, &count))), "");
    std::vector<const OrtEpDevice*> ours;
    for (std::size_t i = 0; i < count; ++i)
      if (api().EpDevice_EpName(all[i]) == std::string(kName)) ours.push_back(all[i]);
    return ours;
  }
  static std::string metadata(const OrtEpDevice* device, const char* key) {
    const char* value = api().GetKeyValue(api().EpDevice_EpMetadata(device), key);
    return value ? value : "(none)";
  }

  // On the first device; registers the provider if that was not done yet.
  Result<ort::SessionSetup> setup_of(std::string_view name, Options options = {},
                                     std::map<std::string, std::int64_t> dims = {}) {
    if (!is_registered_) EB_OK(register_provider());
    const auto ours = devices();
    if (ours.empty()) return Error{ErrorKind::unavailable, "no device"};
    ort::SessionSetup setup{.options = {.model = model(name), .dims = std::move(dims), .threads = 1},
                            .named_provider = kName};
    setup.device = ours[0];
    setup.report = folder / "report.json";
    setup.provider_options = std::move(options);
    setup.provider_options.emplace_back("report", setup.report.string());
    return setup;
  }
  Result<std::unique_ptr<Session>> open(std::string_view name, Options options = {},
                                        std::map<std::string, std::int64_t> dims = {}) {
    EB_GET(const auto setup, setup_of(name, std::move(options), std::move(dims)));
    return ort::open_session(runtime(), setup);
  }
  // What the last session told.
  nlohmann::json report() const { return parse_json(folder.read("report.json")); }

  static Status run_zeros(Session& session) {
    const auto specs = [](std::span<const TensorSpec> all) {
      return std::vector<TensorSpec>(all.begin(), all.end());
    };
    EB_GET(const TensorSet in, TensorSet::create(specs(session.inputs())));
    EB_GET(const TensorSet out, TensorSet::create(specs(session.outputs())));
    EB_GET(const auto binding, session.bind(in.tensors(), out.tensors()));
    EB_OK(session.run(*binding));
    return Done{};
  }

  FakeDriver driver{};
  eb::test::Tree folder{};

 private:
  static OrtStatus* create(const char*, const OrtApiBase* base, const OrtLogger* logger,
                           OrtEpFactory** factories, std::size_t most, std::size_t* count) {
    return create_ep_factories({kName, fake_api()}, {base, logger, factories, most, count});
  }
  bool is_registered_ = false;
};

}  // namespace eb::gpu::test
