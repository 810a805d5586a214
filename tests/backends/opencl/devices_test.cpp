#include "backends/opencl/devices.h"

#include <algorithm>
#include <string>

#include "backends/opencl/opencl.h"
#include "tests/backends/opencl/support.h"

namespace eb::opencl {
namespace {

using gpu::DeviceType;

TEST(OpenclDevices, TypeComesFromTypeAndMemory) {
  EXPECT_EQ(type_of(CL_DEVICE_TYPE_CPU, true), DeviceType::cpu);
  EXPECT_EQ(type_of(CL_DEVICE_TYPE_CPU | CL_DEVICE_TYPE_DEFAULT, false), DeviceType::cpu);
  EXPECT_EQ(type_of(CL_DEVICE_TYPE_GPU, true), DeviceType::integrated);
  EXPECT_EQ(type_of(CL_DEVICE_TYPE_GPU, false), DeviceType::discrete);
  EXPECT_EQ(type_of(CL_DEVICE_TYPE_ACCELERATOR, false), DeviceType::other);
}

TEST(OpenclDevices, OnlyProcessorsHaveVectorsWiderThanFour) {
  EXPECT_EQ(vector_floats_of(DeviceType::cpu, 0), 4);
  EXPECT_EQ(vector_floats_of(DeviceType::cpu, 1), 4);
  EXPECT_EQ(vector_floats_of(DeviceType::cpu, 4), 4);
  EXPECT_EQ(vector_floats_of(DeviceType::cpu, 8), 8);
  EXPECT_EQ(vector_floats_of(DeviceType::cpu, 16), 16);
  EXPECT_EQ(vector_floats_of(DeviceType::cpu, 64), 16);
  EXPECT_EQ(vector_floats_of(DeviceType::discrete, 16), 4);
}

TEST(OpenclDevices, ExtensionsAreWholeWords) {
  EXPECT_TRUE(has_extension("cl_khr_fp16", "cl_khr_fp16"));
  EXPECT_TRUE(has_extension("cl_khr_icd  cl_khr_fp16 ", "cl_khr_fp16"));
  EXPECT_FALSE(has_extension("cl_khr_fp16_more", "cl_khr_fp16"));
  EXPECT_FALSE(has_extension("", "cl_khr_fp16"));
}

TEST(OpenclDevices, VersionsAreParsedOrAbsent) {
  const auto version = version_of("OpenCL 3.0 PoCL HSTR: pthread");
  ASSERT_TRUE(version);
  EXPECT_EQ(version->major, 3);
  EXPECT_EQ(version->minor, 0);
  EXPECT_EQ(version_of("OpenCL 1.2")->minor, 2);
  for (const char* text : {"", "OpenCL", "OpenCL ", "OpenCL x.y", "OpenCL 1", "OpenCL 1.", "FULL_PROFILE"})
    EXPECT_FALSE(version_of(text)) << text;
}

TEST(OpenclDevices, EachIsDescribed) {
  EB_MACHINE_OR_SKIP(here);
  const auto all = find_devices(here.cl);
  ASSERT_TRUE(all);
  for (std::size_t i = 0; i < all->size(); ++i) {
    const gpu::DeviceInfo& info = (*all)[i].info;
    EXPECT_EQ(info.id, std::to_string(i));
    EXPECT_FALSE(info.name.empty());
    EXPECT_EQ(info.name.find('\0'), std::string::npos);
    EXPECT_NE(info.driver.find(' '), std::string::npos) << info.driver;
    EXPECT_NE(info.fingerprint.find(info.name), std::string::npos);
    EXPECT_GT(info.max_buffer_bytes, 0U);
    EXPECT_GT(info.max_group_items, 0U);
    EXPECT_GT(*std::min_element(info.max_group.begin(), info.max_group.end()), 0U);
    EXPECT_TRUE(info.vector_floats == 4 || info.vector_floats == 8 || info.vector_floats == 16);
    EXPECT_TRUE(info.type != DeviceType::cpu || info.unified_memory);
  }
}

TEST(OpenclDevices, LoaderWithoutDriverIsUnavailable) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clGetPlatformIDs = [](cl_uint, cl_platform_id*, cl_uint*) -> cl_int { return -1001; };
  const auto none = find_devices(here.cl);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::unavailable);
  here.cl.clGetPlatformIDs = [](cl_uint, cl_platform_id*, cl_uint* count) -> cl_int {
    *count = 0;
    return CL_SUCCESS;
  };
  EXPECT_EQ(find_devices(here.cl).error().kind, ErrorKind::unavailable);
}

TEST(OpenclDevices, DriverWithoutDevicesIsUnavailable) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clGetDeviceIDs = [](cl_platform_id, cl_device_type, cl_uint, cl_device_id*, cl_uint*) -> cl_int {
    return CL_DEVICE_NOT_FOUND;
  };
  const auto none = find_devices(here.cl);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::unavailable);
  EXPECT_NE(none.error().message.find("update the driver"), std::string::npos) << none.error().message;
}

TEST(OpenclDevices, DriverThatAnswersNothingIsNoDevice) {
  EB_MACHINE_OR_SKIP(here);
  here.cl.clGetDeviceInfo = [](cl_device_id, cl_device_info, std::size_t, void*, std::size_t*) -> cl_int {
    return CL_INVALID_VALUE;
  };
  const auto none = find_devices(here.cl);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::unavailable);
}

TEST(OpenclApi, UnknownDeviceIsNotFound) {
  EB_MACHINE_OR_SKIP(here);
  const gpu::Api api = opencl_api();
  EXPECT_EQ(api.name, "opencl");
  for (const char* id : {"99", "", "zero"}) {
    const auto device = api.open(id, {});
    ASSERT_FALSE(device);
    EXPECT_EQ(device.error().kind, ErrorKind::not_found);
  }
}

}  // namespace
}  // namespace eb::opencl
