#include "backends/gpu/ep_factory.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "backends/gpu/ep_device.h"
#include "backends/gpu/ep_options.h"
#include "backends/gpu/ep_session.h"

namespace eb::gpu {
namespace {

constexpr const char* kVendor = "edgebench";
constexpr const char* kVersion = "0.1.0";

const char* type_name(DeviceType type) {
  switch (type) {
    case DeviceType::cpu:
      return "cpu";
    case DeviceType::integrated:
      return "integrated";
    case DeviceType::discrete:
      return "discrete";
    case DeviceType::other:
      break;
  }
  return "other";
}

class Factory final : public OrtEpFactory {
 public:
  Factory(const Ort& ort, const EpDefinition& definition, const OrtLogger* logger)
      : OrtEpFactory{}, ort_(ort), definition_(definition), logger_(logger), pool_(definition.api) {
    ort_version_supported = ort.version;
    set_texts();
    set_devices_and_sessions();
    set_memory();
  }
  Factory(const Factory&) = delete;
  Factory& operator=(const Factory&) = delete;
  ~Factory() {
    for (OrtHardwareDevice* device : made_up_) ort_.ep->ReleaseHardwareDevice(device);
  }

 private:
  static Factory& of(OrtEpFactory* self) { return *static_cast<Factory*>(self); }
  static const Factory& of(const OrtEpFactory* self) { return *static_cast<const Factory*>(self); }

  void set_texts() {
    GetName = [](const OrtEpFactory* self) noexcept { return of(self).definition_.name; };
    GetVendor = [](const OrtEpFactory*) noexcept { return kVendor; };
    GetVersion = [](const OrtEpFactory*) noexcept { return kVersion; };
    GetVendorId = [](const OrtEpFactory*) noexcept { return std::uint32_t{0}; };
  }

  void set_devices_and_sessions() {
    GetSupportedDevices = [](OrtEpFactory* self, const OrtHardwareDevice* const* hardware, std::size_t count,
                             OrtEpDevice** devices, std::size_t most, std::size_t* found) noexcept {
      *found = 0;
      return guarded(of(self).ort_, [&] {
        return of(self).list({hardware, count}, {devices, most}, *found);
      });
    };
    CreateEp = [](OrtEpFactory* self, const OrtHardwareDevice* const*,
                  const OrtKeyValuePairs* const* metadata, std::size_t count,
                  const OrtSessionOptions* options, const OrtLogger* logger, OrtEp** ep) noexcept {
      *ep = nullptr;
      return guarded(of(self).ort_, [&]() -> Status {
        EB_GET(*ep, of(self).open({metadata, count}, *options, logger));
        return Done{};
      });
    };
    ReleaseEp = [](OrtEpFactory*, OrtEp* ep) noexcept { release_ep(ep); };
  }

  void set_memory() {
    keep_tensors_on_host(*this);
    CreateSyncStreamForDevice = [](OrtEpFactory* self, const OrtMemoryDevice*, const OrtKeyValuePairs*,
                                   OrtSyncStreamImpl** stream) noexcept {
      *stream = nullptr;
      return of(self).ort_.status_of(Error{ErrorKind::unsupported, "streams"});
    };
  }

  Status list(std::span<const OrtHardwareDevice* const> hardware, std::span<OrtEpDevice*> devices,
              std::size_t& found) {
    const auto ours = definition_.api.devices();
    if (!ours) {
      ort_.log(logger_, ORT_LOGGING_LEVEL_INFO, ours.error().within(definition_.name).message);
      return Done{};
    }
    for (const DeviceInfo& device : *ours) {
      if (found == devices.size()) break;
      EB_GET(const OrtHardwareDevice* where, hardware_of(device, hardware));
      if (!where) continue;
      EB_GET(devices[found], make_device(device, *where));
      ++found;
    }
    return Done{};
  }

  // Null where the runtime has nothing that fits and does not let us make something up.
  Result<const OrtHardwareDevice*> hardware_of(const DeviceInfo& device,
                                               std::span<const OrtHardwareDevice* const> hardware) {
    const OrtApi& api = *ort_.api;
    std::vector<Hardware> known;
    for (const OrtHardwareDevice* one : hardware)
      known.push_back(
          {api.HardwareDevice_Type(one), api.HardwareDevice_VendorId(one), api.HardwareDevice_DeviceId(one)});
    if (const int best = best_hardware(device, known); best >= 0)
      return hardware[static_cast<std::size_t>(best)];
    if (ort_.version < kHasShapeApi) return nullptr;
    OrtKeyValuePairs* metadata = nullptr;
    api.CreateKeyValuePairs(&metadata);
    const OrtHandle<OrtKeyValuePairs> owner(metadata, api.ReleaseKeyValuePairs);
    api.AddKeyValuePair(metadata, "is_virtual", "1");
    const auto type = device.type == DeviceType::cpu ? OrtHardwareDeviceType_CPU : OrtHardwareDeviceType_GPU;
    OrtHardwareDevice* made = nullptr;
    auto created = ort_.check(ort_.ep->CreateHardwareDevice(type, device.vendor_id, device.device_id,
                                                            device.vendor.c_str(), metadata, &made));
    if (!created) {
      ort_.log(logger_, ORT_LOGGING_LEVEL_INFO, created.error().within(definition_.name).message);
      return nullptr;
    }
    made_up_.push_back(made);
    return made;
  }

  Result<OrtEpDevice*> make_device(const DeviceInfo& device, const OrtHardwareDevice& where) {
    const OrtApi& api = *ort_.api;
    OrtKeyValuePairs* metadata = nullptr;
    api.CreateKeyValuePairs(&metadata);
    const OrtHandle<OrtKeyValuePairs> owner(metadata, api.ReleaseKeyValuePairs);
    for (const auto& [key, value] : {std::pair<const char*, std::string>{"device", device.id},
                                     {"name", device.name},
                                     {"driver", device.driver},
                                     {"vendor", device.vendor},
                                     {"type", type_name(device.type)},
                                     {"is_software", device.type == DeviceType::cpu ? "1" : "0"},
                                     {"fp16", device.fp16_arithmetic ? "1" : "0"}})
      api.AddKeyValuePair(metadata, key, value.c_str());
    OrtEpDevice* made = nullptr;
    EB_OK(ort_.check(ort_.ep->CreateEpDevice(this, &where, metadata, nullptr, &made)));
    return made;
  }

  Result<OrtEp*> open(std::span<const OrtKeyValuePairs* const> metadata,
                      const OrtSessionOptions& session_options, const OrtLogger* logger) {
    EB_GET(EpOptions options, read_ep_options(ort_, definition_.name, session_options));
    std::string id = options.device;
    if (id.empty()) {
      if (metadata.size() != 1 || !metadata[0])
        return Error{
            ErrorKind::invalid,
            fmt::format(
                "{}: a session runs on one device, not {}; give one OrtEpDevice, or the option device",
                definition_.name, metadata.size())};
      const char* given = ort_.api->GetKeyValue(metadata[0], "device");
      if (given) id = given;
    }
    auto device = pool_.open(id, options.cache);
    if (!device) return device.error().within(fmt::format("{}: device '{}'", definition_.name, id));
    return make_ep({ort_, definition_.name, std::move(options), logger, *std::move(device)});
  }

  Ort ort_;
  EpDefinition definition_;
  const OrtLogger* logger_;
  DevicePool pool_;
  std::vector<OrtHardwareDevice*> made_up_{};
};

}  // namespace

int best_hardware(const DeviceInfo& device, const std::vector<Hardware>& hardware) {
  const auto first = [&](auto fits) {
    const auto at = std::find_if(hardware.begin(), hardware.end(), fits);
    return at == hardware.end() ? -1 : static_cast<int>(at - hardware.begin());
  };
  const int gpu = device.type == DeviceType::cpu ? -1 : first([&](const Hardware& one) {
    return one.type == OrtHardwareDeviceType_GPU && one.vendor_id == device.vendor_id &&
           (one.device_id == device.device_id || device.device_id == 0);
  });
  return gpu >= 0 ? gpu : first([](const Hardware& one) { return one.type == OrtHardwareDeviceType_CPU; });
}

OrtEpFactory* make_factory(const Ort& ort, const EpDefinition& definition, const OrtLogger* logger) {
  return std::make_unique<Factory>(ort, definition, logger).release();
}

void release_factory(OrtEpFactory* factory) noexcept {
  delete static_cast<Factory*>(factory);
}

}  // namespace eb::gpu
