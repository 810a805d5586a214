// libcurl against a server on this machine that says what a test wants.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/answer_server.h"
#include "tests/support/tree.h"
#include "workloads/download.h"

namespace eb {
namespace {

using test::problem;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

struct OneAnswer : test::AnswerServer {
  using AnswerServer::AnswerServer;
  std::string url() const { return AnswerServer::url("/net.onnx"); }
};

struct Got {
  Status status = Done{};
  std::string bytes{};
  int restarts = 0;
  std::uint64_t last_bytes = 0, all_bytes = 0;
};

Got get(const std::string& url, std::uint64_t first_byte = 0, DownloadEvents events = {}) {
  Got got;
  const DownloadSink sink{[&]() -> Status {
                            ++got.restarts;
                            got.bytes.clear();
                            return Done{};
                          },
                          [&](std::string_view bytes) -> Status {
                            got.bytes += bytes;
                            return Done{};
                          }};
  if (!events.progress)
    events.progress = [&](std::uint64_t done_bytes, std::uint64_t all_bytes) {
      got.last_bytes = done_bytes;
      got.all_bytes = all_bytes;
    };
  got.status = curl_get(url, first_byte, sink, events);
  return got;
}

TEST(DownloadCurl, AWholeFile) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes");
  const Got got = get(server.url());
  ASSERT_EQ(problem(got.status), "");
  EXPECT_EQ(got.bytes, "bytes");
  EXPECT_EQ(got.restarts, 1);
  EXPECT_EQ(got.all_bytes, 5U);
  const auto lines = server.lines();
  EXPECT_EQ(lines[0], "GET /net.onnx HTTP/1.1");
  EXPECT_THAT(lines, Not(Contains(HasSubstr("Range"))));
}

TEST(DownloadCurl, TheRestOfAFile) {
  OneAnswer server("HTTP/1.1 206 Partial\r\nContent-Range: bytes 3-4/5\r\nContent-Length: 2\r\n\r\nes");
  const Got got = get(server.url(), 3);
  ASSERT_EQ(problem(got.status), "");
  EXPECT_EQ(got.bytes, "es");
  EXPECT_EQ(got.restarts, 0);
  EXPECT_EQ(got.all_bytes, 5U);
  EXPECT_THAT(server.lines(), Contains("Range: bytes=3-"));
}

TEST(DownloadCurl, AServerThatKnowsNoRangesSendsAllAgain) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes");
  const Got got = get(server.url(), 3);
  // libcurl calls this an error by itself; either way no byte lies in the wrong place.
  if (got.status)
    EXPECT_EQ(got.bytes, "bytes");
  else
    EXPECT_EQ(got.bytes, "");
}

TEST(DownloadCurl, NothingIsLeftOfAFileThatIsHere) {
  OneAnswer server("HTTP/1.1 416 x\r\nContent-Range: bytes */5\r\nContent-Length: 0\r\n\r\n");
  const Got got = get(server.url(), 5);
  EXPECT_EQ(problem(got.status), "");
  EXPECT_EQ(got.bytes, "");
}

TEST(DownloadCurl, ThePageOfAnErrorIsNoFile) {
  OneAnswer server("HTTP/1.1 404 x\r\nContent-Length: 9\r\n\r\nnot found");
  const Got got = get(server.url());
  EXPECT_THAT(problem(got.status), HasSubstr("404"));
  EXPECT_THAT(problem(got.status), HasSubstr(server.url()));
  EXPECT_EQ(got.bytes, "");
}

TEST(DownloadCurl, ARedirectAwayFromTlsIsNotFollowed) {
  OneAnswer elsewhere("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes");
  OneAnswer server(
      fmt::format("HTTP/1.1 302 x\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", elsewhere.url()));
  const Got got = get(server.url());
  EXPECT_NE(problem(got.status), "");
  EXPECT_EQ(got.bytes, "");
  EXPECT_TRUE(elsewhere.lines().empty());
}

TEST(DownloadCurl, HalfAFileAndNobodyThere) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbytes");
  EXPECT_NE(problem(get(server.url()).status), "");
  const std::string url = server.url();
  server.lines();
  EXPECT_THAT(problem(get("http://127.0.0.1:1/x").status), HasSubstr("cannot load http://127.0.0.1:1/x"));
}

TEST(DownloadCurl, AnInterruptEndsIt) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes");
  const Got got = get(server.url(), 0, {.progress = {}, .is_stopped = [] { return true; }});
  EXPECT_THAT(problem(got.status), HasSubstr("interrupted"));
}

TEST(DownloadCurl, WhatTheSinkRefusesEndsIt) {
  OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes");
  const DownloadSink sink{[]() -> Status { return Done{}; },
                          [](std::string_view) -> Status {
                            return Error{ErrorKind::invalid, "disk full"};
                          }};
  EXPECT_EQ(problem(curl_get(server.url(), 0, sink, {})), "disk full");
}

}  // namespace
}  // namespace eb
