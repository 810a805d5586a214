#include "results/server/session_head.h"

#include <gtest/gtest.h>

namespace eb::board::test {
namespace {

int status(HttpHeaders headers, unsigned version = 11) {
  headers.emplace_back("host", "a");
  return head_problem({.method = "POST", .target = "/", .headers = std::move(headers)}, version, 100).status;
}

TEST(HeadProblem, TakesWhatIsRight) {
  EXPECT_EQ(status({}), 0);
  EXPECT_EQ(status({{"content-length", "12"}}), 0);
  EXPECT_EQ(status({{"transfer-encoding", "Chunked"}}), 0);
  EXPECT_EQ(status({{"expect", "100-Continue"}}), 0);
  EXPECT_EQ(status({{"content-length", "12"}}, 10), 0);
}

TEST(HeadProblem, RefusesWhatProxiesReadInDifferentWays) {
  EXPECT_EQ(status({{"content-length", "1"}, {"transfer-encoding", "chunked"}}), 400);
  EXPECT_EQ(status({{"content-length", "1"}, {"content-length", "1"}}), 400);
  EXPECT_EQ(status({{"content-length", "1, 1"}}), 400);
  EXPECT_EQ(status({{"content-length", "+1"}}), 400);
  EXPECT_EQ(status({{"content-length", ""}}), 400);
  EXPECT_EQ(status({{"content-length", "99999999999999999999"}}), 400);
  EXPECT_EQ(status({{"transfer-encoding", "gzip, chunked"}}), 501);
  EXPECT_EQ(status({{"transfer-encoding", "identity"}}), 501);
  EXPECT_EQ(status({{"transfer-encoding", "chunked"}, {"transfer-encoding", "chunked"}}), 400);
  EXPECT_EQ(status({{"transfer-encoding", "chunked"}}, 10), 501);
  EXPECT_EQ(status({{"host", "b"}}), 400);
  EXPECT_EQ(status({{"authorization", "Bearer a"}, {"authorization", "Bearer b"}}), 400);
  EXPECT_EQ(status({{"expect", "the unexpected"}}), 400);
  EXPECT_EQ(status({}, 20), 400);
}

TEST(HeadProblem, AHostIsNeededAndHeadersAreBounded) {
  EXPECT_EQ(head_problem({}, 11, 100).status, 400);
  EXPECT_EQ(head_problem({}, 10, 100).status, 0);
  EXPECT_EQ(status(HttpHeaders(100, {"x", "y"})), 431);
}

}  // namespace
}  // namespace eb::board::test
