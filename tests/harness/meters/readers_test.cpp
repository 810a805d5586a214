// Each reader on recorded trees of the machines it was written for, and on files that are hostile.
#include "harness/meters/readers.h"

#include <gmock/gmock.h>

#include <cmath>
#include <map>

#include "tests/harness/meters/recorded.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Meters = std::map<std::string, FoundMeter>;

Meters by_id(std::vector<FoundMeter> found) {
  Meters meters;
  for (FoundMeter& meter : found) {
    const std::string id = meter.info.id;
    EXPECT_TRUE(meters.emplace(id, std::move(meter)).second) << "twice: " << id;
  }
  return meters;
}

// Of a meter that is there; NaN and a failure otherwise.
double value_of(Meters& meters, const std::string& id) {
  const auto meter = meters.find(id);
  const bool is_here = meter != meters.end() && meter->second.meter;
  EXPECT_TRUE(is_here) << id << (meter == meters.end() ? " is not there" : ": " + meter->second.reason);
  if (!is_here) return std::nan("");
  const auto value = meter->second.meter->read();
  EXPECT_EQ(problem(value), "");
  return value ? *value : std::nan("");
}

std::string reason_of(const Meters& meters, const std::string& id) {
  const auto meter = meters.find(id);
  return meter == meters.end() ? id + " is not there" : meter->second.reason;
}

TEST(Rapl, CountsJoulesAndKnowsWhatIsInsideWhat) {
  const Tree tree;
  test::x86_laptop(tree);
  Meters meters = by_id(find_rapl(tree.root()));
  EXPECT_DOUBLE_EQ(value_of(meters, "rapl:0"), 123.456789);
  const MeterInfo& package = meters.at("rapl:0").info;
  EXPECT_EQ(package.scope, "package");
  EXPECT_EQ(package.quantity, Quantity::energy_j);
  EXPECT_NEAR(package.counter_range, 262143.32885, 1e-6);
  EXPECT_THAT(package.within, ElementsAre("rapl:1"));
  EXPECT_THAT(meters.at("rapl:0:0").info.within, ElementsAre("rapl:0", "rapl:1"));
  EXPECT_THAT(meters.at("rapl:1").info.within, IsEmpty());
  EXPECT_EQ(meters.at("rapl:1").info.scope, "system");
  EXPECT_THAT(reason_of(meters, "rapl-mmio:0"), HasSubstr("the same as rapl:0"));
}

TEST(Rapl, PsysIsNeverAddedToAPackage) {
  const Tree tree;
  test::x86_laptop(tree);
  const Meters meters = by_id(find_rapl(tree.root()));
  const auto addable = [&](const std::string& a, const std::string& b) {
    return problem(check_addable({&meters.at(a).info, &meters.at(b).info}));
  };
  EXPECT_THAT(addable("rapl:0", "rapl:1"), AllOf(HasSubstr("psys"), HasSubstr("package-0")));
  EXPECT_THAT(addable("rapl:0:0", "rapl:0"), HasSubstr("already counts"));
  EXPECT_THAT(addable("rapl:0:0", "rapl:0:1"), "");
  EXPECT_THAT(addable("rapl:0", "rapl:0"), "") << "the same object is one meter";
}

// A server: memory is a zone below the package and not inside its number.
TEST(Rapl, MemoryIsNotInsideThePackage) {
  const Tree tree;
  for (const char* domain : {"package-0", "dram"})
    test::write_all(tree, std::string("sys/class/powercap/intel-rapl:0") + (*domain == 'd' ? ":0/" : "/"),
                    {{"name", domain}, {"energy_uj", "1000000"}});
  const Meters meters = by_id(find_rapl(tree.root()));
  EXPECT_EQ(problem(check_addable({&meters.at("rapl:0").info, &meters.at("rapl:0:0").info})), "");
}

TEST(Rapl, WithoutCountersTheReasonSaysWhatToDo) {
  const Tree tree;
  EXPECT_THAT(reason_of(by_id(find_rapl(tree.root())), "rapl"), HasSubstr("powercap"));
}

TEST(Hwmon, JetsonRailsAreVoltsTimesAmperes) {
  const Tree tree;
  test::jetson_orin_nano(tree);
  Meters meters = by_id(find_hwmon(tree.root()));
  EXPECT_NEAR(value_of(meters, "hwmon:ina3221/VDD_IN"), 5.064 * 1.232, 1e-9);
  EXPECT_NEAR(value_of(meters, "hwmon:ina3221/VDD_CPU_GPU_CV"), 5.056 * 0.336, 1e-9);
  EXPECT_EQ(meters.size(), 3u) << "shunt voltages and sums are no rails";
  const MeterInfo& total = meters.at("hwmon:ina3221/VDD_IN").info;
  EXPECT_EQ(total.scope, "module");
  EXPECT_EQ(total.evidence, EvidenceClass::p2);
  EXPECT_EQ(total.update_ns, 24'000'000);
  EXPECT_THAT(meters.at("hwmon:ina3221/VDD_SOC").info.within, ElementsAre("hwmon:ina3221/VDD_IN"));
}

TEST(Hwmon, UnconnectedRailsAreLeftOut) {
  const Tree tree;
  test::jetson_orin_nano(tree);
  tree.write("sys/class/hwmon/hwmon2/in3_label", "NC\n");
  EXPECT_EQ(find_hwmon(tree.root()).size(), 2u);
}

TEST(Hwmon, PowerIsMicrowattsAndAMeanGoesFirst) {
  const Tree tree;
  test::write_all(tree, "sys/class/hwmon/",
                  {{"hwmon10/name", "ina226"},
                   {"hwmon10/power1_input", "4250000"},
                   {"hwmon2/name", "amdgpu"},
                   {"hwmon2/power1_label", "PPT"},
                   {"hwmon2/power1_average", "31000000"},
                   {"hwmon2/power1_average_interval", "1000"},
                   {"hwmon2/power1_input", "39000000"}});
  Meters meters = by_id(find_hwmon(tree.root()));
  EXPECT_DOUBLE_EQ(value_of(meters, "hwmon:ina226/power1"), 4.25);
  EXPECT_EQ(meters.at("hwmon:ina226/power1").info.evidence, EvidenceClass::p2);
  EXPECT_DOUBLE_EQ(value_of(meters, "hwmon:amdgpu/PPT"), 31);
  const MeterInfo& gpu = meters.at("hwmon:amdgpu/PPT").info;
  EXPECT_EQ(gpu.scope, "gpu");
  EXPECT_EQ(gpu.sampling, Sampling::averaging);
  EXPECT_EQ(gpu.update_ns, 1'000'000'000);
  EXPECT_EQ(gpu.evidence, EvidenceClass::p1);
}

TEST(Hwmon, AMeanOfUnknownLengthIsReadAsIfItWereNone) {
  for (const char* interval : {"0", "-5", "99999999999", "soon"}) {
    const Tree tree;
    test::write_all(
        tree, "sys/class/hwmon/hwmon0/",
        {{"name", "power_meter"}, {"power1_average", "31000000"}, {"power1_average_interval", interval}});
    const auto meters = find_hwmon(tree.root());
    EXPECT_EQ(meters.at(0).info.sampling, Sampling::instantaneous) << interval;
    EXPECT_EQ(meters.at(0).info.update_ns, 0) << interval;
    EXPECT_EQ(meters.at(0).info.notes.size(), 1u) << interval;
  }
}

TEST(Hwmon, EnergyOfAGpuIsACounter) {
  const Tree tree;
  test::x86_laptop(tree);
  Meters meters = by_id(find_hwmon(tree.root()));
  EXPECT_DOUBLE_EQ(value_of(meters, "hwmon:i915/energy1"), 5);
  EXPECT_EQ(meters.at("hwmon:i915/energy1").info.quantity, Quantity::energy_j);
  EXPECT_DOUBLE_EQ(value_of(meters, "temperature:coretemp/Package id 0"), 48);
}

TEST(Hwmon, ThermalZonesAreNotListedTwice) {
  const Tree tree;
  test::raspberry_pi_5(tree);
  Meters meters = by_id(find_hwmon(tree.root()));
  EXPECT_FALSE(meters.contains("temperature:cpu_thermal/temp1"));
  EXPECT_DOUBLE_EQ(value_of(meters, "temperature:rp1_adc/temp1"), 47.2);
  EXPECT_THAT(reason_of(meters, "hwmon"), HasSubstr("measures power")) << "an ADC's volts are no power";
}

TEST(JetsonIio, RailsOfJetPack4AreMilliwatts) {
  const Tree tree;
  test::jetson_nano(tree);
  Meters meters = by_id(find_jetson_iio(tree.root()));
  EXPECT_DOUBLE_EQ(value_of(meters, "jetson:POM_5V_IN"), 2.456);
  EXPECT_DOUBLE_EQ(value_of(meters, "jetson:POM_5V_GPU"), 0.082);
  EXPECT_EQ(meters.at("jetson:POM_5V_IN").info.scope, "module");
  EXPECT_THAT(meters.at("jetson:POM_5V_CPU").info.within, ElementsAre("jetson:POM_5V_IN"));
}

TEST(ThermalZones, AreNamedByTheirTypeInNaturalOrder) {
  const Tree tree;
  test::android_phone(tree);
  auto zones = find_thermal_zones(tree.root());
  ASSERT_EQ(zones.size(), 2u);
  EXPECT_EQ(zones[0].info.id, "temperature:battery");
  EXPECT_EQ(zones[1].info.id, "temperature:cpu-0-0-usr");
  EXPECT_DOUBLE_EQ(*zones[1].meter->read(), 39);
}

TEST(Clocks, AreThoseOfCpuGpuNpuAndMemory) {
  const Tree tree;
  test::rk3588(tree);
  Meters meters = by_id(find_clocks(tree.root()));
  EXPECT_EQ(meters.size(), 6u);
  EXPECT_DOUBLE_EQ(value_of(meters, "clock:cpufreq/policy4"), 2256);
  EXPECT_DOUBLE_EQ(value_of(meters, "clock:devfreq/fdab0000.npu"), 1000);
  EXPECT_DOUBLE_EQ(value_of(meters, "clock:devfreq/dmc"), 2112);
}

TEST(MakeMeters, EveryIdIsThereOnceAndEveryAbsentOneHasAReason) {
  for (const auto record : {test::x86_laptop, test::raspberry_pi_5, test::jetson_orin_nano, test::jetson_nano,
                            test::rk3588, test::android_phone}) {
    const Tree tree;
    record(tree);
    for (const auto& [id, meter] : by_id(make_meters(tree.root()))) {
      EXPECT_EQ(meter.meter == nullptr, !meter.reason.empty()) << id;
      EXPECT_TRUE(!meter.meter || !meter.info.domain.empty()) << id;
    }
  }
}

TEST(MakeMeters, TwoChipsOfOneNameHaveTwoIds) {
  const Tree tree;
  for (const char* folder : {"hwmon1", "hwmon2"})
    test::write_all(tree, std::string("sys/class/hwmon/") + folder + "/",
                    {{"name", "ina226"}, {"power1_input", "1000000"}});
  const Meters meters = by_id(make_meters(tree.root()));
  EXPECT_TRUE(meters.contains("hwmon:ina226/power1"));
  EXPECT_TRUE(meters.contains("hwmon:ina226/power1#2"));
}

TEST(MakeMeters, AnEmptyRootHasReasonsOnly) {
  const Tree tree;
  const Meters meters = by_id(make_meters(tree.root()));
  for (const auto& [id, meter] : meters) EXPECT_EQ(meter.meter, nullptr) << id;
  for (const char* kind : {"rapl", "hwmon", "battery", "temperature", "clock", "powermetrics", "emi"})
    EXPECT_NE(reason_of(meters, kind), "") << kind;
  EXPECT_EQ(by_id(make_meters(tree / "nowhere")).size(), meters.size());
}

// What a file says instead of its number.
TEST(MakeMeters, HostileFilesGiveAReasonAndNoNumber) {
  for (const std::string& text :
       {std::string(), std::string("\n"), std::string("nan"), std::string("1e6"), std::string("12 34"),
        std::string("99999999999999999999"), std::string("0x10"), std::string(1'000'000, '7'),
        std::string("5\0\0", 3), std::string("-")}) {
    const Tree tree;
    test::x86_laptop(tree);
    tree.write("sys/class/powercap/intel-rapl:0/energy_uj", text);
    const Meters meters = by_id(make_meters(tree.root()));
    EXPECT_EQ(meters.at("rapl:0").meter, nullptr) << text.substr(0, 30);
    EXPECT_THAT(reason_of(meters, "rapl:0"), HasSubstr("energy_uj")) << text.substr(0, 30);
    EXPECT_NE(meters.at("rapl:0:0").meter, nullptr) << "the others are there";
  }
}

TEST(MakeMeters, NamesAreCutAndCleaned) {
  const Tree tree;
  tree.write("sys/class/thermal/thermal_zone0/type", "\x1b[31mred" + std::string(1000, 'x') + "\nmore");
  tree.write("sys/class/thermal/thermal_zone0/temp", "40000\n");
  const std::string domain = find_thermal_zones(tree.root()).at(0).info.domain;
  EXPECT_TRUE(domain.starts_with("[31mredx")) << domain;
  EXPECT_EQ(domain.size(), 100u);
}

TEST(MakeMeters, AFileThatVanishesIsAnErrorOfThatRead) {
  const Tree tree;
  test::rk3588(tree);
  Meters meters = by_id(find_clocks(tree.root()));
  std::filesystem::remove_all(tree / "sys/class/devfreq/dmc");
  EXPECT_THAT(problem(meters.at("clock:devfreq/dmc").meter->read()), HasSubstr("cur_freq is not there"));
}

TEST(MakeMeters, AFolderInPlaceOfAFileIsNoMeter) {
  const Tree tree;
  test::rk3588(tree);
  tree.write("sys/class/thermal/thermal_zone1/temp/inside", "1");
  tree.write("sys/class/thermal/thermal_zone1/type", "odd");
  EXPECT_THAT(reason_of(by_id(find_thermal_zones(tree.root())), "temperature:odd"),
              HasSubstr("is not a file"));
}

}  // namespace
}  // namespace eb
