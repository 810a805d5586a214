#include "backends/opencl/device.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/gpu/kernel_source.h"
#include "backends/opencl/objects.h"
#include "backends/opencl/programs.h"

namespace eb::opencl {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t kMaxParams = 32;

Status check_range(const gpu::Buffer* buffer, std::uint64_t offset, std::size_t bytes) {
  if (buffer && offset <= buffer->bytes() && bytes <= buffer->bytes() - offset) return Done{};
  return Error{ErrorKind::invalid, fmt::format("OpenCL: {} bytes at {} are not within a buffer of {}", bytes,
                                               offset, buffer ? buffer->bytes() : 0)};
}

class OpenclDevice final : public gpu::ComputeDevice {
 public:
  // Handles in `cl` of this object's own: they outlive everything that it makes.
  OpenclDevice(const Functions& cl, const Found& found) : cl_(cl), id_(found.device), info_(found.info) {}

  Status start(cl_platform_id platform, const gpu::DeviceOptions& options);

  const gpu::DeviceInfo& info() const override { return info_; }
  Result<std::unique_ptr<gpu::Buffer>> allocate(std::uint64_t bytes) override;
  Status write(gpu::Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) override;
  Status read(const gpu::Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) override;
  Result<std::unique_ptr<gpu::Kernel>> build(const gpu::KernelDesc& desc) override;
  Result<std::unique_ptr<gpu::Commands>> record(std::span<const gpu::Dispatch> dispatches,
                                                gpu::Timing timing) override;
  Status run(gpu::Commands& commands, std::span<const gpu::HostWrite> in,
             std::span<const gpu::HostRead> out) override;
  Result<std::vector<nanoseconds>> times(const gpu::Commands& commands) override;
  CacheUse cache_use() const override { return programs_->cache_use(); }
  Status save_cache() override { return programs_->cache_status(); }

 private:
  Result<Handle<cl_command_queue>> make_queue(cl_command_queue_properties properties) const;
  Status check_timer();
  Result<Step> record_step(const gpu::Dispatch& dispatch) const;
  Status enqueue(OpenclCommands& list, std::span<const gpu::HostWrite> in, std::span<const gpu::HostRead> out,
                 Submission& submission) const;
  Error no_timer() const {
    return {ErrorKind::unsupported, fmt::format("OpenCL: {} has no timer of its own", info_.name)};
  }

  const Functions cl_;
  cl_device_id id_;
  gpu::DeviceInfo info_;
  std::uint64_t used_bytes_ = 0;
  Handle<cl_context> context_{nullptr, cl_.clReleaseContext};
  Handle<cl_command_queue> queue_{nullptr, cl_.clReleaseCommandQueue};
  Handle<cl_command_queue> timed_queue_{nullptr, cl_.clReleaseCommandQueue};
  std::unique_ptr<Programs> programs_;
};

Status OpenclDevice::start(cl_platform_id platform, const gpu::DeviceOptions& options) {
  const std::array<cl_context_properties, 3> properties{CL_CONTEXT_PLATFORM,
                                                        reinterpret_cast<cl_context_properties>(platform), 0};
  cl_int code = CL_SUCCESS;
  context_.reset(cl_.clCreateContext(properties.data(), 1, &id_, nullptr, nullptr, &code));
  EB_OK(check(code, "clCreateContext"));
  EB_GET(queue_, make_queue(0));
  programs_ = std::make_unique<Programs>(cl_, context_.get(), id_, info_, options.cache_folder);
  return check_timer();
}

Result<Handle<cl_command_queue>> OpenclDevice::make_queue(cl_command_queue_properties properties) const {
  cl_int code = CL_SUCCESS;
  Handle<cl_command_queue> queue(cl_.clCreateCommandQueue(context_.get(), id_, properties, &code),
                                 cl_.clReleaseCommandQueue);
  EB_OK(check(code, "clCreateCommandQueue"));
  return queue;
}

// Some drivers accept profiling and then say that everything took no time.
Status OpenclDevice::check_timer() {
  if (!info_.device_timer) return Done{};
  info_.device_timer = false;
  auto queue = make_queue(CL_QUEUE_PROFILING_ENABLE);
  if (!queue) return Done{};
  constexpr std::uint64_t kProbeBytes = 1 << 20;
  EB_GET(const std::unique_ptr<gpu::Buffer> buffer, allocate(kProbeBytes));
  constexpr int kTries = 3;
  for (int i = 0; i < kTries && !info_.device_timer; ++i) {
    const cl_uint zero = 0;
    cl_event event = nullptr;
    EB_OK(check(cl_.clEnqueueFillBuffer(queue->get(), memory_of(*buffer), &zero, sizeof zero, 0, kProbeBytes,
                                        0, nullptr, &event),
                "clEnqueueFillBuffer"));
    const Handle<cl_event> owner(event, cl_.clReleaseEvent);
    EB_OK(check(cl_.clFinish(queue->get()), "clFinish"));
    const auto time = time_of(cl_, event);
    info_.device_timer = time && *time > nanoseconds::zero();
  }
  if (info_.device_timer) timed_queue_ = *std::move(queue);
  return Done{};
}

Result<std::unique_ptr<gpu::Buffer>> OpenclDevice::allocate(std::uint64_t bytes) {
  // A system that promises more memory than it has ends the whole process later; so the sum is kept below.
  const bool shares_memory = info_.unified_memory && info_.memory_bytes > 0;
  if (bytes > info_.max_buffer_bytes || (shares_memory && bytes > info_.memory_bytes - used_bytes_))
    return Error{
        ErrorKind::out_of_memory,
        fmt::format("OpenCL: a buffer of {} bytes; {} has {} of memory, {} in use, and buffers of at most {}",
                    bytes, info_.name, info_.memory_bytes, used_bytes_, info_.max_buffer_bytes)};
  return make_buffer({cl_, context_.get(), queue_.get(), info_.type, used_bytes_}, bytes);
}

Status OpenclDevice::write(gpu::Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) {
  EB_OK(check_range(&buffer, offset, bytes.size()));
  if (bytes.empty()) return Done{};
  return check(cl_.clEnqueueWriteBuffer(queue_.get(), memory_of(buffer), CL_TRUE, offset, bytes.size(),
                                        bytes.data(), 0, nullptr, nullptr),
               "clEnqueueWriteBuffer");
}

Status OpenclDevice::read(const gpu::Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) {
  EB_OK(check_range(&buffer, offset, bytes.size()));
  if (bytes.empty()) return Done{};
  return check(cl_.clEnqueueReadBuffer(queue_.get(), memory_of(buffer), CL_TRUE, offset, bytes.size(),
                                       bytes.data(), 0, nullptr, nullptr),
               "clEnqueueReadBuffer");
}

Result<std::unique_ptr<gpu::Kernel>> OpenclDevice::build(const gpu::KernelDesc& desc) {
  const auto sources = gpu::opencl_kernels();
  const auto source =
      std::find_if(sources.begin(), sources.end(), [&](const auto& s) { return s.kernel == desc.kernel; });
  if (source == sources.end())
    return Error{ErrorKind::invalid, fmt::format("OpenCL: there is no kernel {}", desc.kernel)};
  EB_GET(Handle<cl_program> program, programs_->build(*source, desc));
  return BuiltKernel::create(cl_, id_, std::move(program), desc);
}

Result<Step> OpenclDevice::record_step(const gpu::Dispatch& dispatch) const {
  if (!dispatch.kernel) return Error{ErrorKind::invalid, "OpenCL: a dispatch has no kernel"};
  const auto& kernel = static_cast<const BuiltKernel&>(*dispatch.kernel);
  // The preludes' last argument closes a list that may be empty.
  const std::size_t arguments = dispatch.buffers.size() + dispatch.params.size() + 1;
  if (dispatch.params.size() > kMaxParams || arguments != kernel.argument_count())
    return Error{
        ErrorKind::invalid,
        fmt::format("OpenCL: kernel {} takes {} buffers and params; {} and {} were given", kernel.name(),
                    kernel.argument_count() - 1, dispatch.buffers.size(), dispatch.params.size())};
  EB_GET(Handle<cl_kernel> object, kernel.make_object());
  cl_uint index = 0;
  const auto set = [&](const void* value, std::size_t size) {
    return check(cl_.clSetKernelArg(object.get(), index++, size, value), "clSetKernelArg");
  };
  for (const gpu::Buffer* buffer : dispatch.buffers) {
    if (!buffer)
      return Error{ErrorKind::invalid,
                   fmt::format("OpenCL: kernel {} has no buffer {}", kernel.name(), index)};
    cl_mem memory = memory_of(*buffer);
    EB_OK(set(&memory, sizeof(cl_mem)));
  }
  for (const std::uint32_t& param : dispatch.params) EB_OK(set(&param, sizeof param));
  const cl_int pad = 0;
  EB_OK(set(&pad, sizeof pad));
  Step step{.kernel = std::move(object)};
  for (std::size_t i = 0; i < step.local.size(); ++i) {
    step.local.at(i) = kernel.group().at(i);
    step.global.at(i) = std::size_t{dispatch.groups.at(i)} * kernel.group().at(i);
  }
  return step;
}

Result<std::unique_ptr<gpu::Commands>> OpenclDevice::record(std::span<const gpu::Dispatch> dispatches,
                                                            gpu::Timing timing) {
  const bool is_timed = timing == gpu::Timing::each_dispatch;
  if (is_timed && !timed_queue_) return no_timer();
  auto commands = std::make_unique<OpenclCommands>();
  commands->queue = is_timed ? timed_queue_.get() : queue_.get();
  commands->is_timed = is_timed;
  for (const gpu::Dispatch& dispatch : dispatches) {
    EB_GET(Step step, record_step(dispatch));
    commands->steps.push_back(std::move(step));
  }
  if (is_timed)
    for (std::size_t i = 0; i < dispatches.size(); ++i)
      commands->events.emplace_back(nullptr, cl_.clReleaseEvent);
  return std::unique_ptr<gpu::Commands>(std::move(commands));
}

Status OpenclDevice::enqueue(OpenclCommands& list, std::span<const gpu::HostWrite> in,
                             std::span<const gpu::HostRead> out, Submission& submission) const {
  for (const gpu::HostWrite& copy : in)
    if (!copy.bytes.empty())
      EB_OK(check(
          cl_.clEnqueueWriteBuffer(list.queue, memory_of(*copy.buffer), CL_FALSE, copy.offset,
                                   copy.bytes.size(), copy.bytes.data(), 0, nullptr, submission.next_event()),
          "clEnqueueWriteBuffer"));
  for (std::size_t i = 0; i < list.steps.size(); ++i) {
    const Step& step = list.steps[i];
    if (step.is_empty()) continue;
    cl_event event = nullptr;
    EB_OK(check(cl_.clEnqueueNDRangeKernel(list.queue, step.kernel.get(), 3, nullptr, step.global.data(),
                                           step.local.data(), 0, nullptr,
                                           list.is_timed ? &event : submission.next_event()),
                "clEnqueueNDRangeKernel"));
    if (list.is_timed) list.events[i].reset(event);
  }
  for (const gpu::HostRead& copy : out)
    if (!copy.bytes.empty())
      EB_OK(check(
          cl_.clEnqueueReadBuffer(list.queue, memory_of(*copy.buffer), CL_FALSE, copy.offset,
                                  copy.bytes.size(), copy.bytes.data(), 0, nullptr, submission.next_event()),
          "clEnqueueReadBuffer"));
  return Done{};
}

Status OpenclDevice::run(gpu::Commands& commands, std::span<const gpu::HostWrite> in,
                         std::span<const gpu::HostRead> out) {
  auto& list = static_cast<OpenclCommands&>(commands);
  for (const gpu::HostWrite& copy : in) EB_OK(check_range(copy.buffer, copy.offset, copy.bytes.size()));
  for (const gpu::HostRead& copy : out) EB_OK(check_range(copy.buffer, copy.offset, copy.bytes.size()));
  list.has_times = false;
  Submission submission(cl_, list.count_commands(in, out));
  Status enqueued = enqueue(list, in, out, submission);
  // Whatever went wrong, the caller's memory must no longer be in use when this returns.
  Status finished = check(cl_.clFinish(list.queue), "clFinish");
  EB_OK(std::move(enqueued));
  EB_OK(std::move(finished));
  EB_OK(submission.outcome());
  list.has_times = list.is_timed;
  return Done{};
}

Result<std::vector<nanoseconds>> OpenclDevice::times(const gpu::Commands& commands) {
  const auto& list = static_cast<const OpenclCommands&>(commands);
  if (!list.has_times)
    return Error{ErrorKind::invalid, "OpenCL: these commands have not been run with times"};
  std::vector<nanoseconds> times;
  bool any_passed = false, any_ran = false;
  for (std::size_t i = 0; i < list.steps.size(); ++i) {
    if (list.steps[i].is_empty()) {
      times.push_back(nanoseconds::zero());
      continue;
    }
    EB_GET(const nanoseconds time, time_of(cl_, list.events[i].get()));
    any_ran = true;
    any_passed = any_passed || time > nanoseconds::zero();
    times.push_back(time);
  }
  if (any_ran && !any_passed) {
    info_.device_timer = false;
    return no_timer();
  }
  return times;
}

}  // namespace

Result<std::unique_ptr<gpu::ComputeDevice>> open_device(const Functions& cl, const Found& found,
                                                        const gpu::DeviceOptions& options) {
  auto device = std::make_unique<OpenclDevice>(cl, found);
  if (auto started = device->start(found.platform, options); !started)
    return started.error().within(found.info.name);
  return std::unique_ptr<gpu::ComputeDevice>(std::move(device));
}

}  // namespace eb::opencl
