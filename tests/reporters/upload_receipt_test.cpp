#include "reporters/upload_receipt.h"

#include <gmock/gmock.h>

#include <fstream>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "harness/base/private_file.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using test::problem;
using ::testing::HasSubstr;

class UploadReceiptFile : public ::testing::Test {
 protected:
  TempFolder folder_ = *TempFolder::create();
  fs::path file_ = folder_.path() / "upload.json";
  UploadReceipt receipt_{.id = "r1",
                         .url = "https://board.example/runs/r1",
                         .sha256 = std::string(64, 'a'),
                         .sent_at = "2026-11-30T10:00:00Z",
                         .server = "https://board.example",
                         .delete_token = "del3te"};
};

TEST_F(UploadReceiptFile, IsSavedPrivatelyAndReadAgain) {
  const auto saved = save_receipt(file_, receipt_);
  ASSERT_EQ(problem(saved), "");
  EXPECT_EQ(*saved, file_);
  EXPECT_EQ(fs::status(file_).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write);
  const auto json = parse_json(*read_file(file_, 10'000));
  EXPECT_EQ(json.at("id"), "r1");
  EXPECT_EQ(json.at("url"), "https://board.example/runs/r1");
  EXPECT_EQ(json.at("sha256"), receipt_.sha256);
  EXPECT_EQ(json.at("sent_at"), "2026-11-30T10:00:00Z");
  EXPECT_EQ(json.at("delete_token"), "del3te");
  const auto read = read_receipt(file_);
  ASSERT_EQ(problem(read), "");
  EXPECT_EQ(read->server, receipt_.server);
  EXPECT_EQ(read->delete_token, receipt_.delete_token);
}

TEST_F(UploadReceiptFile, TheSameUploadAgainKeepsItsDeleteToken) {
  ASSERT_TRUE(save_receipt(file_, receipt_));
  auto again = receipt_;
  again.delete_token.clear();
  again.sent_at = "2026-12-01T10:00:00Z";
  EXPECT_EQ(*save_receipt(file_, again), file_);
  const auto read = read_receipt(file_);
  ASSERT_EQ(problem(read), "");
  EXPECT_EQ(read->delete_token, "del3te");
  EXPECT_EQ(read->sent_at, "2026-12-01T10:00:00Z");
  again.id = "r2";  // deleted and uploaded anew: the old token is for another result
  ASSERT_TRUE(save_receipt(file_, again));
  EXPECT_EQ(read_receipt(file_)->delete_token, "");
}

TEST_F(UploadReceiptFile, OneOfAnotherUploadIsNeverOverwritten) {
  ASSERT_TRUE(save_receipt(file_, receipt_));
  auto other = receipt_;
  other.server = "https://other.example";
  other.delete_token = "0ther";
  EXPECT_EQ(*save_receipt(file_, other), folder_.path() / "upload-2.json");
  EXPECT_EQ(*save_receipt(file_, other), folder_.path() / "upload-2.json") << "found again";
  EXPECT_EQ(read_receipt(file_)->delete_token, "del3te");
  std::ofstream(folder_.path() / "upload-3.json") << "somebody's notes";
  other.sha256 = std::string(64, 'b');
  EXPECT_EQ(*save_receipt(file_, other), folder_.path() / "upload-4.json");
}

TEST_F(UploadReceiptFile, IsBesideABundleAndInAFolder) {
  EXPECT_EQ(receipt_path(folder_.path()), folder_.path() / "upload.json");
  EXPECT_EQ(receipt_path("/x/run.ebz"), fs::path("/x/run.ebz.upload.json"));
}

TEST_F(UploadReceiptFile, WhatIsNoneIsRefused) {
  for (const char* bad : {"", "{", "[]", "7", R"({"id":"r1"})", R"({"id":"a/b","server":"https://b"})",
                          R"({"server":"https://b"})", R"({"id":["r1"],"server":"https://b"})",
                          R"({"id":"r1","server":"https://b","delete_token":"a b"})",
                          R"({"id":"r1","server":"https://b","delete_token":"a\nb"})"}) {
    ASSERT_EQ(problem(write_private_file(file_, bad)), "");
    EXPECT_THAT(problem(read_receipt(file_)), HasSubstr("is no receipt of an upload")) << bad;
  }
  ASSERT_TRUE(write_private_file(file_, std::string(70'000, ' ')));
  EXPECT_THAT(problem(read_receipt(file_)), HasSubstr("more than"));
}

TEST_F(UploadReceiptFile, OneThatOthersCanReadIsRefused) {
  ASSERT_TRUE(save_receipt(file_, receipt_));
  fs::permissions(file_, fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(problem(read_receipt(file_)), HasSubstr("chmod 600"));
}

TEST(UploadPlainWords, OfHeadersAndAddresses) {
  EXPECT_TRUE(is_plain_id("0a-Z_9"));
  for (const std::string& bad :
       {std::string(), std::string("a/b"), std::string(".."), std::string("a b"), std::string(129, 'a')})
    EXPECT_FALSE(is_plain_id(bad)) << bad;
  EXPECT_TRUE(is_plain_token("eb_abc.DEF-123~+/="));
  for (const std::string& bad : {std::string(), std::string("a b"), std::string("a\r\nb"),
                                 std::string("\xff"), std::string(5000, 'a'), std::string("a\0b", 3)})
    EXPECT_FALSE(is_plain_token(bad)) << bad;
}

}  // namespace
}  // namespace eb
