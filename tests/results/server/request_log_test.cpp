#include "results/server/request_log.h"

#include <gtest/gtest.h>

namespace eb::board::test {
namespace {

TEST(LogLine, SaysWhoAskedForWhat) {
  EXPECT_EQ(log_line("2026-11-30T05:41:17Z", {.address = "192.0.2.1",
                                              .method = "GET",
                                              .target = "/runs/ab",
                                              .status = 200,
                                              .bytes = 1234,
                                              .took_ms = 0.81}),
            "2026-11-30T05:41:17Z 192.0.2.1 GET /runs/ab 200 1234 B 0.8 ms");
}

TEST(LogLine, HasNoParameters) {
  const std::string line =
      log_line("t", {.address = "a", .method = "GET", .target = "/x?token=secret", .status = 404});
  EXPECT_EQ(line.find("secret"), std::string::npos);
}

TEST(LogLine, StaysOneLineOfPlainText) {
  const std::string line = log_line("t", {.address = "a\n2026 forged",
                                          .method = "G\x1b[31m",
                                          .target = "/\r\nforged \xE2\x80\xAE" + std::string(5000, 'x'),
                                          .status = 400,
                                          .note = "disk\nfull"});
  for (const char c : line) EXPECT_TRUE(c >= 0x20 && c < 0x7F) << static_cast<int>(c);
  EXPECT_LT(line.size(), 500U);
  EXPECT_NE(line.find("a\\x0a2026\\x20forged"), std::string::npos);
  EXPECT_NE(line.find(": disk full"), std::string::npos);
}

TEST(LogLine, WhatIsMissingIsADash) {
  EXPECT_EQ(log_line("t", {.status = 400}), "t - - - 400 0 B 0.0 ms");
}

}  // namespace
}  // namespace eb::board::test
