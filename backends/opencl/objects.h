#pragma once
// What an OpenCL device makes: buffers, kernels, recorded commands.
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/opencl/driver.h"

namespace eb::opencl {

// Where a buffer is made. `used_bytes` counts what is there, and must outlive the buffer.
struct BufferSite {
  const Functions& cl;
  cl_context context;
  cl_command_queue queue;
  gpu::DeviceType type;
  std::uint64_t& used_bytes;
};
Result<std::unique_ptr<gpu::Buffer>> make_buffer(const BufferSite& site, std::uint64_t bytes);
// Of a buffer that make_buffer made.
cl_mem memory_of(const gpu::Buffer& buffer);

// A program, of which each dispatch has its own kernel object, with its own arguments.
class BuiltKernel final : public gpu::Kernel {
 public:
  static Result<std::unique_ptr<gpu::Kernel>> create(const Functions& cl, cl_device_id device,
                                                     Handle<cl_program> program, const gpu::KernelDesc& desc);
  Result<Handle<cl_kernel>> make_object() const;
  std::size_t argument_count() const { return argument_count_; }
  const std::string& name() const { return name_; }
  const std::array<std::uint32_t, 3>& group() const { return group_; }

 private:
  BuiltKernel(const Functions& cl, Handle<cl_program> program, const gpu::KernelDesc& desc)
      : cl_(cl), program_(std::move(program)), name_(desc.kernel), group_(desc.group) {}

  const Functions& cl_;
  Handle<cl_program> program_;
  std::string name_;
  std::array<std::uint32_t, 3> group_;
  std::size_t argument_count_ = 0;
};

struct Step {
  Handle<cl_kernel> kernel;
  std::array<std::size_t, 3> global{}, local{};
  // OpenCL 1.2 has no launch of nothing.
  bool is_empty() const { return global[0] == 0 || global[1] == 0 || global[2] == 0; }
};

struct OpenclCommands final : gpu::Commands {
  std::size_t count_commands(std::span<const gpu::HostWrite> in, std::span<const gpu::HostRead> out) const;

  std::vector<Step> steps{};
  cl_command_queue queue = nullptr;
  bool is_timed = false;
  bool has_times = false;                  // of a run that succeeded
  std::vector<Handle<cl_event>> events{};  // one a step, if timed
};

// What happened to the commands of one run: the last one's event speaks for all, for they are executed in
// order.
class Submission {
 public:
  Submission(const Functions& cl, std::size_t commands) : cl_(cl), left_(commands) {}
  Submission(const Submission&) = delete;
  Submission& operator=(const Submission&) = delete;
  ~Submission() {
    if (last_) cl_.clReleaseEvent(last_);
  }

  // Where the next command's event goes; null for all but the last.
  cl_event* next_event() { return --left_ == 0 ? &last_ : nullptr; }
  Status outcome() const;

 private:
  const Functions& cl_;
  std::size_t left_;
  cl_event last_ = nullptr;
};

// By the device's clock; zero where it has none.
Result<std::chrono::nanoseconds> time_of(const Functions& cl, cl_event event);

}  // namespace eb::opencl
