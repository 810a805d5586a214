#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <span>
#include <thread>

#include "backends/npu/sim/chip_model.h"
#include "backends/npu/sim/ep.h"
#include "backends/npu/sim/session.h"

namespace eb::simnpu {
namespace {

using gpu::guarded;
using gpu::Ort;
using gpu::OrtHandle;

constexpr const char* kName = "EdgebenchSimNpu";
constexpr const char* kVendor = "edgebench";
constexpr const char* kVersion = "0.1.0";

class Factory final : public OrtEpFactory {
 public:
  explicit Factory(const Ort& ort) : OrtEpFactory{}, ort_(ort) {
    ort_version_supported = ort.version;
    set_texts();
    set_devices_and_sessions();
    gpu::keep_tensors_on_host(*this);
  }
  Factory(const Factory&) = delete;
  Factory& operator=(const Factory&) = delete;
  ~Factory() {
    if (made_up_) ort_.ep->ReleaseHardwareDevice(made_up_);
  }

 private:
  static Factory& of(OrtEpFactory* self) { return *static_cast<Factory*>(self); }

  void set_texts() {
    GetName = [](const OrtEpFactory*) noexcept { return kName; };
    GetVendor = [](const OrtEpFactory*) noexcept { return kVendor; };
    GetVersion = [](const OrtEpFactory*) noexcept { return kVersion; };
    GetVendorId = [](const OrtEpFactory*) noexcept { return std::uint32_t{0}; };
  }

  void set_devices_and_sessions() {
    GetSupportedDevices = [](OrtEpFactory* self, const OrtHardwareDevice* const* hardware, std::size_t count,
                             OrtEpDevice** devices, std::size_t most, std::size_t* found) noexcept {
      *found = 0;
      return guarded(of(self).ort_, [&]() -> Status {
        if (most == 0) return Done{};
        EB_GET(const OrtHardwareDevice* where, of(self).hardware({hardware, count}));
        if (!where) return Done{};
        EB_GET(devices[0], of(self).make_device(*where));
        *found = 1;
        return Done{};
      });
    };
    CreateEp = [](OrtEpFactory* self, const OrtHardwareDevice* const*, const OrtKeyValuePairs* const*,
                  std::size_t, const OrtSessionOptions* options, const OrtLogger*, OrtEp** ep) noexcept {
      *ep = nullptr;
      return guarded(of(self).ort_, [&]() -> Status {
        EB_GET(*ep, of(self).open(*options));
        return Done{};
      });
    };
    ReleaseEp = [](OrtEpFactory*, OrtEp* ep) noexcept { release_ep(ep); };
  }

  // A hardware device of our own, of type NPU, where the runtime lets us make one; else the processor's
  // entry.
  Result<const OrtHardwareDevice*> hardware(std::span<const OrtHardwareDevice* const> known) {
    const OrtApi& api = *ort_.api;
    if (ort_.version >= gpu::kHasShapeApi) {
      OrtKeyValuePairs* metadata = nullptr;
      api.CreateKeyValuePairs(&metadata);
      const OrtHandle<OrtKeyValuePairs> owner(metadata, api.ReleaseKeyValuePairs);
      api.AddKeyValuePair(metadata, "is_virtual", "1");
      if (ort_.check(
              ort_.ep->CreateHardwareDevice(OrtHardwareDeviceType_NPU, 0, 0, kVendor, metadata, &made_up_)))
        return made_up_;
    }
    const auto cpu = std::find_if(known.begin(), known.end(), [&](const OrtHardwareDevice* one) {
      return api.HardwareDevice_Type(one) == OrtHardwareDeviceType_CPU;
    });
    return cpu == known.end() ? nullptr : *cpu;
  }

  Result<OrtEpDevice*> make_device(const OrtHardwareDevice& where) {
    const OrtApi& api = *ort_.api;
    OrtKeyValuePairs* metadata = nullptr;
    api.CreateKeyValuePairs(&metadata);
    const OrtHandle<OrtKeyValuePairs> owner(metadata, api.ReleaseKeyValuePairs);
    const ChipModel chip;
    for (const auto& [key, value] : {
             std::pair<const char*, std::string>{"device", "0"},
             {"name", fmt::format("Simulated NPU, {} x {}", chip.rows, chip.columns)},
             {"driver", fmt::format("edgebench simnpu {}", kVersion)},
             {"vendor", kVendor},
             {"type", "npu"},
             {"is_simulated", "1"},
             {"peak_tops_int8", fmt::format("{:g}", chip.peak_tops_int8())},
             {"peak_tops_fp32", fmt::format("{:g}", chip.peak_tops_fp32())},
         })
      api.AddKeyValuePair(metadata, key, value.c_str());
    OrtEpDevice* made = nullptr;
    EB_OK(ort_.check(ort_.ep->CreateEpDevice(this, &where, metadata, nullptr, &made)));
    return made;
  }

  Result<OrtEp*> open(const OrtSessionOptions& session_options) {
    EB_GET(Options options, read_options(ort_, kName, session_options));
    if (options.misbehavior == Misbehavior::refuse)
      return Error{ErrorKind::unsupported, "this model needs a newer chip"};
    constexpr std::chrono::milliseconds kSlowStart{1500};
    if (options.misbehavior == Misbehavior::slow_start) std::this_thread::sleep_for(kSlowStart);
    return make_ep({ort_, kName, std::move(options)});
  }

  Ort ort_;
  OrtHardwareDevice* made_up_ = nullptr;
};

}  // namespace

OrtStatus* create_factory(const OrtApiBase* base, OrtEpFactory** factories, std::size_t max_factories,
                          std::size_t* factory_count) noexcept {
  *factory_count = 0;
  Ort ort;
  try {
    if (auto found = gpu::find_ort(*base, ort); !found)
      return ort.api ? ort.status_of(found.error()) : nullptr;
  } catch (...) {
    return nullptr;  // no memory for a message, and no provider
  }
  return guarded(ort, [&]() -> Status {
    if (max_factories < 1) return Error{ErrorKind::invalid, "there is no room for a factory"};
    factories[0] = std::make_unique<Factory>(ort).release();
    *factory_count = 1;
    return Done{};
  });
}

void release_factory(OrtEpFactory* factory) noexcept {
  delete static_cast<Factory*>(factory);
}

}  // namespace eb::simnpu
