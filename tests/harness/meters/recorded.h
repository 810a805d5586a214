#pragma once
// The parts of /sys that matter to meters, as the kernel's documentation lays them out for five kinds of
// machines.
#include <string>
#include <vector>

#include "tests/support/tree.h"

namespace eb::test {

struct SysFile {
  const char* path;
  const char* text;
};

inline void write_all(const Tree& tree, const std::string& folder, const std::vector<SysFile>& files) {
  for (const SysFile& file : files) tree.write(folder + file.path, std::string(file.text) + "\n");
}

inline void x86_laptop(const Tree& tree) {
  write_all(tree, "sys/class/powercap/",
            {{"intel-rapl/enabled", "1"},
             {"intel-rapl:0/name", "package-0"},
             {"intel-rapl:0/energy_uj", "123456789"},
             {"intel-rapl:0/max_energy_range_uj", "262143328850"},
             {"intel-rapl:0:0/name", "core"},
             {"intel-rapl:0:0/energy_uj", "23456789"},
             {"intel-rapl:0:0/max_energy_range_uj", "262143328850"},
             {"intel-rapl:0:1/name", "uncore"},
             {"intel-rapl:0:1/energy_uj", "3456789"},
             {"intel-rapl:0:1/max_energy_range_uj", "262143328850"},
             {"intel-rapl:1/name", "psys"},
             {"intel-rapl:1/energy_uj", "987654321"},
             {"intel-rapl:1/max_energy_range_uj", "262143328850"},
             {"intel-rapl-mmio:0/name", "package-0"},
             {"intel-rapl-mmio:0/energy_uj", "123456789"}});
  write_all(tree, "sys/class/power_supply/",
            {{"AC/type", "Mains"},
             {"BAT0/type", "Battery"},
             {"BAT0/status", "Discharging"},
             {"BAT0/power_now", "8500000"},
             {"hidpp_battery_0/type", "Battery"},
             {"hidpp_battery_0/scope", "Device"}});
  write_all(tree, "sys/class/hwmon/",
            {{"hwmon3/name", "coretemp"},
             {"hwmon3/temp1_label", "Package id 0"},
             {"hwmon3/temp1_input", "48000"},
             {"hwmon4/name", "i915"},
             {"hwmon4/energy1_input", "5000000"}});
  write_all(tree, "sys/class/thermal/",
            {{"thermal_zone0/type", "x86_pkg_temp"}, {"thermal_zone0/temp", "49000"}});
  write_all(tree, "sys/devices/system/cpu/cpufreq/policy0/",
            {{"scaling_cur_freq", "3400000"}, {"cpuinfo_max_freq", "4700000"}});
}

inline void raspberry_pi_5(const Tree& tree) {
  write_all(tree, "sys/class/hwmon/",
            {{"hwmon0/name", "cpu_thermal"},
             {"hwmon0/temp1_input", "51250"},
             {"hwmon1/name", "rp1_adc"},
             {"hwmon1/in1_input", "1489"},
             {"hwmon1/temp1_input", "47200"},
             {"hwmon2/name", "pwmfan"},
             {"hwmon2/fan1_input", "2912"},
             {"hwmon3/name", "rpi_volt"},
             {"hwmon3/in0_lcrit_alarm", "0"}});
  write_all(tree, "sys/class/thermal/",
            {{"thermal_zone0/type", "cpu-thermal"}, {"thermal_zone0/temp", "51250"}});
  write_all(
      tree, "sys/devices/system/cpu/cpufreq/policy0/",
      {{"scaling_cur_freq", "2400000"}, {"stats/time_in_state", "1500000 8123\n1600000 120\n2400000 40000"}});
}

// JetPack 5 and 6: the same for Orin NX.
inline void jetson_orin_nano(const Tree& tree) {
  write_all(tree, "sys/class/hwmon/",
            {{"hwmon2/name", "ina3221"},
             {"hwmon2/in1_label", "VDD_IN"},
             {"hwmon2/in1_input", "5064"},
             {"hwmon2/curr1_input", "1232"},
             {"hwmon2/in2_label", "VDD_CPU_GPU_CV"},
             {"hwmon2/in2_input", "5056"},
             {"hwmon2/curr2_input", "336"},
             {"hwmon2/in3_label", "VDD_SOC"},
             {"hwmon2/in3_input", "5048"},
             {"hwmon2/curr3_input", "360"},
             {"hwmon2/in4_input", "2"},
             {"hwmon2/in7_label", "sum of shunt voltages"},
             {"hwmon2/in7_input", "9"},
             {"hwmon2/curr4_input", "0"},
             {"hwmon2/update_interval", "24"}});
  write_all(tree, "sys/class/thermal/",
            {{"thermal_zone0/type", "cpu-thermal"},
             {"thermal_zone0/temp", "46500"},
             {"thermal_zone1/type", "gpu-thermal"},
             {"thermal_zone1/temp", "45500"}});
  write_all(tree, "sys/class/devfreq/17000000.gpu/", {{"cur_freq", "306000000"}});
  write_all(tree, "sys/devices/system/cpu/cpufreq/",
            {{"policy0/scaling_cur_freq", "1510400"}, {"policy4/scaling_cur_freq", "729600"}});
}

inline void jetson_nano(const Tree& tree) {  // JetPack 4
  write_all(tree, "sys/bus/i2c/drivers/ina3221x/6-0040/iio:device0/",
            {{"rail_name_0", "POM_5V_IN"},
             {"in_power0_input", "2456"},
             {"rail_name_1", "POM_5V_GPU"},
             {"in_power1_input", "82"},
             {"rail_name_2", "POM_5V_CPU"},
             {"in_power2_input", "451"}});
}

inline void rk3588(const Tree& tree) {
  write_all(tree, "sys/class/hwmon/",
            {{"hwmon0/name", "soc_thermal"},
             {"hwmon0/temp1_input", "43461"},
             {"hwmon8/name", "npu_thermal"},
             {"hwmon8/temp1_input", "42538"}});
  write_all(tree, "sys/class/thermal/",
            {{"thermal_zone0/type", "soc-thermal"},
             {"thermal_zone0/temp", "43461"},
             {"thermal_zone6/type", "npu-thermal"},
             {"thermal_zone6/temp", "42538"}});
  write_all(tree, "sys/class/devfreq/",
            {{"fb000000.gpu/cur_freq", "300000000"},
             {"fdab0000.npu/cur_freq", "1000000000"},
             {"fdab0000.npu/trans_stat",
              "     From  :   To\n           :  300000000 1000000000   time(ms)\n"
              "  300000000:         0         4     60000\n*1000000000:         3         0      9500\n"
              "Total transition : 7"},
             {"dmc/cur_freq", "2112000000"}});
  write_all(tree, "sys/devices/system/cpu/cpufreq/",
            {{"policy0/scaling_cur_freq", "1800000"},
             {"policy4/scaling_cur_freq", "2256000"},
             {"policy6/scaling_cur_freq", "2256000"}});
}

inline void android_phone(const Tree& tree) {  // one whose driver says mA, and plus while discharging
  write_all(tree, "sys/class/power_supply/",
            {{"usb/type", "USB"},
             {"battery/type", "Battery"},
             {"battery/status", "Discharging"},
             {"battery/current_now", "412"},
             {"battery/voltage_now", "3987000"}});
  write_all(tree, "sys/class/thermal/",
            {{"thermal_zone0/type", "battery"},
             {"thermal_zone0/temp", "31000"},
             {"thermal_zone10/type", "cpu-0-0-usr"},
             {"thermal_zone10/temp", "39000"}});
  write_all(tree, "sys/devices/system/cpu/cpufreq/",
            {{"policy0/scaling_cur_freq", "1785600"}, {"policy7/scaling_cur_freq", "2841600"}});
}

// JetPack 5 on a carrier with 19 V.
inline void jetson_orin_nx(const Tree& tree) {
  write_all(tree, "sys/class/hwmon/",
            {{"hwmon1/name", "ina3221"},
             {"hwmon1/in1_label", "VDD_IN"},
             {"hwmon1/in1_input", "19080"},
             {"hwmon1/curr1_input", "704"},
             {"hwmon1/in2_label", "VDD_CPU_GPU_CV"},
             {"hwmon1/in2_input", "19072"},
             {"hwmon1/curr2_input", "120"},
             {"hwmon1/in3_label", "VDD_SOC"},
             {"hwmon1/in3_input", "19072"},
             {"hwmon1/curr3_input", "96"}});
}

// Two chips, the second with a channel that is not connected; VIN_SYS_5V0 is no total.
inline void jetson_agx_orin(const Tree& tree) {
  write_all(tree, "sys/class/hwmon/",
            {{"hwmon3/name", "ina3221"},
             {"hwmon3/in1_label", "VDD_GPU_SOC"},
             {"hwmon3/in1_input", "19000"},
             {"hwmon3/curr1_input", "200"},
             {"hwmon3/in2_label", "VDD_CPU_CV"},
             {"hwmon3/in2_input", "19000"},
             {"hwmon3/curr2_input", "50"},
             {"hwmon3/in3_label", "VIN_SYS_5V0"},
             {"hwmon3/in3_input", "5000"},
             {"hwmon3/curr3_input", "800"},
             {"hwmon4/name", "ina3221"},
             {"hwmon4/in1_label", "NC"},
             {"hwmon4/in1_input", "0"},
             {"hwmon4/curr1_input", "0"},
             {"hwmon4/in2_label", "VDDQ_VDD2_1V8AO"},
             {"hwmon4/in2_input", "5000"},
             {"hwmon4/curr2_input", "300"}});
}

inline void jetson_xavier_nx(const Tree& tree) {  // JetPack 4
  write_all(tree, "sys/bus/i2c/drivers/ina3221x/7-0040/iio:device0/",
            {{"rail_name_0", "VDD_IN"},
             {"in_power0_input", "4321"},
             {"rail_name_1", "VDD_CPU_GPU_CV"},
             {"in_power1_input", "902"},
             {"rail_name_2", "VDD_SOC"},
             {"in_power2_input", "1187"}});
}

// Rails of two PMICs, beside another device of iio.
inline void pixel_phone(const Tree& tree) {
  write_all(tree, "sys/bus/iio/devices/",
            {{"iio:device0/name", "s2mpg10-odpm"},
             {"iio:device0/sampling_rate", "125.000000"},
             {"iio:device0/energy_value",
              "t=134343\nCH0(T=134343)[VSYS_PWR_MODEM], 1234567\nCH1(T=134343)[S2M_VDD_CPUCL2], 7654321"},
             {"iio:device1/name", "s2mpg11-odpm"},
             {"iio:device1/energy_value", "t=134350\nCH4(T=134350)[VSYS_PWR_TPU], 500000"},
             {"iio:device2/name", "ads1015"},
             {"iio:device2/in_voltage0_raw", "812"}});
}

}  // namespace eb::test
