#include "backends/npu/sim/chip_model.h"

#include <algorithm>

namespace eb::simnpu {
namespace {

std::uint64_t divide_up(std::uint64_t a, std::uint64_t b) {
  return (a + b - 1) / b;
}

std::uint64_t bytes_of(const Tensor& tensor) {
  if (tensor.offset == 0) return 0;
  return tensor.count * (tensor.element == Element::f32 || tensor.element == Element::i32 ? 4 : 1);
}

std::uint64_t weight_bytes_of(const Op& op) {
  std::uint64_t bytes = 0;
  for (const Tensor* tensor : {&op.a, &op.b, &op.c})
    if (tensor->is_constant) bytes += bytes_of(*tensor);
  return bytes;
}

// A tile of the result takes its sum's length, and the array fills and drains.
std::uint64_t array_cycles(const ChipModel& chip, const Op& op, std::uint64_t m, std::uint64_t n,
                           std::uint64_t k) {
  const std::uint64_t cycles_a_mac = op.is_int8 ? 1 : 2;
  return divide_up(m, chip.rows) * divide_up(n, chip.columns) * (k * cycles_a_mac + chip.rows + chip.columns);
}

std::uint64_t work_cycles(const ChipModel& chip, const Op& op) {
  switch (op.kind) {
    case OpKind::matmul:
      return op.batches * array_cycles(chip, op, op.m, op.n, op.k);
    case OpKind::conv:
      return op.images * op.groups *
             array_cycles(chip, op, op.out_height * op.out_width, op.filters / op.groups,
                          op.channels / op.groups * op.kernel_y * op.kernel_x);
    default:
      return divide_up(op.y.count, chip.vector_lanes);
  }
}

}  // namespace

std::uint64_t macs_of(const Op& op) {
  if (op.kind == OpKind::matmul) return op.batches * op.m * op.n * op.k;
  if (op.kind == OpKind::conv) return op.y.count * (op.channels / op.groups) * op.kernel_y * op.kernel_x;
  return 0;
}

std::uint64_t cycles_of(const ChipModel& chip, const Op& op, std::uint64_t weight_bytes) {
  std::uint64_t streamed_bytes = weight_bytes > chip.sram_bytes / 2 ? weight_bytes_of(op) : 0;
  const std::uint64_t moving =
      bytes_of(op.a) + bytes_of(op.b) + bytes_of(op.c) + bytes_of(op.y) - weight_bytes_of(op);
  if (moving > chip.sram_bytes / 2) streamed_bytes += moving;
  return std::max(work_cycles(chip, op), divide_up(streamed_bytes, chip.memory_bytes_per_cycle));
}

std::chrono::nanoseconds time_of(const ChipModel& chip, std::span<const Op> program) {
  std::uint64_t weight_bytes = 0, cycles = 0;
  for (const Op& op : program) weight_bytes += weight_bytes_of(op);
  for (const Op& op : program) cycles += cycles_of(chip, op, weight_bytes);
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(cycles) / chip.clock_hz * 1e9));
}

}  // namespace eb::simnpu
