#include "backends/opencl/driver.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "backends/opencl/opencl.h"
#include "tests/support/tree.h"

namespace eb::opencl {
namespace {

TEST(OpenclErrors, HaveTheNamesOfTheStandard) {
  EXPECT_EQ(code_name(CL_OUT_OF_RESOURCES), "CL_OUT_OF_RESOURCES");
  EXPECT_EQ(code_name(CL_INVALID_KERNEL_ARGS), "CL_INVALID_KERNEL_ARGS");
  EXPECT_EQ(code_name(-1001), "CL_PLATFORM_NOT_FOUND_KHR");
  EXPECT_EQ(code_name(-9999), "code -9999");
}

TEST(OpenclErrors, OutOfMemoryIsAKindOfItsOwn) {
  for (const cl_int code : {CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY})
    EXPECT_EQ(error_of(code, "clFinish").kind, ErrorKind::out_of_memory);
  const Error other = error_of(CL_INVALID_KERNEL, "clFinish");
  EXPECT_EQ(other.kind, ErrorKind::device);
  EXPECT_EQ(other.message, "OpenCL: clFinish: CL_INVALID_KERNEL");
}

TEST(OpenclErrors, SuccessIsNone) {
  EXPECT_TRUE(check(CL_SUCCESS, "clFinish"));
  EXPECT_FALSE(check(CL_INVALID_VALUE, "clFinish"));
}

TEST(OpenclDriver, AbsentLoaderSaysWhatToInstall) {
  constexpr std::array kNone{"libno_such_opencl.so.7", "/no/such/folder/libOpenCL.so"};
  const auto cl = open_driver(kNone);
  ASSERT_FALSE(cl);
  EXPECT_EQ(cl.error().kind, ErrorKind::unavailable);
  EXPECT_NE(cl.error().message.find("apt install pocl-opencl-icd"), std::string::npos) << cl.error().message;
  EXPECT_NE(cl.error().message.find("libno_such_opencl.so.7"), std::string::npos) << cl.error().message;
}

TEST(OpenclDriver, LibraryThatIsNoOpenclSaysWhichFunctionIsMissing) {
  constexpr std::array kOther{"libm.so.6"};
  const auto cl = open_driver(kOther);
  ASSERT_FALSE(cl);
  EXPECT_EQ(cl.error().kind, ErrorKind::unavailable);
  EXPECT_NE(cl.error().message.find("libm.so.6 has no cl"), std::string::npos) << cl.error().message;
}

// In a process of its own: the loader reads its list of drivers once.
[[noreturn]] void list_devices_with(const std::string& vendors) {
  setenv("OCL_ICD_VENDORS", vendors.c_str(), 1);
  const auto devices = opencl_api().devices();
  std::fputs(devices ? "devices" : devices.error().message.c_str(), stderr);
  std::exit(!devices && devices.error().kind == ErrorKind::unavailable ? 3 : 4);
}

TEST(OpenclDriverDeathTest, NoDriverIsUnavailable) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const eb::test::Tree tree;
  EXPECT_EXIT(list_devices_with(tree.root().string() + "/"), testing::ExitedWithCode(3), "install");
}

TEST(OpenclDriverDeathTest, DriverThatDoesNotLoadIsUnavailable) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const eb::test::Tree tree;
  tree.write("broken.icd", "/no/such/driver.so\n");
  EXPECT_EXIT(list_devices_with(tree.root().string() + "/"), testing::ExitedWithCode(3), "install");
}

}  // namespace
}  // namespace eb::opencl
