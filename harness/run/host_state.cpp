#include "harness/run/host_state.h"

#include "harness/base/sysfs.h"

namespace eb {
namespace fs = std::filesystem;

void add_firmware(const fs::path& root, nlohmann::ordered_json& context) {
  const fs::path dmi = root / "sys/class/dmi/id", chosen = root / "sys/firmware/devicetree/base/chosen";
  std::string firmware;
  for (const char* file : {"bios_vendor", "bios_version", "bios_date"})
    if (const std::string text = read_name(dmi / file); !text.empty())
      firmware += (firmware.empty() ? "" : " ") + text;
  if (firmware.empty())
    if (const std::string version = read_name(chosen / "u-boot,version"); !version.empty())
      firmware = "U-Boot " + version;
  if (firmware.empty())
    if (const std::string version = read_name(chosen / "bootloader/version"); !version.empty())
      firmware = "boot loader " + version;
  if (!firmware.empty()) context["firmware"] = firmware;
  std::string microcode = read_name(root / "sys/devices/system/cpu/cpu0/microcode/version");
  if (microcode.empty())
    if (const auto values = read_values(root / "proc/cpuinfo", "microcode", ':'); !values.empty())
      microcode = values.front();
  if (!microcode.empty()) context["microcode"] = microcode;
}

nlohmann::ordered_json read_host_state(const fs::path& root) {
  auto context = nlohmann::ordered_json::object();
  for (const auto add : {add_firmware, add_clocks, add_links, add_power_state, add_limits})
    add(root, context);
  return context;
}

}  // namespace eb
