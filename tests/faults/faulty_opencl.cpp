// An OpenCL driver that is pocl, but for the calls that a test wants to fail. The real loader loads it.
#include <dlfcn.h>

#include "tests/faults/driver_exports.h"
#include "tests/faults/faulty_functions.h"
// Needs the above.
#include <CL/cl_icd.h>

#include <cstring>

namespace {

template <class Function>
Function of_driver(const char* name) {
  static void* const library = dlopen("libpocl.so.2", RTLD_NOW | RTLD_LOCAL);
  return library ? reinterpret_cast<Function>(dlsym(library, name)) : nullptr;
}

using GetFunction = void*(CL_API_CALL*)(const char*);
using GetPlatforms = cl_int(CL_API_CALL*)(cl_uint, cl_platform_id*, cl_uint*);
constexpr const char* kGetFunction = "clGetExtensionFunctionAddress";
constexpr const char* kGetPlatforms = "clIcdGetPlatformIDsKHR";

// Every object of a driver starts with the one table that loaders call it through.
cl_int CL_API_CALL get_platforms(cl_uint most, cl_platform_id* platforms, cl_uint* count) {
  const auto real = reinterpret_cast<GetPlatforms>(of_driver<GetFunction>(kGetFunction)(kGetPlatforms));
  const cl_int code = real(most, platforms, count);
  if (code == CL_SUCCESS && platforms && most > 0)
    eb::opencl::test::make_faulty(**reinterpret_cast<cl_icd_dispatch**>(platforms[0]));
  return code;
}

}  // namespace

extern "C" {

[[gnu::visibility("default")]] void* CL_API_CALL clGetExtensionFunctionAddress(const char* name) {
  eb::test::read_faults_beside_library();
  const auto real = of_driver<GetFunction>(kGetFunction);
  if (!real) return nullptr;
  return std::strcmp(name, kGetPlatforms) == 0 ? reinterpret_cast<void*>(get_platforms) : real(name);
}

[[gnu::visibility("default")]] cl_int CL_API_CALL clGetPlatformInfo(cl_platform_id platform,
                                                                    cl_platform_info question, size_t bytes,
                                                                    void* answer, size_t* needed) {
  return of_driver<decltype(&clGetPlatformInfo)>("clGetPlatformInfo")(platform, question, bytes, answer,
                                                                      needed);
}

}  // extern "C"
