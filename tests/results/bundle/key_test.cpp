#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "results/bundle/bundle.h"
#include "results/bundle/signature.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using test::problem;
using test::Tree;
using ::testing::HasSubstr;

TEST(SigningKey, IsMadeOnFirstUseForItsOwnerOnly) {
  const Tree tree;
  const auto key = SigningKey::of_file(tree / "config/edgebench/key");
  ASSERT_EQ(problem(key), "");
  EXPECT_TRUE(is_key_id(key->id()));
  EXPECT_EQ(fs::status(tree / "config/edgebench/key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(tree.count(), 3u) << "nothing is left beside it";
  EXPECT_EQ(SigningKey::of_file(tree / "config/edgebench/key")->id(), key->id());
}

TEST(SigningKey, EachFileHasItsOwn) {
  const Tree tree;
  EXPECT_NE(SigningKey::of_file(tree / "a")->id(), SigningKey::of_file(tree / "b")->id());
}

TEST(SigningKey, SignsWhatOnlyItSigned) {
  const Tree tree;
  const auto key = SigningKey::of_file(tree / "a"), other = SigningKey::of_file(tree / "b");
  const std::string signature = key->sign("bytes");
  EXPECT_EQ(signature, key->sign("bytes"));
  EXPECT_TRUE(is_signed_by(key->id(), signature, "bytes"));
  EXPECT_FALSE(is_signed_by(key->id(), signature, "Bytes"));
  EXPECT_FALSE(is_signed_by(other->id(), signature, "bytes"));
  EXPECT_FALSE(is_signed_by(key->id(), other->sign("bytes"), "bytes"));
  for (const std::string& bad : {std::string(), signature.substr(2), signature + "00", std::string(128, 'g'),
                                 std::string(128, '0'), std::string(1'000, 'a')})
    EXPECT_FALSE(is_signed_by(key->id(), bad, "bytes"));
  EXPECT_FALSE(is_signed_by("", signature, "bytes"));
  EXPECT_FALSE(is_signed_by(std::string(64, '0'), std::string(128, '0'), "bytes"));
}

TEST(SigningKey, MovesWithItsSecret) {
  const Tree tree;
  auto key = SigningKey::of_file(tree / "a");
  const std::string id = key->id(), signature = key->sign("x");
  SigningKey moved = *std::move(key);
  EXPECT_EQ(moved.sign("x"), signature);
  auto other = SigningKey::of_file(tree / "b");
  *other = std::move(moved);
  EXPECT_EQ(other->id(), id);
  EXPECT_EQ(other->sign("x"), signature);
}

TEST(SigningKey, RefusesAFileThatOthersCanRead) {
  const Tree tree;
  ASSERT_TRUE(SigningKey::of_file(tree / "a"));
  for (const auto perms : {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    fs::permissions(tree / "a", fs::perms::owner_read | fs::perms::owner_write | perms);
    EXPECT_THAT(problem(SigningKey::of_file(tree / "a")), HasSubstr("chmod 600"));
  }
}

TEST(SigningKey, RefusesWhatIsNoKey) {
  const Tree tree;
  ASSERT_TRUE(SigningKey::of_file(tree / "a"));
  const std::string good = tree.read("a");
  for (const std::string& bad : {std::string(), good.substr(1), good.substr(0, good.size() - 1), good + "x",
                                 std::string(good.size(), 'a'), std::string(10'000, 'a')}) {
    tree.write("a", bad);
    const auto key = SigningKey::of_file(tree / "a");
    EXPECT_FALSE(key) << bad;
    EXPECT_EQ(tree.read("a"), bad) << "it is never written over";
    EXPECT_THAT(problem(key), ::testing::Not(HasSubstr(good.substr(20, 40)))) << "no message shows a secret";
  }
  fs::create_directory(tree / "folder");
  EXPECT_FALSE(SigningKey::of_file(tree / "folder"));
  tree.write("file", "x");
  EXPECT_FALSE(SigningKey::of_file(tree / "file/key"));
}

}  // namespace
}  // namespace eb
