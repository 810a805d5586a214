#include "reporters/upload_target.h"

#include <gmock/gmock.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::HasSubstr;

TEST(UploadTarget, IsTheAddressWithoutItsEnd) {
  for (const auto& [given, kept] :
       {std::pair{"https://board.example", "https://board.example"},
        std::pair{"https://board.example/", "https://board.example"},
        std::pair{"HTTPS://board.example:8443/edge//", "https://board.example:8443/edge"},
        std::pair{"http://127.0.0.1:8080", "http://127.0.0.1:8080"},
        std::pair{"http://localhost:1/x/", "http://localhost:1/x"},
        std::pair{"http://[::1]:9", "http://[::1]:9"}}) {
    const auto target = parse_upload_target(given, {});
    ASSERT_EQ(problem(target), "") << given;
    EXPECT_EQ(*target, kept);
    EXPECT_EQ(*parse_upload_target(*target, {}), *target) << "a second time, it stays as it is";
  }
}

TEST(UploadTarget, PlainHttpIsForThisMachineOnly) {
  for (const char* far :
       {"http://board.example", "http://127.0.0.1.board.example", "http://localhost.board.example",
        "http://10.0.0.1", "http://[::2]", "http://127.0.0.1@10.0.0.1"}) {
    EXPECT_FALSE(parse_upload_target(far, {})) << far;
  }
  EXPECT_THAT(problem(parse_upload_target("http://10.0.0.1", {})), HasSubstr("--insecure-http"));
  EXPECT_EQ(*parse_upload_target("http://10.0.0.1", {.allows_plain_http = true}), "http://10.0.0.1");
}

TEST(UploadTarget, WhatIsNoAddressOfALeaderboardIsRefused) {
  for (const char* bad :
       {"", "board.example", "//board.example", "/etc/passwd", "file:///etc/passwd", "ftp://board.example",
        "https://", "https://board.example/a b", "https://board.example/\n", "https://board.example?q=1",
        "https://board.example/#x", "https://bo\x1b[31mard.example", "https://board.example:99999",
        "https://b\xc3\xb6.example", "gopher://127.0.0.1", "https://board.example\\@evil.example"}) {
    const auto target = parse_upload_target(bad, {});
    EXPECT_FALSE(target) << bad << " -> " << (target ? *target : "");
    EXPECT_THAT(problem(target), HasSubstr("--to")) << bad;
    EXPECT_THAT(problem(target), ::testing::Not(HasSubstr("\x1b")));
  }
  EXPECT_FALSE(parse_upload_target("https://board.example/" + std::string(3000, 'x'), {}));
}

TEST(UploadTarget, NamesAndPasswordsAreNotTakenAndNotRepeated) {
  for (const char* bad :
       {"https://me:s3cret@board.example", "https://s3cret@board.example", "https://:s3cret@board.example"})
    EXPECT_THAT(problem(parse_upload_target(bad, {})),
                ::testing::AllOf(HasSubstr("--token-file"), ::testing::Not(HasSubstr("s3cret"))));
}

TEST(UploadTarget, Loopback) {
  EXPECT_TRUE(is_loopback_target("http://127.0.0.1:80/api"));
  EXPECT_TRUE(is_loopback_target("http://127.1/api"));
  EXPECT_TRUE(is_loopback_target("https://localhost/api"));
  EXPECT_FALSE(is_loopback_target("http://127.0.0.1.example/"));
  EXPECT_FALSE(is_loopback_target("http://board.example/127.0.0.1"));
  EXPECT_FALSE(is_loopback_target("nonsense"));
}

TEST(UploadTarget, AddressesThatMayBeShown) {
  EXPECT_TRUE(is_plain_address("https://board.example/runs/1?x=%20"));
  for (const std::string& bad :
       {std::string("javascript:alert(1)"), std::string("https://b/ x"), std::string("https://b/\x1b"),
        std::string("https://b/\xff"), "https://b/" + std::string(2000, 'x'), std::string()})
    EXPECT_FALSE(is_plain_address(bad)) << bad;
}

}  // namespace
}  // namespace eb
