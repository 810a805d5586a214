#include "harness/run/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::ElementsAre;

TEST(AbsoluteFolders, LeaveOutWhatMeansTheCurrentFolder) {
  EXPECT_EQ(absolute_folders("/opt/lib"), "/opt/lib");
  EXPECT_EQ(absolute_folders("/opt/lib:/usr/lib"), "/opt/lib:/usr/lib");
  for (const char* list : {":/opt/lib", "/opt/lib:", "/opt/lib::", ".:/opt/lib", "/opt/lib:.",
                           "lib:/opt/lib:../lib", "~/lib:/opt/lib:$ORIGIN"})
    EXPECT_EQ(absolute_folders(list), "/opt/lib") << list;
  for (const char* list : {"", ":", "::", ".", "./", "lib", ".:.."})
    EXPECT_EQ(absolute_folders(list), "") << list;
}

TEST(LibraryFolders, AreAbsoluteAndTheRestIsAsItWas) {
  EXPECT_THAT(with_absolute_library_folders({"PATH=.:/bin", "LD_LIBRARY_PATH=.:/opt/lib", "HOME=/root"}),
              ElementsAre("PATH=.:/bin", "LD_LIBRARY_PATH=/opt/lib", "HOME=/root"));
  EXPECT_THAT(with_absolute_library_folders({"LD_LIBRARY_PATH=", "A=1"}), ElementsAre("A=1"));
  EXPECT_THAT(with_absolute_library_folders({"LD_LIBRARY_PATH=:"}), ElementsAre());
}

}  // namespace
}  // namespace eb
