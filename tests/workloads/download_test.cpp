#include "workloads/download.h"

#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;

const std::string kContent = "0123456789";

class DownloadTest : public ::testing::Test {
 protected:
  // A server that has kContent, and gives `most` bytes of it before it breaks off.
  HttpGet server(bool knows_ranges = true, std::size_t most = 100) {
    return [this, knows_ranges, most](const std::string& url, std::uint64_t first_byte,
                                      const DownloadSink& sink, const DownloadEvents&) -> Status {
      EXPECT_EQ(url, download_.url);
      asked_.push_back(first_byte);
      if (!knows_ranges) EB_OK(sink.restart());
      const std::string rest = kContent.substr(knows_ranges ? first_byte : 0);
      for (const char& byte : rest.substr(0, most)) EB_OK(sink.take({&byte, 1}));
      if (rest.size() > most) return Error{ErrorKind::unavailable, "broken off"};
      return Done{};
    };
  }
  Status load(const HttpGet& get) { return download_file(download_, tree_ / "own/net/model.onnx", get, {}); }

  Tree tree_;
  Download download_{"https://models.example/net.onnx", "model.onnx", sha256_hex(kContent)};
  std::vector<std::uint64_t> asked_;
};

TEST_F(DownloadTest, TheFileIsThereWhenItsHashFits) {
  ASSERT_EQ(problem(load(server())), "");
  EXPECT_EQ(tree_.read("own/net/model.onnx"), kContent);
  EXPECT_FALSE(std::filesystem::exists(tree_ / "own/net/model.onnx.part"));
}

TEST_F(DownloadTest, WhatWasBrokenOffIsTakenUp) {
  EXPECT_EQ(problem(load(server(true, 4))), "broken off");
  EXPECT_FALSE(std::filesystem::exists(tree_ / "own/net/model.onnx"));
  ASSERT_EQ(problem(load(server())), "");
  EXPECT_EQ(asked_, (std::vector<std::uint64_t>{0, 4}));
  EXPECT_EQ(tree_.read("own/net/model.onnx"), kContent);
}

TEST_F(DownloadTest, AServerWithoutRangesBeginsAgain) {
  EXPECT_NE(problem(load(server(true, 4))), "");
  ASSERT_EQ(problem(load(server(false))), "");
  EXPECT_EQ(tree_.read("own/net/model.onnx"), kContent);
}

TEST_F(DownloadTest, AnotherFileIsThrownAwayAndBothHashesAreNamed) {
  download_.sha256 = std::string(64, 'a');
  const std::string message = problem(load(server()));
  EXPECT_NE(message.find(download_.url), std::string::npos) << message;
  EXPECT_NE(message.find(sha256_hex(kContent)), std::string::npos) << message;
  EXPECT_NE(message.find(download_.sha256), std::string::npos) << message;
  EXPECT_EQ(tree_.count(), 2u) << "two folders, no file";
}

TEST_F(DownloadTest, AFolderThatCannotBeMadeIsNamed) {
  tree_.write("own", "a file");
  EXPECT_NE(problem(load(server())).find("own"), std::string::npos);
  EXPECT_TRUE(asked_.empty());
}

}  // namespace
}  // namespace eb
