#include "harness/probes/cpu_model.h"

#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb::probes {
namespace {

using test::Tree;

constexpr const char* kGenoa =
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\n"
    "processor\t: 1\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\n";
constexpr const char* kPi5 =
    "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\nprocessor\t: 1\nCPU implementer\t: 0x41\n"
    "CPU part\t: 0xd0b\n";
constexpr const char* kBigLittle =
    "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd05\n\nprocessor\t: 1\nCPU implementer\t: 0x41\n"
    "CPU part\t: 0xd0b\n";

std::optional<CpuModel> model_of(const std::string& cpuinfo) {
  const Tree tree;
  tree.write("proc/cpuinfo", cpuinfo);
  return read_cpu_model(tree.root());
}

TEST(CpuModel, OfRecordedMachines) {
  const auto genoa = model_of(kGenoa);
  ASSERT_TRUE(genoa);
  EXPECT_EQ(model_text(*genoa), "AuthenticAMD family 25 model 17");
  EXPECT_EQ(operations_a_cycle(*genoa, "avx512"), 32);
  EXPECT_EQ(operations_a_cycle(*genoa, "avx512-vnni"), 128);
  EXPECT_EQ(operations_a_cycle(*genoa, "avx512-bf16"), 64);
  const auto pi5 = model_of(kPi5);
  ASSERT_TRUE(pi5);
  EXPECT_EQ(operations_a_cycle(*pi5, "neon"), 16);
  EXPECT_EQ(model_text(*pi5), "Arm part 0xd0b");
}

TEST(CpuModel, UnknownStaysUnknown) {
  EXPECT_FALSE(model_of(kBigLittle)) << "two kinds of cores have no one number";
  EXPECT_FALSE(model_of(""));
  EXPECT_FALSE(model_of("vendor_id : AuthenticAMD\ncpu family : twenty\nmodel : 1\n"));
  EXPECT_FALSE(model_of(std::string(3 << 20, 'x')));
  EXPECT_FALSE(read_cpu_model("/nowhere"));
  EXPECT_FALSE(operations_a_cycle({"AuthenticAMD", 0x99, 1}, "avx512"));
  EXPECT_FALSE(operations_a_cycle({"GenuineIntel", 6, 0x55}, "avx512"))
      << "one unit or two: the model doesn't say";
  EXPECT_FALSE(operations_a_cycle({"AuthenticAMD", 0x19, 0x11}, "avx512-fp16"));
  EXPECT_FALSE(operations_a_cycle({"AuthenticAMD", 0x19, 0x11}, ""));
}

TEST(CpuModel, ModelsAtTheEdgesOfTheirRanges) {
  EXPECT_EQ(operations_a_cycle({"AuthenticAMD", 0x1a, 0x02}, "avx512"), 64);  // Turin
  EXPECT_EQ(operations_a_cycle({"AuthenticAMD", 0x1a, 0x24}, "avx512"), 32);  // Strix Point
  EXPECT_EQ(operations_a_cycle({"AuthenticAMD", 0x1a, 0x44}, "avx512"), 64);  // Granite Ridge
  EXPECT_FALSE(operations_a_cycle({"AuthenticAMD", 0x19, 0x01}, "avx512"));   // Milan has none
  EXPECT_EQ(operations_a_cycle({"AuthenticAMD", 0x19, 0x01}, "avx2-fma"), 32);
  EXPECT_EQ(operations_a_cycle({"GenuineIntel", 6, 0x6a}, "avx512-vnni"), 256);
}

TEST(CoresOf, SiblingsAreOneCore) {
  const Tree tree;
  const std::string base = "sys/devices/system/cpu/cpu";
  for (const auto& [cpu, core] : {std::pair{"0", "0"}, {"1", "1"}, {"2", "0"}, {"3", "1"}}) {
    tree.write(base + cpu + "/topology/core_id", core);
    tree.write(base + cpu + "/topology/physical_package_id", "0");
  }
  EXPECT_EQ(cores_of(tree.root(), std::vector{0, 1, 2, 3}), 2);
  EXPECT_EQ(cores_of(tree.root(), std::vector{0, 2}), 1);
  EXPECT_FALSE(cores_of(tree.root(), std::vector{0, 9}));
}

class Levels : public ::testing::Test {
 protected:
  void cache(const std::string& index, const std::string& level, const std::string& type,
             const std::string& size, const std::string& shared) {
    const std::string folder = "sys/devices/system/cpu/cpu0/cache/index" + index;
    tree_.write(folder + "/level", level + "\n");
    tree_.write(folder + "/type", type + "\n");
    tree_.write(folder + "/size", size + "\n");
    tree_.write(folder + "/shared_cpu_list", shared + "\n");
  }

  Tree tree_;
};

TEST_F(Levels, OfARecordedMachine) {
  cache("0", "1", "Data", "32K", "0");
  cache("1", "1", "Instruction", "32K", "0");
  cache("2", "2", "Unified", "1024K", "0");
  cache("3", "3", "Unified", "32768K", "0-1,4-5");
  tree_.write("proc/meminfo", "MemTotal:       24684084 kB\nMemFree:  1 kB\nMemAvailable:   22310220 kB\n");
  const auto levels = read_memory_levels(tree_.root());
  ASSERT_EQ(levels.size(), 4u);
  EXPECT_EQ(levels[0].name, "l1");
  EXPECT_EQ(levels[1].bytes, 1u << 20);
  EXPECT_EQ(levels[2].cpus, 4);
  EXPECT_EQ(levels[3].name, "dram");
  EXPECT_EQ(bytes_for_level(levels, 0, 2, 1024), 16u << 10);
  EXPECT_EQ(bytes_for_level(levels, 1, 2, 1024), 512u << 10);
  EXPECT_EQ(bytes_for_level(levels, 2, 2, 1024), 8u << 20) << "half of a half";
  EXPECT_EQ(bytes_for_level(levels, 3, 2, 1024), 64u << 20);
}

TEST_F(Levels, ALevelThatCannotBeToldFromTheOneBeforeIsLeftOut) {
  const std::vector<MemoryLevel> levels{{"l2", 1 << 20, 1}, {"l3", 4 << 20, 8}, {"dram", 64 << 20, 1}};
  EXPECT_EQ(bytes_for_level(levels, 1, 1, 1024), 2u << 20);
  EXPECT_EQ(bytes_for_level(levels, 1, 8, 1024), 0u)
      << "256 KiB a thread would be read from the second level";
  EXPECT_EQ(bytes_for_level(levels, 2, 1, 1024), 8u << 20) << "no more than an eighth of what is free";
}

TEST_F(Levels, DamagedOrAbsent) {
  EXPECT_TRUE(read_memory_levels(tree_.root()).empty());
  cache("0", "1", "Data", "many", "0");
  cache("1", "2", "Unified", "-4K", "0");
  cache("2", "3", "Unified", "64K", "7-3");
  tree_.write("proc/meminfo", "MemAvailable: lots\n");
  const auto levels = read_memory_levels(tree_.root());
  ASSERT_EQ(levels.size(), 1u);
  EXPECT_EQ(levels[0].cpus, 1);
}

}  // namespace
}  // namespace eb::probes
