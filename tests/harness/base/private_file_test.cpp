#include "harness/base/private_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "harness/base/files.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using test::problem;
using ::testing::HasSubstr;

fs::perms mode_of(const fs::path& file) {
  return fs::status(file).permissions() & fs::perms::all;
}

class PrivateFile : public ::testing::Test {
 protected:
  TempFolder folder_ = *TempFolder::create();
  fs::path file_ = folder_.path() / "secret";
};

TEST_F(PrivateFile, IsForItsOwnerOnly) {
  ASSERT_EQ(problem(write_private_file(file_, "s3cret")), "");
  EXPECT_EQ(mode_of(file_), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(*read_private_file(file_, 100), "s3cret");
}

TEST_F(PrivateFile, ReplacesWhatWasThereWhateverItsMode) {
  std::ofstream(file_) << "old";
  fs::permissions(file_, fs::perms::all);
  ASSERT_EQ(problem(write_private_file(file_, "new")), "");
  EXPECT_EQ(mode_of(file_), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(*read_private_file(file_, 100), "new");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1) << "nothing is left beside it";
}

TEST_F(PrivateFile, IsRefusedWhenOthersMayTouchIt) {
  for (const fs::perms other : {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    ASSERT_EQ(problem(write_private_file(file_, "s3cret")), "");
    fs::permissions(file_, other, fs::perm_options::add);
    EXPECT_THAT(problem(read_private_file(file_, 100)), HasSubstr("chmod 600"));
    EXPECT_THAT(problem(read_private_file(file_, 100)), ::testing::Not(HasSubstr("s3cret")));
  }
}

TEST_F(PrivateFile, WhatIsTooLargeOrNoFileIsRefused) {
  ASSERT_EQ(problem(write_private_file(file_, "12345")), "");
  EXPECT_EQ(*read_private_file(file_, 5), "12345");
  EXPECT_THAT(problem(read_private_file(file_, 4)), HasSubstr("more than the 4 bytes"));
  EXPECT_THAT(problem(read_private_file(folder_.path(), 4)), HasSubstr("is not a regular file"));
  const auto missing = read_private_file(folder_.path() / "none", 4);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  EXPECT_THAT(problem(read_private_file("/dev/null", 4)), HasSubstr("is not a regular file"));
}

TEST_F(PrivateFile, AFolderThatIsNotThereCannotBeWrittenTo) {
  EXPECT_THAT(problem(write_private_file(folder_.path() / "no" / "file", "x")), HasSubstr("cannot write"));
  fs::create_directory(file_);
  EXPECT_THAT(problem(write_private_file(file_, "x")), HasSubstr("cannot write " + file_.string()));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(PrivateFile, IsMadeOnce) {
  const fs::path key = folder_.path() / "a" / "key";
  const auto first = make_private_file(key, "first"), second = make_private_file(key, "second");
  ASSERT_EQ(problem(first), "");
  ASSERT_EQ(problem(second), "");
  EXPECT_TRUE(*first);
  EXPECT_FALSE(*second);
  EXPECT_EQ(*read_private_file(key, 100), "first");
  EXPECT_EQ(std::distance(fs::directory_iterator(key.parent_path()), {}), 1);
  EXPECT_FALSE(make_private_file("/proc/no/such/key", "x"));
}

TEST_F(PrivateFile, AFolderIsMadeWithItsParentsAndKept) {
  const fs::path queue = folder_.path() / "a" / "b";
  ASSERT_EQ(problem(make_private_folder(queue)), "");
  EXPECT_EQ(mode_of(queue), fs::perms::owner_all);
  EXPECT_EQ(problem(make_private_folder(queue)), "");
  fs::permissions(queue, fs::perms::others_write, fs::perm_options::add);
  EXPECT_THAT(problem(make_private_folder(queue)), HasSubstr("other users may change"));
  std::ofstream(file_) << "x";
  EXPECT_THAT(problem(make_private_folder(file_)), HasSubstr("is not a folder"));
  EXPECT_THAT(problem(make_private_folder(file_ / "x")), HasSubstr("cannot create folder"));
}

TEST_F(PrivateFile, ALockIsHeldOnceAndGivenBack) {
  ASSERT_EQ(problem(write_private_file(file_, "x")), "");
  {
    const auto first = FileLock::try_lock(file_);
    ASSERT_EQ(problem(first), "");
    ASSERT_TRUE(*first);
    const auto second = FileLock::try_lock(file_);
    ASSERT_EQ(problem(second), "");
    EXPECT_FALSE(*second);
  }
  const auto again = FileLock::try_lock(file_);
  ASSERT_EQ(problem(again), "");
  EXPECT_TRUE(*again);
  EXPECT_THAT(problem(FileLock::try_lock(folder_.path() / "none")), HasSubstr("cannot open"));
}

}  // namespace
}  // namespace eb
