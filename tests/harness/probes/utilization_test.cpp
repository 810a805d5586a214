#include "harness/probes/utilization.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::HasSubstr;

Probe compute(const std::string& name, const std::string& precision, double gops, int threads) {
  return {.name = name,
          .precision = precision,
          .kind = "compute",
          .value = gops,
          .unit = "GOP/s",
          .threads = threads,
          .is_stable = true};
}

Probe memory(const std::string& name, double gbps, int threads) {
  return {.name = name, .kind = "bandwidth", .value = gbps, .unit = "GB/s", .threads = threads};
}

RunRecord record_of(const std::string& precision, std::optional<std::int64_t> threads) {
  RunRecord record;
  record.precision = precision;
  record.threads = threads;
  record.effective_tops = 0.1;
  return record;
}

const std::vector<Probe> kCpu{compute("avx2-fma", "fp32", 118, 1), compute("avx512", "fp32", 120, 1),
                              compute("avx512", "fp32", 240, 2),   compute("avx512-vnni", "int8", 950, 2),
                              memory("read l1", 400, 2),           memory("read dram", 40, 2),
                              memory("copy dram", 55, 2),          memory("read dram", 35, 1)};

TEST(Utilization, IsOfTheFastestInThatPrecisionAndWithThatManyThreads) {
  RunRecord record = record_of("fp32", 2);
  add_peaks(kCpu, record);
  EXPECT_DOUBLE_EQ(*record.peak_tops, 0.24);
  EXPECT_DOUBLE_EQ(*record.utilization, 0.1 / 0.24);
  EXPECT_DOUBLE_EQ(*record.peak_gbps, 40);
  EXPECT_THAT(record.peak_basis, HasSubstr("avx512 fp32, threads 2"));
  EXPECT_THAT(record.peak_basis, HasSubstr("read dram, threads 2, spread 0.0 %, not stable"));
  RunRecord one = record_of("fp32", 1);
  add_peaks(kCpu, one);
  EXPECT_DOUBLE_EQ(*one.peak_tops, 0.12);
  EXPECT_DOUBLE_EQ(*one.peak_gbps, 35);
}

TEST(Utilization, WhatWasNotProbedIsAbsent) {
  for (RunRecord record : {record_of("fp16", 2), record_of("fp32", 3), record_of("fp32", std::nullopt)}) {
    add_peaks(kCpu, record);
    EXPECT_FALSE(record.peak_tops);
    EXPECT_FALSE(record.utilization);
  }
  RunRecord record = record_of("fp32", 2);
  add_peaks({}, record);
  EXPECT_FALSE(record.peak_gbps);
  EXPECT_EQ(record.peak_basis, "");
}

TEST(Utilization, AMoreExactStatementOfTheDeviceGoesFirst) {
  const std::vector<Probe> gpu{compute("fma", "fp32", 1000, 0), compute("fma", "fp16", 2000, 0),
                               memory("read memory", 100, 0)};
  RunRecord record = record_of("fp32", 2);
  record.compute_precision = "fp16";
  add_peaks(gpu, record);
  EXPECT_DOUBLE_EQ(*record.peak_tops, 2);
  record.compute_precision = "fp32 in vectors of 4";
  add_peaks(gpu, record);
  EXPECT_DOUBLE_EQ(*record.peak_tops, 1);
  EXPECT_DOUBLE_EQ(*record.peak_gbps, 100);
}

TEST(Utilization, MayBeAboveOne) {
  RunRecord record = record_of("fp32", 2);
  record.effective_tops = 0.48;
  add_peaks(kCpu, record);
  EXPECT_DOUBLE_EQ(*record.utilization, 2) << "operations are nominal";
}

TEST(Utilization, ARecordWithoutSpeedHasAPeakAndNoUtilization) {
  RunRecord record = record_of("int8", 2);
  record.effective_tops.reset();
  add_peaks(kCpu, record);
  EXPECT_DOUBLE_EQ(*record.peak_tops, 0.95);
  EXPECT_FALSE(record.utilization);
}

}  // namespace
}  // namespace eb
