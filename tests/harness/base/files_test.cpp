#include "harness/base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>

#include "tests/support/tree.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using test::problem;
using test::Tree;

TEST(ReadFile, GivesEveryByte) {
  const Tree tree;
  const std::string bytes("line\r\n\0\xff end", 13);
  const auto read = read_file(tree.write("f", bytes), 13);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, bytes);
  EXPECT_EQ(*read_file(tree.write("empty", ""), 0), "");
}

TEST(ReadFile, RefusesOneByteTooMany) {
  const Tree tree;
  const auto file = tree.write("f", "12345");
  EXPECT_TRUE(read_file(file, 5));
  const auto read = read_file(file, 4);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  EXPECT_NE(read.error().message.find("has 5 bytes; at most 4"), std::string::npos) << read.error().message;
}

TEST(ReadFile, TellsNotThereFromNotAFile) {
  const Tree tree;
  const auto missing = read_file(tree / "missing", 10);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
  const auto folder = read_file(tree.root(), 10);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().kind, ErrorKind::invalid);
  EXPECT_NE(folder.error().message.find("is not a file"), std::string::npos);
}

TEST(ReadFile, DoesNotWaitForANamedPipeNorReadADevice) {
  const Tree tree;
  const auto pipe = tree / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(read_file(pipe, 10).error().kind, ErrorKind::invalid);
  EXPECT_EQ(read_file("/dev/zero", 10).error().kind, ErrorKind::invalid);
}

TEST(WriteFileAtomic, ReplacesTheOldContentAndLeavesNothingBeside) {
  const Tree tree;
  const auto file = tree.write("run.json", "old content that is longer");
  EXPECT_EQ(problem(write_file_atomic(file, "new")), "");
  EXPECT_EQ(tree.read("run.json"), "new");
  EXPECT_EQ(tree.count(), 1u);
}

TEST(WriteFileAtomic, NamesTheFileWhenItsFolderIsNotThere) {
  const Tree tree;
  const auto written = write_file_atomic(tree / "no/such/run.json", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::io);
  EXPECT_NE(written.error().message.find("no/such/run.json: No such file"), std::string::npos)
      << written.error().message;
}

TEST(WriteFileAtomic, DoesNotReplaceAFolder) {
  const Tree tree;
  tree.write("target/inside", "kept");
  EXPECT_FALSE(write_file_atomic(tree / "target", "x"));
  EXPECT_EQ(tree.read("target/inside"), "kept");
  EXPECT_EQ(tree.count(), 2u) << "a .part file was left";
}

TEST(WriteFileAtomic, SaysWhyAFolderTakesNoFilesAndNotWhyCleaningUpFailed) {
  if (!fs::is_directory("/sys/kernel")) GTEST_SKIP() << "needs a folder in which not even root makes a file";
  const auto written = write_file_atomic("/sys/kernel/edgebench", "x");
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("cannot write /sys/kernel/edgebench: "), std::string::npos);
  EXPECT_EQ(written.error().message.find("No such file"), std::string::npos) << written.error().message;
}

// Stands for a full disk: no file may grow beyond `bytes` while this lives.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    handler_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit tight{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &tight);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    signal(SIGXFSZ, handler_);
  }

 private:
  rlimit old_{};
  void (*handler_)(int) = nullptr;
};

TEST(WriteFileAtomic, KeepsTheOldFileWhenTheNewOneDoesNotFit) {
  const Tree tree;
  const auto file = tree.write("run.json", "old");
  Status written = Done{};
  {
    const FileSizeLimit limit(1000);
    written = write_file_atomic(file, std::string(100'000, 'x'));
  }
  ASSERT_FALSE(written);
  EXPECT_NE(written.error().message.find("File too large"), std::string::npos) << written.error().message;
  EXPECT_EQ(tree.read("run.json"), "old");
  EXPECT_EQ(tree.count(), 1u) << "a .part file was left";
}

TEST(MakeWritableFolder, CreatesParentsAndLeavesThemEmpty) {
  const Tree tree;
  EXPECT_EQ(problem(make_writable_folder(tree / "a/b/c")), "");
  EXPECT_TRUE(fs::is_directory(tree / "a/b/c"));
  EXPECT_EQ(problem(make_writable_folder(tree / "a/b/c")), "") << "a second time is fine";
  EXPECT_EQ(tree.count(), 3u);
}

TEST(MakeWritableFolder, RefusesAFileAndAFolderThatTakesNoFiles) {
  const Tree tree;
  tree.write("file", "x");
  const auto over_file = make_writable_folder(tree / "file/below");
  ASSERT_FALSE(over_file);
  EXPECT_EQ(over_file.error().kind, ErrorKind::io);
  const auto no_room = make_writable_folder("/proc/self/fdinfo");
  ASSERT_FALSE(no_room);
  EXPECT_NE(no_room.error().message.find("cannot write in folder /proc/self/fdinfo"), std::string::npos);
}

// FIPS 180-4 and the million of 'a' of its appendix.
TEST(Sha256, MatchesThePublishedVectors) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfAFileIsThatOfItsBytesAcrossChunks) {
  const Tree tree;
  for (const std::size_t size : {0u, 1u, 65535u, 65536u, 65537u, 200'000u}) {
    const std::string bytes(size, 'q');
    const auto hash = sha256_of_file(tree.write("f", bytes));
    ASSERT_TRUE(hash) << hash.error().message;
    EXPECT_EQ(*hash, sha256_hex(bytes)) << size;
  }
}

TEST(Sha256, OfNoFileOrAFolderIsAnError) {
  const Tree tree;
  EXPECT_EQ(sha256_of_file(tree / "missing").error().kind, ErrorKind::io);
  EXPECT_EQ(sha256_of_file(tree.root()).error().kind, ErrorKind::io);
}

TEST(TempFolder, IsOursAloneAndGoneWithItsContent) {
  fs::path path;
  {
    const auto folder = TempFolder::create();
    ASSERT_TRUE(folder) << folder.error().message;
    path = folder->path();
    fs::create_directories(path / "deep/er");
    EXPECT_TRUE(fs::is_directory(path));
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TempFolder, MovingKeepsTheFolderAndRemovesItOnce) {
  auto first = TempFolder::create();
  auto second = TempFolder::create();
  ASSERT_TRUE(first && second);
  const fs::path path = first->path();
  ASSERT_NE(path, second->path());
  {
    TempFolder moved = *std::move(first);
    EXPECT_EQ(moved.path(), path);
    EXPECT_TRUE(fs::is_directory(path));
    moved = *std::move(second);
    EXPECT_NE(moved.path(), path);
    EXPECT_TRUE(fs::is_directory(moved.path()));
  }
  EXPECT_TRUE(first->path().empty());
}

TEST(TempFolder, SaysWhatToSetWhenThereIsNoPlace) {
  const char* old = std::getenv("TMPDIR");
  const std::string kept = old ? old : "";
  setenv("TMPDIR", "/nowhere/at/all", 1);
  const auto folder = TempFolder::create();
  if (old) setenv("TMPDIR", kept.c_str(), 1);
  if (!old) unsetenv("TMPDIR");
  ASSERT_FALSE(folder);
  EXPECT_NE(folder.error().message.find("set TMPDIR"), std::string::npos);
}

TEST(PathWithin, TakesNamesBelowTheFolder) {
  EXPECT_EQ(*path_within("/models", "vision/face/model.onnx"), "/models/vision/face/model.onnx");
  EXPECT_EQ(*path_within("/models", "a..b"), "/models/a..b") << "dots inside a name are a name";
  EXPECT_EQ(*path_within("rel", "..."), "rel/...");
}

TEST(PathWithin, RefusesNamesThatLeaveTheFolder) {
  using namespace std::string_view_literals;
  for (const std::string_view hostile : {""sv, ".."sv, "../x"sv, "a/../../x"sv, "a/.."sv, "/etc/passwd"sv,
                                         "//etc"sv, "a/./../b"sv, "a\0b"sv}) {
    const auto path = path_within("/models", hostile);
    ASSERT_FALSE(path) << hostile << " -> " << *path;
    EXPECT_EQ(path.error().kind, ErrorKind::invalid);
  }
}

}  // namespace
}  // namespace eb
