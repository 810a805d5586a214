#pragma once
// How long the simulated chip takes: a systolic array fed from on-chip memory. Pure.
#include <chrono>
#include <cstdint>
#include <span>

#include "backends/npu/sim/chip_program.h"

namespace eb::simnpu {

// An output-stationary array: each of its cells multiplies and adds once a cycle in 8 bits, every second
// cycle in fp32. Slow on purpose: the simulation must be faster than what it simulates.
struct ChipModel {
  std::uint64_t rows = 16, columns = 16;
  double clock_hz = 4e6;
  std::uint64_t sram_bytes = 1 << 20;         // half for weights, half for activations
  std::uint64_t memory_bytes_per_cycle = 16;  // what does not fit streams in beside the work
  std::uint64_t vector_lanes = 16;            // elements a cycle, for what is no matrix product

  double peak_tops_int8() const { return 2e-12 * static_cast<double>(rows * columns) * clock_hz; }
  double peak_tops_fp32() const { return peak_tops_int8() / 2; }
};

std::uint64_t macs_of(const Op& op);
// Of one operation, when all weights of its program take `weight_bytes`.
std::uint64_t cycles_of(const ChipModel& chip, const Op& op, std::uint64_t weight_bytes);
std::chrono::nanoseconds time_of(const ChipModel& chip, std::span<const Op> program);

}  // namespace eb::simnpu
