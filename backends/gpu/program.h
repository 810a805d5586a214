#pragma once
// A program in a device's memory: constants uploaded, kernels built, commands recorded; ready to run many
// times.
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/gpu/plan.h"

namespace eb::gpu {

class LoadedProgram {
 public:
  virtual ~LoadedProgram() = default;
  // Bytes in the order and of the sizes of Program::inputs and Program::outputs. `invalid` if a size differs.
  // Returns when the outputs are there. One run at a time on a device.
  virtual Status run(std::span<const std::span<const std::byte>> inputs,
                     std::span<const std::span<std::byte>> outputs) = 0;
  virtual std::uint64_t device_bytes() const = 0;

  struct CallTime {
    std::string node{}, kernel{};
    std::chrono::nanoseconds time{};
  };
  // Of the last run; `unsupported` unless loaded with Timing::each_dispatch on a device with a timer.
  virtual Result<std::vector<CallTime>> times() = 0;
};

// The device must outlive the program; `program` itself may go.
Result<std::unique_ptr<LoadedProgram>> load_program(ComputeDevice& device, const Program& program,
                                                    Timing timing = Timing::none);

}  // namespace eb::gpu
