#pragma once
// The OpenCL loader, opened at run time: its functions, owners of its objects, and what its error codes mean
// here.
#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "harness/base/result.h"

namespace eb::opencl {

// Every function that is used; all of OpenCL 1.2, so that all must be there.
#define EB_OPENCL_FUNCTIONS(X) \
  X(clGetPlatformIDs)          \
  X(clGetPlatformInfo)         \
  X(clGetDeviceIDs)            \
  X(clGetDeviceInfo)           \
  X(clCreateContext)           \
  X(clReleaseContext)          \
  X(clCreateCommandQueue)      \
  X(clReleaseCommandQueue)     \
  X(clCreateBuffer)            \
  X(clReleaseMemObject)        \
  X(clCreateProgramWithSource) \
  X(clCreateProgramWithBinary) \
  X(clBuildProgram)            \
  X(clGetProgramInfo)          \
  X(clGetProgramBuildInfo)     \
  X(clReleaseProgram)          \
  X(clCreateKernel)            \
  X(clSetKernelArg)            \
  X(clGetKernelInfo)           \
  X(clGetKernelWorkGroupInfo)  \
  X(clReleaseKernel)           \
  X(clEnqueueNDRangeKernel)    \
  X(clEnqueueFillBuffer)       \
  X(clEnqueueReadBuffer)       \
  X(clEnqueueWriteBuffer)      \
  X(clFinish)                  \
  X(clGetEventInfo)            \
  X(clGetEventProfilingInfo)   \
  X(clReleaseEvent)

struct Functions {
#define EB_OPENCL_MEMBER(name) decltype(&::name) name = nullptr;
  EB_OPENCL_FUNCTIONS(EB_OPENCL_MEMBER)
#undef EB_OPENCL_MEMBER
};

// Where systems keep the loader, or a phone its driver; the first that opens is taken.
std::span<const char* const> driver_candidates();

// Also prepares the environment for drivers that read it when they start.
Result<Functions> open_driver(std::span<const char* const> candidates);

// Owns an object of OpenCL, a cl_mem for instance, and releases it with the function given beside it.
template <class Object>
using Handle = std::unique_ptr<std::remove_pointer_t<Object>, cl_int(CL_API_CALL*)(Object)>;

// "CL_OUT_OF_RESOURCES", or "code -9999" for one that has no name here.
std::string code_name(cl_int code);

// What a failed `call` is to us: out_of_memory, or device.
Error error_of(cl_int code, std::string_view call);

inline Status check(cl_int code, std::string_view call) {
  if (code == CL_SUCCESS) return Done{};
  return error_of(code, call);
}

}  // namespace eb::opencl
