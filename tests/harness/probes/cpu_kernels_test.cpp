// That each kernel does the work that it is counted for: with operands of 1, sums are MACs.
#include "harness/probes/cpu_kernels.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <set>
#include <string>

#include "harness/probes/cpu_features.h"

namespace eb::probes {
namespace {

struct alignas(64) Operands {
  std::array<std::byte, 3 * kOperandBytes> bytes{};
};

template <class T>
void put(Operands& operands, std::size_t from, std::size_t to, T value) {
  for (std::size_t at = from; at < to; at += sizeof(T))
    std::memcpy(operands.bytes.data() + at, &value, sizeof(T));
}

Operands ones(Element element) {
  Operands operands;
  if (element == Element::fp32) put(operands, 0, 2 * kOperandBytes, 1.0f);
  if (element == Element::fp16) put<std::uint16_t>(operands, 0, 2 * kOperandBytes, 0x3c00);
  if (element == Element::bf16) put<std::uint16_t>(operands, 0, 2 * kOperandBytes, 0x3f80);
  if (element == Element::int8) put<std::int8_t>(operands, 0, 2 * kOperandBytes, 1);
  put<std::int16_t>(operands, 2 * kOperandBytes, 3 * kOperandBytes, 1);
  return operands;
}

// A half that is a small whole number.
double half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  return exponent == 0 ? 0 : (1024 + (bits & 1023)) * std::pow(2.0, exponent - 25);
}

template <class T>
double sum_as(const std::array<std::byte, kMostSumBytes>& sums, std::size_t bytes, double (*number)(T)) {
  double sum = 0;
  for (std::size_t at = 0; at < bytes; at += sizeof(T)) {
    T value;
    std::memcpy(&value, sums.data() + at, sizeof(T));
    sum += number(value);
  }
  return sum;
}

double sum_of(const CpuKernel& kernel, const std::array<std::byte, kMostSumBytes>& sums) {
  if (kernel.sum == Sum::fp16) return sum_as<std::uint16_t>(sums, kernel.sum_bytes, half);
  if (kernel.sum == Sum::int32)
    return sum_as<std::int32_t>(sums, kernel.sum_bytes,
                                [](std::int32_t value) { return static_cast<double>(value); });
  return sum_as<float>(sums, kernel.sum_bytes, [](float value) { return static_cast<double>(value); });
}

TEST(CpuKernels, EachDoesTheWorkThatItIsCountedFor) {
  ASSERT_FALSE(cpu_kernels().empty());
  for (const CpuKernel& kernel : cpu_kernels()) {
    SCOPED_TRACE(kernel.name);
    const Operands operands = ones(kernel.element);
    for (const std::int64_t loops : {1, 2, 100}) {
      alignas(64) std::array<std::byte, kMostSumBytes> sums;
      sums.fill(std::byte{0xff});  // NaN, or -1
      kernel.run(loops, operands.bytes.data(), sums.data());
      EXPECT_EQ(sum_of(kernel, sums), static_cast<double>(kernel.macs * loops));
    }
  }
}

TEST(CpuKernels, NamesAreUniqueAndEveryMachineHasFp32) {
  std::set<std::string_view> names, precisions;
  for (const CpuKernel& kernel : cpu_kernels()) {
    EXPECT_TRUE(names.insert(kernel.name).second) << kernel.name;
    precisions.insert(kernel.precision);
  }
  EXPECT_TRUE(precisions.contains("fp32"));
}

TEST(CpuKernels, WhatTheProcessorLacksIsLeftOut) {
  const CpuFeatures features = cpu_features();
  std::set<std::string_view> names;
  for (const CpuKernel& kernel : cpu_kernels()) names.insert(kernel.name);
  EXPECT_EQ(names.contains("avx2-fma"), features.avx2_fma);
  EXPECT_EQ(names.contains("avx512"), features.avx512);
  EXPECT_EQ(names.contains("avx512-vnni"), features.avx512_vnni);
  EXPECT_EQ(names.contains("avx512-bf16"), features.avx512_bf16);
  EXPECT_EQ(names.contains("avx512-fp16"), features.avx512_fp16);
  EXPECT_EQ(names.contains("neon"), features.neon);
}

TEST(MemoryKernels, ACopyIsACopyAndAReadLeavesEverythingAsItWas) {
  ASSERT_FALSE(memory_kernels().empty());
  for (const MemoryKernel& kernel : memory_kernels()) {
    SCOPED_TRACE(std::string(kernel.name) + std::string(kernel.what));
    constexpr std::size_t kBytes = 4 * kMemoryStep;
    struct alignas(64) Memory {
      std::array<std::byte, kBytes + 64> bytes{};
    } memory;
    for (std::size_t i = 0; i < memory.bytes.size(); ++i)
      memory.bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
    const Memory before = memory;
    kernel.run(2, memory.bytes.data(), kBytes);
    const std::size_t half_bytes = kBytes / 2;
    const std::byte* second = memory.bytes.data() + half_bytes;
    const std::byte* wanted = before.bytes.data() + (kernel.what == "copy" ? 0 : half_bytes);
    EXPECT_EQ(std::memcmp(memory.bytes.data(), before.bytes.data(), half_bytes), 0);
    EXPECT_EQ(std::memcmp(second, wanted, half_bytes), 0);
    EXPECT_EQ(std::memcmp(second + half_bytes, before.bytes.data() + kBytes, 64), 0) << "it wrote too far";
  }
}

TEST(DependentAdds, ReturnForNoneAndForSome) {
  dependent_adds(0);
  dependent_adds(16);
  dependent_adds(1600);
}

}  // namespace
}  // namespace eb::probes
