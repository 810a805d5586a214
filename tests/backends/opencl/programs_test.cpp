#include "backends/opencl/programs.h"

#include <fstream>

#include "tests/backends/opencl/support.h"
#include "tests/support/tree.h"

namespace eb::opencl {
namespace {

constexpr std::array<std::pair<std::string_view, int>, 2> kConstants{{{"TM", 4}, {"TN", 2}}};

gpu::OpenclKernel source_of(std::string_view text) {
  return {.kernel = "tiny", .axes = "HAS_RES=0,1 KU=1,4", .constants = kConstants, .text = text};
}

gpu::KernelDesc desc_of() {
  return {
      .kernel = "tiny", .defines = {{"KU", 4}, {"HAS_RES", 1}}, .constants = {{"TN", 8}}, .group = {8, 2, 1}};
}

gpu::DeviceInfo small_device() {
  gpu::DeviceInfo info;
  info.name = "small";
  info.vector_floats = 8;
  info.max_group_items = 64;
  info.max_group = {64, 64, 2};
  return info;
}

TEST(OpenclOptions, GiveEveryAxisAndConstantItsValue) {
  const auto options = build_options(source_of(""), desc_of(), small_device());
  ASSERT_EQ(eb::test::problem(options), "");
  EXPECT_EQ(*options, "-DVW=8 -DLSZ_X=8 -DLSZ_Y=2 -DLSZ_Z=1 -DHAS_RES=1 -DKU=4 -DTM=4 -DTN=8");
  gpu::KernelDesc other_order = desc_of();
  std::swap(other_order.defines[0], other_order.defines[1]);
  EXPECT_EQ(*build_options(source_of(""), other_order, small_device()), *options);
}

struct Wrong {
  const char* says;
  void (*spoil)(gpu::KernelDesc&);
};

TEST(OpenclOptions, NamesThatTheKernelDoesNotHaveAreInvalid) {
  constexpr std::array<Wrong, 6> kWrong{{
      {"no define ODD", [](gpu::KernelDesc& d) { d.defines.emplace_back("ODD", 1); }},
      {"needs a value for KU", [](gpu::KernelDesc& d) { d.defines.erase(d.defines.begin()); }},
      {"no variant KU=2", [](gpu::KernelDesc& d) { d.defines[0].second = 2; }},
      {"no constant TX", [](gpu::KernelDesc& d) { d.constants.emplace_back("TX", 1); }},
      {"no define TM", [](gpu::KernelDesc& d) { d.defines.emplace_back("TM", 1); }},
      {"group of size 0", [](gpu::KernelDesc& d) { d.group[1] = 0; }},
  }};
  for (const Wrong& wrong : kWrong) {
    gpu::KernelDesc desc = desc_of();
    wrong.spoil(desc);
    const auto options = build_options(source_of(""), desc, small_device());
    ASSERT_FALSE(options) << wrong.says;
    EXPECT_EQ(options.error().kind, ErrorKind::invalid);
    EXPECT_NE(options.error().message.find(wrong.says), std::string::npos) << options.error().message;
  }
}

TEST(OpenclOptions, GroupsLargerThanTheDevicesAreUnsupported) {
  for (const std::array<std::uint32_t, 3> group :
       {std::array<std::uint32_t, 3>{65, 1, 1}, {8, 9, 1}, {1, 1, 4}, {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}}) {
    gpu::KernelDesc desc = desc_of();
    desc.group = group;
    const auto options = build_options(source_of(""), desc, small_device());
    ASSERT_FALSE(options);
    EXPECT_EQ(options.error().kind, ErrorKind::unsupported);
  }
}

TEST(OpenclLog, SummaryIsOfTheErrors) {
  EXPECT_EQ(summary_of_log("a.cl:1: warning: odd\na.cl:2: error: no x\nx\n1 error\n"),
            "a.cl:2: error: no x; 1 error");
  EXPECT_EQ(summary_of_log("first\nsecond\nthird\nfourth\n"), "first; second; third");
  EXPECT_EQ(summary_of_log(std::string("\0\0", 2)), "the compiler gave no reason");
  EXPECT_EQ(summary_of_log(""), "the compiler gave no reason");
  EXPECT_LT(summary_of_log(std::string(10000, 'x')).size(), 500U);
}

// A context of the machine's first device.
struct Site {
  explicit Site(const test::Machine& machine)
      : cl(machine.cl),
        found(machine.found),
        context(cl.clCreateContext(nullptr, 1, &found.device, nullptr, nullptr, nullptr),
                cl.clReleaseContext) {}
  Programs programs(const std::filesystem::path& folder) {
    return {cl, context.get(), found.device, found.info, folder};
  }
  Functions cl;
  Found found;
  Handle<cl_context> context;
};

constexpr std::string_view kGood =
    "KERNEL_BEGIN(tiny) BUF_OUT(0, int, Y) PARAMS_BEGIN PARAM(int, n) PARAMS_END KERNEL_LOCALS KERNEL_BODY\n"
    "  if (GID_X < n) Y[GID_X] = TM + TN + KU + HAS_RES;\n"
    "KERNEL_END\n";

TEST(OpenclPrograms, CompileErrorNamesTheKernelAndTheLine) {
  EB_MACHINE_OR_SKIP(here);
  Site site(here);
  Programs programs = site.programs({});
  const auto program = programs.build(source_of("this is no kernel;\n"), desc_of());
  ASSERT_FALSE(program);
  EXPECT_EQ(program.error().kind, ErrorKind::device);
  EXPECT_NE(program.error().message.find("kernel tiny does not compile: "), std::string::npos);
  EXPECT_EQ(program.error().message.find('\n'), std::string::npos);
  EXPECT_NE(program.error().message.find("error"), std::string::npos) << program.error().message;
}

TEST(OpenclPrograms, SecondBuildComesFromDisk) {
  EB_MACHINE_OR_SKIP(here);
  const eb::test::Tree tree;
  Site site(here);
  for (const auto& [hits, misses] : {std::pair{0, 1}, std::pair{1, 0}}) {
    Programs programs = site.programs(tree.root());
    ASSERT_EQ(eb::test::problem(programs.build(source_of(kGood), desc_of())), "");
    EXPECT_EQ(programs.cache_use().hits, hits);
    EXPECT_EQ(programs.cache_use().misses, misses);
    EXPECT_EQ(eb::test::problem(programs.cache_status()), "");
  }
  Programs programs = site.programs(tree.root());
  gpu::KernelDesc other = desc_of();
  other.constants[0].second = 16;
  ASSERT_EQ(eb::test::problem(programs.build(source_of(kGood), other)), "");
  EXPECT_EQ(programs.cache_use().misses, 1);
  site.found.info.fingerprint += " of a newer driver";
  Programs newer = site.programs(tree.root());
  ASSERT_EQ(eb::test::problem(newer.build(source_of(kGood), desc_of())), "");
  EXPECT_EQ(newer.cache_use().misses, 1);
}

TEST(OpenclPrograms, DriverThatRefusesItsBinaryCompilesAgain) {
  EB_MACHINE_OR_SKIP(here);
  const eb::test::Tree tree;
  Site site(here);
  ASSERT_EQ(eb::test::problem(site.programs(tree.root()).build(source_of(kGood), desc_of())), "");
  site.cl.clCreateProgramWithBinary = [](cl_context, cl_uint, const cl_device_id*, const std::size_t*,
                                         const unsigned char**, cl_int* status, cl_int* code) -> cl_program {
    *status = *code = CL_INVALID_BINARY;
    return nullptr;
  };
  Programs programs = site.programs(tree.root());
  ASSERT_EQ(eb::test::problem(programs.build(source_of(kGood), desc_of())), "");
  EXPECT_EQ(programs.cache_use().misses, 1);
}

TEST(OpenclPrograms, FolderThatCannotBeWrittenStopsNoBuild) {
  EB_MACHINE_OR_SKIP(here);
  const eb::test::Tree tree;
  tree.write("file", "in the way");
  Site site(here);
  Programs programs = site.programs(tree / "file/folder");
  EXPECT_EQ(eb::test::problem(programs.build(source_of(kGood), desc_of())), "");
  EXPECT_EQ(programs.cache_use().misses, 1);
  ASSERT_FALSE(programs.cache_status());
  EXPECT_EQ(programs.cache_status().error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace eb::opencl
