#pragma once
// The recorded machines with what the context of a run is read from, as the kernel's documentation lays it
// out, and with planted secrets that must not get into it: all of them contain "SECRET".
#include "tests/harness/meters/recorded.h"

namespace eb::test {

inline void plant_secrets(const Tree& tree) {
  for (const char* file :
       {"sys/class/dmi/id/product_serial", "sys/class/dmi/id/product_uuid", "sys/class/dmi/id/board_serial",
        "sys/class/dmi/id/chassis_asset_tag", "sys/firmware/devicetree/base/serial-number", "etc/hostname",
        "proc/sys/kernel/hostname", "sys/class/net/eth0/address", "etc/machine-id",
        "sys/class/power_supply/BAT0/serial_number", "sys/class/power_supply/battery/serial_number",
        "sys/bus/usb/devices/1-1/serial", "sys/bus/pci/devices/0000:01:00.0/serial_number",
        "sys/devices/soc0/serial_number", "proc/sys/kernel/random/boot_id"})
    tree.write(file, "SECRET-0123456789\n");
  tree.write("proc/cpuinfo", tree.read("proc/cpuinfo") + "\nSerial\t\t: SECRET100000000\n");
  tree.write("proc/cmdline", "androidboot.serialno=SECRET1\n");
}

inline void bind_driver(const Tree& tree, const std::string& device, const std::string& module) {
  std::filesystem::create_directories(tree / ("sys/module/" + module));
  std::filesystem::create_directories(tree / ("sys/drivers/" + module));
  std::filesystem::create_directory_symlink(tree / ("sys/drivers/" + module), tree / (device + "/driver"));
  std::filesystem::create_directory_symlink(tree / ("sys/module/" + module),
                                            tree / ("sys/drivers/" + module + "/module"));
}

// With a graphics card of the chip, a Hailo in a slot of one lane, and a Coral at USB 2.
inline void x86_laptop_state(const Tree& tree) {
  x86_laptop(tree);
  for (const char* cpu : {"0", "1"})
    write_all(tree, "sys/devices/system/cpu/cpufreq/policy" + std::string(cpu) + "/",
              {{"related_cpus", cpu},
               {"scaling_governor", "powersave"},
               {"scaling_min_freq", "400000"},
               {"scaling_cur_freq", cpu[0] == '0' ? "3400000" : "1400000"},
               {"scaling_max_freq", "3000000"},
               {"cpuinfo_max_freq", "4700000"},
               {"energy_performance_preference", "balance_power"}});
  write_all(tree, "sys/class/drm/card0/",
            {{"gt_act_freq_mhz", "0"},
             {"gt_min_freq_mhz", "350"},
             {"gt_max_freq_mhz", "1100"},
             {"gt_RP0_freq_mhz", "1300"}});
  write_all(tree, "sys/devices/system/cpu/",
            {{"intel_pstate/no_turbo", "1"}, {"cpu0/microcode/version", "0xf4"}, {"online", "0-1"}});
  write_all(tree, "sys/class/dmi/id/",
            {{"bios_vendor", "LENOVO"}, {"bios_version", "N2YET40W (1.29 )"}, {"bios_date", "09/15/2023"}});
  write_all(tree, "sys/bus/pci/devices/",
            {{"0000:00:02.0/vendor", "0x8086"},
             {"0000:00:02.0/device", "0x9a49"},
             {"0000:00:02.0/class", "0x030000"},
             {"0000:00:1c.0/vendor", "0x8086"},  // a bridge
             {"0000:00:1c.0/device", "0xa0b8"},
             {"0000:00:1c.0/class", "0x060400"},
             {"0000:00:1c.0/current_link_speed", "8.0 GT/s PCIe"},
             {"0000:00:1c.0/current_link_width", "4"},
             {"0000:01:00.0/vendor", "0x1e60"},
             {"0000:01:00.0/device", "0x2864"},
             {"0000:01:00.0/class", "0x0b4000"},
             {"0000:01:00.0/current_link_speed", "8.0 GT/s PCIe"},
             {"0000:01:00.0/current_link_width", "1"},
             {"0000:01:00.0/max_link_speed", "8.0 GT/s PCIe"},
             {"0000:01:00.0/max_link_width", "4"}});
  bind_driver(tree, "sys/bus/pci/devices/0000:01:00.0", "hailo_pci");
  tree.write("sys/module/hailo_pci/version", "4.17.0\n");
  write_all(tree, "sys/bus/usb/devices/",
            {{"1-1/idVendor", "18d1"},
             {"1-1/idProduct", "9302"},
             {"1-1/speed", "480"},
             {"1-2/idVendor", "18d1"},  // a phone of the same maker
             {"1-2/idProduct", "4ee7"},
             {"1-2/speed", "5000"},
             {"usb1/idVendor", "1d6b"},
             {"usb1/idProduct", "0002"},
             {"usb1/speed", "480"}});
  write_all(tree, "",
            {{"sys/firmware/acpi/platform_profile", "low-power"},
             {"sys/class/power_supply/AC/online", "0"},
             {"sys/class/power_supply/BAT0/capacity", "63"}});
  plant_secrets(tree);
}

inline void raspberry_pi_5_state(const Tree& tree) {
  raspberry_pi_5(tree);
  write_all(tree, "sys/devices/system/cpu/cpufreq/policy0/",
            {{"related_cpus", "0 1 2 3"},
             {"scaling_governor", "ondemand"},
             {"scaling_min_freq", "1500000"},
             {"scaling_max_freq", "2400000"},
             {"cpuinfo_max_freq", "2400000"}});
  write_all(tree, "",
            {{"sys/firmware/devicetree/base/model", "Raspberry Pi 5 Model B Rev 1.0"},
             {"sys/firmware/devicetree/base/chosen/bootloader/version", "30cc5f37d65c"},
             {"sys/devices/platform/soc/soc:firmware/get_throttled", "50000"}});
  plant_secrets(tree);
}

inline void jetson_orin_nano_state(const Tree& tree) {
  jetson_orin_nano(tree);
  for (const auto& [policy, cpus] : {std::pair{"policy0", "0 1 2 3"}, std::pair{"policy4", "4 5"}})
    write_all(tree, "sys/devices/system/cpu/cpufreq/" + std::string(policy) + "/",
              {{"related_cpus", cpus},
               {"scaling_governor", "schedutil"},
               {"scaling_min_freq", "729600"},
               {"scaling_max_freq", "1510400"},
               {"cpuinfo_max_freq", "1510400"}});
  write_all(tree, "sys/class/devfreq/17000000.gpu/",
            {{"governor", "nvhost_podgov"}, {"min_freq", "306000000"}, {"max_freq", "624750000"}});
  write_all(tree, "",
            {{"sys/class/dmi/id/bios_vendor", "EDK II"},
             {"sys/class/dmi/id/bios_version", "36.3.0-gcid-36106755"},
             {"var/lib/nvpmodel/status", "pmode:0001 fmode:quiet"},
             {"etc/nvpmodel.conf",
              "< PARAM TYPE=FILE NAME=CPU_ONLINE >\n\n< POWER_MODEL ID=0 NAME=15W >\nCPU_ONLINE CORE_0 1\n"
              "< POWER_MODEL ID=1 NAME=7W >\n< PM_CONFIG DEFAULT=0 >"},
             {"sys/class/hwmon/hwmon5/name", "soctherm_oc"},
             {"sys/class/hwmon/hwmon5/oc1_event_cnt", "0"},
             {"sys/class/hwmon/hwmon5/oc3_event_cnt", "27390"},
             {"sys/class/hwmon/hwmon5/oc1_throt_en", "1"}});
  plant_secrets(tree);
}

// Its NPU left at the clock of the boot loader.
inline void rk3588_state(const Tree& tree) {
  rk3588(tree);
  for (const auto& [policy, cpus] :
       {std::pair{"policy0", "0 1 2 3"}, std::pair{"policy4", "4 5"}, std::pair{"policy6", "6 7"}})
    write_all(tree, "sys/devices/system/cpu/cpufreq/" + std::string(policy) + "/",
              {{"related_cpus", cpus}, {"scaling_governor", "ondemand"}});
  write_all(tree, "sys/class/devfreq/",
            {{"fdab0000.npu/cur_freq", "200000000"},
             {"fdab0000.npu/governor", "userspace"},
             {"fdab0000.npu/min_freq", "200000000"},
             {"fdab0000.npu/max_freq", "1000000000"},
             {"dmc/governor", "dmc_ondemand"}});
  write_all(tree, "",
            {{"sys/firmware/devicetree/base/chosen/u-boot,version", "2017.09-g1a2b3c4"},
             {"sys/module/rknpu/version", "0.9.6"},
             {"sys/module/mali_kbase/version", "g13p0-01eac0 (UK version 1.14)"}});
  plant_secrets(tree);
}

inline void android_phone_state(const Tree& tree) {
  android_phone(tree);
  write_all(tree, "",
            {{"system/build.prop", "ro.build.version.release=14\nro.build.host=SECRET"},
             {"vendor/build.prop", "ro.product.vendor.manufacturer=Fairphone\nro.product.vendor.model=FP5"},
             {"sys/class/power_supply/usb/online", "1"},
             {"sys/class/power_supply/battery/capacity", "88"},
             {"sys/class/devfreq/3d00000.qcom,kgsl-3d0/cur_freq", "315000000"}});
  plant_secrets(tree);
}

}  // namespace eb::test
