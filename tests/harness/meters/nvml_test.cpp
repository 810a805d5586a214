#include "harness/meters/nvml.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/harness/meters/bench.h"
#include "tests/support/places.h"

namespace eb {
namespace {

using test::problem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Nvml : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.nvml_library = test::build_folder() / "tests/libfake_nvml.so";
    for (const char* name : {"EB_FAKE_NVML_INIT", "EB_FAKE_NVML_LOST", "EB_FAKE_NVML_MJ"}) unsetenv(name);
  }
  test::Bench bench_{};
  InstrumentWorld world_ = bench_.world();
};

TEST_F(Nvml, CountsEnergyWhereTheGpuDoes) {
  setenv("EB_FAKE_NVML_MJ", "1500", 1);
  const auto opened = open_instrument("nvml:0", world_);
  ASSERT_EQ(problem(opened), "");
  EXPECT_EQ(opened->info.id, "nvml:0");
  EXPECT_EQ(opened->info.domain, "Fake A2");
  EXPECT_EQ(opened->info.scope, "gpu");
  EXPECT_EQ(opened->info.evidence, EvidenceClass::p1);
  EXPECT_EQ(opened->info.quantity, Quantity::energy_j);
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 1.5);
  setenv("EB_FAKE_NVML_MJ", "2750", 1);
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 2.75);
  setenv("EB_FAKE_NVML_LOST", "1", 1);
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("GPU is lost"));
}

TEST_F(Nvml, ReadsPowerWhereThereIsNoCounter) {
  const auto opened = open_instrument("nvml:1", world_);
  ASSERT_EQ(problem(opened), "");
  EXPECT_EQ(opened->info.quantity, Quantity::power_w);
  EXPECT_DOUBLE_EQ(*opened->meter->read(), 12.5);
  EXPECT_THAT(opened->info.notes, ::testing::Contains(HasSubstr("no energy counter")));
}

TEST_F(Nvml, WhatIsNotThereIsSaid) {
  EXPECT_THAT(problem(open_instrument("nvml:2", world_)),
              AllOf(HasSubstr("no GPU 2"), HasSubstr("Invalid Argument")));
  for (const char* bad : {"nvml:", "nvml:first", "nvml:-1", "nvml:0.5"})
    EXPECT_THAT(problem(open_instrument(bad, world_)), HasSubstr("nvml:0")) << bad;
  setenv("EB_FAKE_NVML_INIT", "1", 1);
  EXPECT_THAT(problem(open_instrument("nvml:0", world_)), HasSubstr("Driver Not Loaded"));
}

TEST_F(Nvml, WithoutADriverThereIsARemedy) {
  world_.nvml_library = "libno-such-nvml.so.1";
  const auto opened = open_instrument("nvml:0", world_);
  EXPECT_THAT(problem(opened), AllOf(HasSubstr("libno-such-nvml.so.1"), HasSubstr("libnvidia-ml1")));
  world_.nvml_library = test::relay_library();
  EXPECT_THAT(problem(open_instrument("nvml:0", world_)), HasSubstr("is no NVML"));
}

}  // namespace
}  // namespace eb
