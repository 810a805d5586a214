#include "backends/opencl/binaries.h"

#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb::opencl {
namespace {

constexpr std::string_view kKey = "device\nkernels\nconv\n-DVW=16";
const std::string kBinary(
    "\x7f"
    "ELF\0\n\n and more",
    17);

TEST(OpenclBinaries, WhatWasKeptIsFound) {
  const eb::test::Tree tree;
  const Binaries binaries(tree / "new/folder");
  EXPECT_FALSE(binaries.find(kKey));
  EXPECT_EQ(eb::test::problem(binaries.keep(kKey, kBinary)), "");
  EXPECT_EQ(binaries.find(kKey), kBinary);
  EXPECT_FALSE(binaries.find("another key"));
  EXPECT_EQ(Binaries(tree / "new/folder").find(kKey), kBinary);
}

TEST(OpenclBinaries, NoFolderKeepsNothing) {
  const Binaries binaries({});
  EXPECT_EQ(eb::test::problem(binaries.keep(kKey, kBinary)), "");
  EXPECT_FALSE(binaries.find(kKey));
}

TEST(OpenclBinaries, EachDamageIsNoticedAndRepaired) {
  const eb::test::Tree tree;
  const Binaries binaries(tree.root());
  ASSERT_EQ(eb::test::problem(binaries.keep(kKey, kBinary)), "");
  const std::string name = binaries.file_of(kKey).filename().string();
  const std::string good = tree.read(name);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string damaged = good;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    tree.write(name, damaged);
    EXPECT_FALSE(binaries.find(kKey)) << "byte " << i;
    tree.write(name, good.substr(0, i));
    EXPECT_FALSE(binaries.find(kKey)) << "cut at " << i;
  }
  tree.write(name, good + "more");
  EXPECT_FALSE(binaries.find(kKey));
  EXPECT_EQ(eb::test::problem(binaries.keep(kKey, kBinary)), "");
  EXPECT_EQ(binaries.find(kKey), kBinary);
  EXPECT_EQ(tree.count(), 1U);
}

TEST(OpenclBinaries, AnotherKeysFileIsForeign) {
  const eb::test::Tree tree;
  const Binaries binaries(tree.root());
  ASSERT_EQ(eb::test::problem(binaries.keep("another", kBinary)), "");
  std::filesystem::rename(binaries.file_of("another"), binaries.file_of(kKey));
  EXPECT_FALSE(binaries.find(kKey));
}

TEST(OpenclBinaries, FolderInPlaceOfAFileIsNoBinary) {
  const eb::test::Tree tree;
  const Binaries binaries(tree.root());
  std::filesystem::create_directories(binaries.file_of(kKey));
  EXPECT_FALSE(binaries.find(kKey));
  EXPECT_EQ(binaries.keep(kKey, kBinary).error().kind, ErrorKind::io);
}

TEST(OpenclBinaries, FolderThatCannotBeWrittenIsSaid) {
  const eb::test::Tree tree;
  tree.write("file", "in the way");
  const Binaries binaries(tree / "file/folder");
  const auto kept = binaries.keep(kKey, kBinary);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, ErrorKind::io);
  EXPECT_FALSE(binaries.find(kKey));
}

}  // namespace
}  // namespace eb::opencl
