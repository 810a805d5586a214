#pragma once
// What the simulated chip computes. Pure: a block of memory and the operations on it.
#include <cstddef>
#include <span>

#include "backends/npu/sim/chip_program.h"
#include "harness/base/result.h"

namespace eb::simnpu {

// The operations of a program in the block. `invalid` if the program is not there, or if any of its tensors
// is not wholly inside or smaller than its operation needs.
Result<std::span<const Op>> program_at(std::span<const std::byte> block, std::size_t index);

// Computes one operation of a program that program_at has let pass.
void compute(std::span<std::byte> block, const Op& op);

}  // namespace eb::simnpu
