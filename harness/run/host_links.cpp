// What accelerators and GPUs hang on, and the kernel drivers behind them.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <set>

#include "harness/base/sysfs.h"
#include "harness/run/host_state.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostLinks = 32;
constexpr std::uint32_t kAnyProduct = 0x10000;

// Devices of neither a display nor an accelerator's class, or of a bus without classes; and names of makers.
struct KnownDevice {
  std::uint32_t vendor, product;
  const char* name;
};
constexpr KnownDevice kPciAccelerators[] = {
    {0x1e60, kAnyProduct, "Hailo"},   {0x1ac1, kAnyProduct, "Coral Edge TPU"},
    {0x1f9d, kAnyProduct, "Axelera"}, {0x1022, 0x1502, "AMD NPU"},
    {0x1022, 0x17f0, "AMD NPU"},
};
constexpr KnownDevice kPciMakers[] = {
    {0x10de, kAnyProduct, "NVIDIA"},
    {0x1002, kAnyProduct, "AMD"},
    {0x8086, kAnyProduct, "Intel"},
    {0x17cb, kAnyProduct, "Qualcomm"},
};
constexpr KnownDevice kUsbAccelerators[] = {
    {0x1a6e, 0x089a, "Coral Edge TPU"},  // before its firmware is loaded
    {0x18d1, 0x9302, "Coral Edge TPU"},
    {0x3231, kAnyProduct, "Kneron"},
    {0x03e7, kAnyProduct, "Intel Movidius"},
};

// "0x1e60" or "1e60".
std::optional<std::uint32_t> hexadecimal(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <std::size_t N>
const char* name_in(const KnownDevice (&table)[N], std::uint32_t vendor, std::uint32_t product) {
  for (const KnownDevice& known : table)
    if (known.vendor == vendor && (known.product == kAnyProduct || known.product == product))
      return known.name;
  return nullptr;
}

// The generation by transfers a second of a lane, as the file says: "8.0 GT/s PCIe", "16 GT/s". 0 if unknown.
int generation(const fs::path& file) {
  constexpr std::pair<std::string_view, int> kSpeeds[] = {{"2.5", 1},  {"5", 2},  {"5.0", 2},  {"8", 3},
                                                          {"8.0", 3},  {"16", 4}, {"16.0", 4}, {"32", 5},
                                                          {"32.0", 5}, {"64", 6}, {"64.0", 6}};
  const std::string text = read_name(file);
  const std::size_t at = text.find(" GT/s");
  if (at == std::string::npos) return 0;
  for (const auto& [speed, number] : kSpeeds)
    if (text.substr(0, at) == speed) return number;
  return 0;
}

// 0 if unknown; a bridge of the chip itself says 255.
int lanes(const fs::path& file) {
  constexpr std::int64_t kMostLanes = 32;
  const auto number = read_integer(file);
  return number && *number > 0 && *number <= kMostLanes ? static_cast<int>(*number) : 0;
}

// The module of the driver that is bound to a device; empty if there is none or its name is odd.
std::string module_of(const fs::path& device) {
  std::error_code code;
  const std::string name = fs::read_symlink(device / "driver/module", code).filename().string();
  const bool is_plain = !code && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return is_plain ? name : "";
}

// The device's name if it is a GPU or an accelerator, else empty. The numbers are those of its kind.
std::string pci_name(const fs::path& device) {
  const auto vendor = hexadecimal(read_name(device / "vendor"));
  const auto product = hexadecimal(read_name(device / "device"));
  const auto kind = hexadecimal(read_name(device / "class"));
  if (!vendor || !product || !kind || *vendor > 0xffff || *product > 0xffff) return {};
  constexpr std::uint32_t kDisplay = 0x03, kAccelerator = 0x12;
  const std::uint32_t base = *kind >> 16;
  const char* accelerator = name_in(kPciAccelerators, *vendor, *product);
  if (!accelerator && base != kDisplay && base != kAccelerator) return {};
  const char* maker = name_in(kPciMakers, *vendor, *product);
  std::string name = accelerator ? accelerator : maker ? maker : "";
  if (!accelerator)
    name += fmt::format("{}{}", name.empty() ? "" : " ", base == kDisplay ? "GPU" : "accelerator");
  return fmt::format("{} {:04x}:{:04x}", name, *vendor, *product);
}

std::optional<Json> pci_link(const fs::path& device, const std::string& name) {
  Json link{{"device", name}, {"kind", "pcie"}};
  const std::pair<const char*, int> numbers[] = {{"gen", generation(device / "current_link_speed")},
                                                 {"lanes", lanes(device / "current_link_width")},
                                                 {"max_gen", generation(device / "max_link_speed")},
                                                 {"max_lanes", lanes(device / "max_link_width")}};
  if (numbers[1].second == 0) return std::nullopt;  // within the chip
  for (const auto& [key, number] : numbers)
    if (number > 0) link[key] = number;
  return link;
}

std::optional<Json> usb_link(const fs::path& device) {
  const auto vendor = hexadecimal(read_name(device / "idVendor"));
  const auto product = hexadecimal(read_name(device / "idProduct"));
  const auto mbps = read_integer(device / "speed");
  constexpr std::int64_t kMostMbps = 100'000;
  if (!vendor || !product || !mbps || *mbps <= 0 || *mbps > kMostMbps) return std::nullopt;
  const char* name = name_in(kUsbAccelerators, *vendor, *product);
  if (!name) return std::nullopt;
  return Json{
      {"device", fmt::format("{} {:04x}:{:04x}", name, *vendor, *product)}, {"kind", "usb"}, {"mbps", *mbps}};
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19": the first word of digits and
// points.
std::string nvidia_version(const fs::path& root) {
  const std::string line = read_name(root / "proc/driver/nvidia/version");
  for (std::size_t from = 0; from < line.size();) {
    const std::size_t end = std::min(line.find(' ', from), line.size());
    const std::string word = line.substr(from, end - from);
    if (word.find('.') != std::string::npos && word.find_first_not_of("0123456789.") == std::string::npos)
      return word;
    from = end + 1;
  }
  return {};
}

// Drivers of devices that are on no bus that tells of them, where they are there.
constexpr const char* kModules[] = {"rknpu",  "mali_kbase", "galcore", "ethosu",  "hailo_pci",
                                    "apex",   "gasket",     "metis",   "amdxdna", "intel_vpu",
                                    "amdgpu", "nvidia",     "nvgpu"};

void add_drivers(const fs::path& root, std::set<std::string> modules, Json& context) {
  for (const char* name : kModules) modules.insert(name);
  Json drivers = Json::array();
  for (const std::string& name : modules) {
    std::string version = read_name(root / "sys/module" / name / "version");
    if (version.empty() && name == "nvidia") version = nvidia_version(root);
    if (!version.empty()) drivers.push_back({{"driver", name}, {"version", std::move(version)}});
  }
  if (!drivers.empty()) context["drivers"] = std::move(drivers);
}

}  // namespace

void add_links(const fs::path& root, Json& context) {
  Json links = Json::array();
  std::set<std::string> modules;
  const auto add = [&](std::optional<Json> link) {
    if (link && links.size() < kMostLinks) links.push_back(*std::move(link));
  };
  for (const fs::path& device : entries_like(root / "sys/bus/pci/devices", "")) {
    const std::string name = pci_name(device);
    if (name.empty()) continue;
    add(pci_link(device, name));
    if (std::string module = module_of(device); !module.empty()) modules.insert(std::move(module));
  }
  for (const fs::path& device : entries_like(root / "sys/bus/usb/devices", "")) add(usb_link(device));
  if (!links.empty()) context["links"] = std::move(links);
  add_drivers(root, std::move(modules), context);
}

}  // namespace eb
