#pragma once
// What the GPU engine needs of an API: buffers, kernels, recorded lists of dispatches, and times.
// backends/vulkan and backends/opencl implement it; nothing in backends/gpu knows which one it talks to.
// A device is used by one thread at a time. Everything made by a device must be destroyed before it.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.h"

namespace eb::gpu {

enum class DeviceType : std::uint8_t { cpu, integrated, discrete, other };

struct DeviceInfo {
  std::string id{};      // stable within an API: "0", "1"
  std::string name{};    // as the driver says
  std::string driver{};  // name and version
  std::string vendor{};
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
  DeviceType type = DeviceType::other;
  int vector_floats =
      4;  // floats in a kernel's vector (VF), and the multiple that channel pitches are rounded to
  bool unified_memory = false;  // the host reads and writes device memory in place
  bool device_timer = false;    // dispatches can be timed by the device's own clock
  bool fp16_storage = false;
  bool fp16_arithmetic = false;
  bool int8_kernels = false;           // kernels with an integer dot product run, at whatever speed
  bool int8_dot_product = false;       // and it is accelerated
  std::uint64_t max_buffer_bytes = 0;  // that one kernel argument can reach
  std::uint64_t memory_bytes = 0;      // 0: the driver does not say
  std::uint64_t local_memory_bytes = 0;
  std::uint32_t max_group_items = 0;
  std::array<std::uint32_t, 3> max_group{};
  std::string
      fingerprint{};  // changes with the device, its driver or the driver's version: the key of caches
};

// Device memory, zeroed when made.
class Buffer {
 public:
  virtual ~Buffer() = default;
  virtual std::uint64_t bytes() const = 0;
};

// Which program, and how it is specialized. `defines` are structural macros: the axes that the kernel's
// `variants` line names, all of them. `constants` are its SPEC constants; one not named keeps its default.
// Vector width, texel reads and the like are the device's own affair and are not said here.
struct KernelDesc {
  std::string kernel{};  // "conv": the file kernels/conv.krn
  std::vector<std::pair<std::string, int>> defines{};
  std::vector<std::pair<std::string, int>> constants{};
  std::array<std::uint32_t, 3> group{1, 1, 1};  // work-items of a group

  bool operator==(const KernelDesc&) const = default;
};

class Kernel {
 public:
  virtual ~Kernel() = default;
};

// One kernel over groups.x * groups.y * groups.z work-groups. It may read what earlier dispatches of its list
// wrote.
struct Dispatch {
  const Kernel* kernel = nullptr;
  std::vector<const Buffer*> buffers{};  // in the order of the kernel's BUF lines
  std::vector<std::uint32_t> params{};   // its PARAMs, as bits; at most 32
  std::array<std::uint32_t, 3> groups{1, 1, 1};
};

// A list of dispatches, recorded once and run many times.
class Commands {
 public:
  virtual ~Commands() = default;
};

// Bytes between host and device around the dispatches of one run.
struct HostWrite {
  Buffer* buffer = nullptr;
  std::uint64_t offset = 0;
  std::span<const std::byte> bytes{};
};
struct HostRead {
  const Buffer* buffer = nullptr;
  std::uint64_t offset = 0;
  std::span<std::byte> bytes{};
};

enum class Timing : std::uint8_t { none, each_dispatch };

struct DeviceOptions {
  std::filesystem::path cache_folder{};  // compiled kernels and tuning are kept here; empty: nowhere
};

// Errors: `out_of_memory` for host or device memory, `device` for what the driver reports (with its code's
// name), a lost device included; after that only destruction is allowed. `unsupported` for what this device
// cannot do.
class ComputeDevice {
 public:
  virtual ~ComputeDevice() = default;
  virtual const DeviceInfo& info() const = 0;
  virtual Result<std::unique_ptr<Buffer>> allocate(std::uint64_t bytes) = 0;
  // Blocking copies, for set-up and tests; `offset` and size within the buffer.
  virtual Status write(Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) = 0;
  virtual Status read(const Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) = 0;
  virtual Result<std::unique_ptr<Kernel>> build(const KernelDesc& desc) = 0;
  // Kernels and buffers must outlive the commands.
  virtual Result<std::unique_ptr<Commands>> record(std::span<const Dispatch> dispatches, Timing timing) = 0;
  // Copies in, runs, copies out, and returns when all is done. No allocation of ours in here.
  virtual Status run(Commands& commands, std::span<const HostWrite> in, std::span<const HostRead> out) = 0;
  // Of the last run, one a dispatch in order; of commands recorded with Timing::each_dispatch on a device
  // with a timer.
  virtual Result<std::vector<std::chrono::nanoseconds>> times(const Commands& commands) = 0;
  // Kernels that `build` found compiled on disk, and those it had to compile: `cache: warm` means no miss.
  struct CacheUse {
    int hits = 0;
    int misses = 0;
  };
  virtual CacheUse cache_use() const = 0;
  // Writes what the driver learned (pipeline caches) to the cache folder, atomically. Called after set-up.
  virtual Status save_cache() = 0;
};

// One API: how to find its devices and open one. Drivers are opened by these calls, never before.
struct Api {
  std::string_view name;  // "vulkan"
  // `unavailable` says what is missing and what to install.
  Result<std::vector<DeviceInfo>> (*devices)();
  Result<std::unique_ptr<ComputeDevice>> (*open)(const std::string& device_id, const DeviceOptions& options);
};

}  // namespace eb::gpu
