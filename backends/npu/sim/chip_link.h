#pragma once
// The wire between a host and the simulated chip, which is a process of its own: a block of memory that both
// see, and a pipe each way. The host sleeps while the chip works, as with real silicon.
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "backends/npu/sim/chip_model.h"
#include "harness/base/result.h"

namespace eb::simnpu {

// The host's side. The chip ends with this object, or with the process that has it.
class Chip {
 public:
  // Starts `program` with a zeroed block of so many bytes.
  static Result<std::unique_ptr<Chip>> start(const std::filesystem::path& program, double clock_hz,
                                             std::uint64_t block_bytes);
  virtual ~Chip() = default;
  virtual std::span<std::byte> block() = 0;
  virtual Status send(const Request& request) = 0;
  // Waits for the answer to the oldest request that has none yet. `device` if the chip is gone.
  virtual Result<Reply> receive() = 0;
  // It does one thing at a time: held by who uses the block, from before `send` until after it has read.
  std::mutex& mutex() { return mutex_; }

 private:
  std::mutex mutex_;
};

// The chip's side, in the process that Chip::start started.
class HostLink {
 public:
  static Result<std::unique_ptr<HostLink>> attach();
  virtual ~HostLink() = default;
  virtual std::span<std::byte> block() = 0;
  virtual std::optional<Request> next_request() = 0;  // nothing once the host is gone
  virtual void answer(const Reply& reply) = 0;
};

// The file that holds this code: a library's, if it is in one.
std::filesystem::path this_library();

}  // namespace eb::simnpu
