#include "harness/base/control_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::Tree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void make(const Tree& tree, const char* folder) {
  std::filesystem::create_directories(tree / folder);
}

TEST(ControlGroup, OfVersion2AreOurFolderAndThoseAroundIt) {
  const Tree tree;
  make(tree, "sys/fs/cgroup/a/b");
  tree.write("proc/self/cgroup", "0::/a/b\n");
  const ControlGroup group = find_control_group(tree.root(), "cpu");
  EXPECT_TRUE(group.is_v2);
  EXPECT_THAT(group.folders,
              ElementsAre(tree / "sys/fs/cgroup/a/b", tree / "sys/fs/cgroup/a", tree / "sys/fs/cgroup"));
}

TEST(ControlGroup, OfVersion1IsThatOfTheController) {
  const Tree tree;
  make(tree, "sys/fs/cgroup/cpu,cpuacct/x");
  make(tree, "sys/fs/cgroup/memory");
  tree.write("proc/self/cgroup", "4:cpu,cpuacct:/x\n3:cpuset:/\n2:memory:/outside/of/a/container\n0::/\n");
  EXPECT_THAT(find_control_group(tree.root(), "cpu").folders,
              ElementsAre(tree / "sys/fs/cgroup/cpu,cpuacct/x", tree / "sys/fs/cgroup/cpu,cpuacct"));
  EXPECT_THAT(find_control_group(tree.root(), "memory").folders, ElementsAre(tree / "sys/fs/cgroup/memory"));
  EXPECT_FALSE(find_control_group(tree.root(), "memory").is_v2);
  EXPECT_THAT(find_control_group(tree.root(), "cpuset").folders, IsEmpty()) << "its mount is not there";
}

TEST(ControlGroup, NeverLeavesItsMount) {
  for (const char* text : {"0::/../../../etc\n", "0::/a/../../..\n", "0::////\n", "0::\n"}) {
    const Tree tree;
    make(tree, "sys/fs/cgroup");
    make(tree, "etc");
    tree.write("proc/self/cgroup", text);
    EXPECT_THAT(find_control_group(tree.root(), "cpu").folders, ElementsAre(tree / "sys/fs/cgroup")) << text;
  }
}

TEST(ControlGroup, IsNoneWhereNothingSaysSo) {
  const Tree tree;
  EXPECT_THAT(find_control_group(tree.root(), "cpu").folders, IsEmpty());
  for (const std::string& text :
       {std::string(), std::string(100'000, ':'), std::string("4:cpu\n"), std::string(":")}) {
    tree.write("proc/self/cgroup", text);
    EXPECT_THAT(find_control_group(tree.root(), "cpu").folders, IsEmpty());
  }
}

}  // namespace
}  // namespace eb
