#pragma once
// From a kernel's text and its specialization to a program for one device, compiled or taken from disk.
#include <string>

#include "backends/gpu/compute_device.h"
#include "backends/gpu/kernel_source.h"
#include "backends/opencl/binaries.h"
#include "backends/opencl/driver.h"

namespace eb::opencl {

// The compiler's options for `desc`: every axis and every constant has its value. `invalid` if `desc` names
// an axis, a value or a constant that `source` does not have, or leaves an axis out; `unsupported` if the
// device has no such groups.
Result<std::string> build_options(const gpu::OpenclKernel& source, const gpu::KernelDesc& desc,
                                  const gpu::DeviceInfo& device);

// The first lines of a compiler's log that speak of an error, as one short line.
std::string summary_of_log(std::string_view log);

class Programs {
 public:
  // The functions must outlive this object and what it builds.
  Programs(const Functions& cl, cl_context context, cl_device_id device, const gpu::DeviceInfo& info,
           std::filesystem::path cache_folder);

  Result<Handle<cl_program>> build(const gpu::OpenclKernel& source, const gpu::KernelDesc& desc);
  gpu::ComputeDevice::CacheUse cache_use() const { return cache_use_; }
  // The first trouble with the cache's folder since the program started: no reason for build() to fail.
  const Status& cache_status() const { return cache_status_; }

 private:
  Result<Handle<cl_program>> compile(const gpu::OpenclKernel& source, const std::string& options) const;
  // Null if the driver no longer likes what it once made.
  Handle<cl_program> load(const std::string& binary, const std::string& options) const;
  Result<std::string> binary_of(cl_program program) const;
  std::string log_of(cl_program program) const;

  const Functions& cl_;
  cl_context context_;
  cl_device_id device_;
  const gpu::DeviceInfo info_;
  std::string math_options_;
  Binaries binaries_;
  gpu::ComputeDevice::CacheUse cache_use_{};
  Status cache_status_ = Done{};
};

}  // namespace eb::opencl
