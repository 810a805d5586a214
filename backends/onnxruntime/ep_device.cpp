#include "backends/onnxruntime/ep_device.h"

#include <fmt/format.h>

namespace eb::ort {

std::string metadata(const OrtApi& api, const OrtEpDevice& device, const char* key) {
  const char* value = api.GetKeyValue(api.EpDevice_EpMetadata(&device), key);
  return value ? value : "";
}

namespace {

// The provider's own word, else the runtime's.
std::string kind_of(const OrtApi& api, const OrtEpDevice& device) {
  std::string type = metadata(api, device, "type");
  if (type == "cpu" || type == "npu") return type;
  if (type == "integrated" || type == "discrete") return "gpu";
  if (!type.empty()) return "other";
  switch (api.HardwareDevice_Type(api.EpDevice_Device(&device))) {
    case OrtHardwareDeviceType_CPU:
      return "cpu";
    case OrtHardwareDeviceType_GPU:
      return "gpu";
    case OrtHardwareDeviceType_NPU:
      return "npu";
  }
  return "other";
}

}  // namespace

Device describe(const OrtApi& api, const OrtEpDevice& from, std::string id) {
  Device device{std::move(id), metadata(api, from, "name"), kind_of(api, from),
                metadata(api, from, "driver")};
  const std::string vendor = api.EpDevice_EpVendor(&from);
  if (device.name.empty()) device.name = fmt::format("{} ({})", api.EpDevice_EpName(&from), vendor);
  if (device.driver.empty()) device.driver = fmt::format("{} {}", vendor, metadata(api, from, "version"));
  device.facts.emplace_back("provider", api.EpDevice_EpName(&from));
  for (const char* fact : {"type", "fp16", "peak_tops_int8", "peak_tops_fp32"})
    if (auto value = metadata(api, from, fact); !value.empty())
      device.facts.emplace_back(fact, std::move(value));
  if (device.kind == "cpu") device.unranked_reasons.emplace_back(kSoftwareDevice);
  if (metadata(api, from, "is_simulated") == "1") device.unranked_reasons.emplace_back("simulated device");
  return device;
}

}  // namespace eb::ort
