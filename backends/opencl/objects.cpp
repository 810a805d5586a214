#include "backends/opencl/objects.h"

#include <fmt/format.h>

#include "harness/base/pages.h"

namespace eb::opencl {
namespace {

// A kernel's last vector may reach beyond the last element.
constexpr std::uint64_t kGranularityBytes = 128;
// From here on huge pages are worth their size.
constexpr std::uint64_t kLargeBytes = 1 << 20;

class OpenclBuffer final : public gpu::Buffer {
 public:
  OpenclBuffer(Pages pages, Handle<cl_mem> memory, std::uint64_t bytes, std::uint64_t& used_bytes)
      : pages_(std::move(pages)), memory_(std::move(memory)), bytes_(bytes), used_bytes_(used_bytes) {
    used_bytes_ += bytes_;
  }
  OpenclBuffer(const OpenclBuffer&) = delete;
  OpenclBuffer& operator=(const OpenclBuffer&) = delete;
  ~OpenclBuffer() override { used_bytes_ -= bytes_; }
  std::uint64_t bytes() const override { return bytes_; }
  cl_mem memory() const { return memory_.get(); }

 private:
  Pages pages_;  // what `memory_` is in, on a device that is the processor itself
  Handle<cl_mem> memory_;
  std::uint64_t bytes_;
  std::uint64_t& used_bytes_;
};

}  // namespace

Result<std::unique_ptr<gpu::Buffer>> make_buffer(const BufferSite& site, std::uint64_t bytes) {
  const std::uint64_t padded = (bytes / kGranularityBytes + 1) * kGranularityBytes;
  cl_mem_flags flags = CL_MEM_READ_WRITE;
  Pages pages;
  if (site.type == gpu::DeviceType::cpu && padded >= kLargeBytes) {
    pages = allocate_pages(padded);
    if (!pages)
      return Error{ErrorKind::out_of_memory,
                   fmt::format("OpenCL: no host memory for a buffer of {} bytes", bytes)};
    flags |= CL_MEM_USE_HOST_PTR;
  } else if (site.type == gpu::DeviceType::integrated) {
    flags |= CL_MEM_ALLOC_HOST_PTR;
  }
  cl_int code = CL_SUCCESS;
  Handle<cl_mem> memory(site.cl.clCreateBuffer(site.context, flags, padded, pages.get(), &code),
                        site.cl.clReleaseMemObject);
  EB_OK(check(code, fmt::format("clCreateBuffer of {} bytes", bytes)));
  if (!pages) {
    const cl_uint zero = 0;
    EB_OK(check(site.cl.clEnqueueFillBuffer(site.queue, memory.get(), &zero, sizeof zero, 0, padded, 0,
                                            nullptr, nullptr),
                "clEnqueueFillBuffer"));
    EB_OK(check(site.cl.clFinish(site.queue), "clFinish"));
  }
  return std::unique_ptr<gpu::Buffer>(
      std::make_unique<OpenclBuffer>(std::move(pages), std::move(memory), bytes, site.used_bytes));
}

cl_mem memory_of(const gpu::Buffer& buffer) {
  return static_cast<const OpenclBuffer&>(buffer).memory();
}

Result<std::unique_ptr<gpu::Kernel>> BuiltKernel::create(const Functions& cl, cl_device_id device,
                                                         Handle<cl_program> program,
                                                         const gpu::KernelDesc& desc) {
  std::unique_ptr<BuiltKernel> kernel(new BuiltKernel(cl, std::move(program), desc));
  EB_GET(const Handle<cl_kernel> object, kernel->make_object());
  cl_uint arguments = 0;
  EB_OK(check(cl.clGetKernelInfo(object.get(), CL_KERNEL_NUM_ARGS, sizeof arguments, &arguments, nullptr),
              "clGetKernelInfo"));
  kernel->argument_count_ = arguments;
  std::size_t most_items = 0;  // less than the device's most where the kernel needs many registers
  EB_OK(check(cl.clGetKernelWorkGroupInfo(object.get(), device, CL_KERNEL_WORK_GROUP_SIZE, sizeof most_items,
                                          &most_items, nullptr),
              "clGetKernelWorkGroupInfo"));
  const std::uint64_t items = std::uint64_t{desc.group[0]} * desc.group[1] * desc.group[2];
  if (items > most_items)
    return Error{ErrorKind::unsupported,
                 fmt::format("OpenCL: kernel {}: a group of {} items; the device takes {}", desc.kernel,
                             items, most_items)};
  return std::unique_ptr<gpu::Kernel>(std::move(kernel));
}

Result<Handle<cl_kernel>> BuiltKernel::make_object() const {
  cl_int code = CL_SUCCESS;
  Handle<cl_kernel> object(cl_.clCreateKernel(program_.get(), name_.c_str(), &code), cl_.clReleaseKernel);
  EB_OK(check(code, "clCreateKernel"));
  return object;
}

std::size_t OpenclCommands::count_commands(std::span<const gpu::HostWrite> in,
                                           std::span<const gpu::HostRead> out) const {
  std::size_t count = 0;
  for (const gpu::HostWrite& copy : in) count += copy.bytes.empty() ? 0 : 1;
  if (!is_timed)
    for (const Step& step : steps) count += step.is_empty() ? 0 : 1;
  for (const gpu::HostRead& copy : out) count += copy.bytes.empty() ? 0 : 1;
  return count;
}

Status Submission::outcome() const {
  if (!last_) return Done{};
  cl_int status = CL_COMPLETE;
  EB_OK(check(cl_.clGetEventInfo(last_, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof status, &status, nullptr),
              "clGetEventInfo"));
  return check(status < 0 ? status : CL_SUCCESS, "a command of the queue");
}

Result<std::chrono::nanoseconds> time_of(const Functions& cl, cl_event event) {
  cl_ulong start = 0, end = 0;
  EB_OK(check(cl.clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof start, &start, nullptr),
              "clGetEventProfilingInfo"));
  EB_OK(check(cl.clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, nullptr),
              "clGetEventProfilingInfo"));
  return std::chrono::nanoseconds(end > start ? static_cast<std::int64_t>(end - start) : 0);
}

}  // namespace eb::opencl
