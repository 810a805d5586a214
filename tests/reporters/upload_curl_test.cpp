// libcurl against a server on this machine that says what a test wants.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "reporters/upload_http.h"
#include "tests/support/answer_server.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using Server = test::AnswerServer;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

Result<ClientAnswer> ask(const std::string& url, HttpRules rules = {}) {
  const auto client = *make_http_client(std::move(rules));
  return client->exchange({.method = "POST",
                           .url = url,
                           .headers = {"Accept: application/json", "Content-Type: x/y"},
                           .token = "t0ken",
                           .body = "bundle\n"});
}

TEST(UploadCurl, ARequestIsWhatWasAskedForAndNoMore) {
  Server server("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  const auto answer = ask(server.url());
  ASSERT_EQ(problem(answer), "");
  EXPECT_EQ(answer->status, 201);
  EXPECT_EQ(answer->content_type, "application/json");
  EXPECT_EQ(answer->body, "{}");
  EXPECT_FALSE(answer->retry_after_s);
  auto lines = server.lines();
  ASSERT_GE(lines.size(), 7U);
  EXPECT_EQ(lines[0], "POST /api/v1/results HTTP/1.1");
  EXPECT_THAT(lines, Contains("Authorization: Bearer t0ken").Times(1));
  EXPECT_THAT(lines, Contains("Content-Length: 7"));
  EXPECT_THAT(lines, Contains("Content-Type: x/y"));
  EXPECT_EQ(std::count(lines.begin(), std::find(lines.begin(), lines.end(), ""), "bundle"), 0);
  for (const char* never : {"Expect", "Cookie", "User-Agent: curl", "Accept-Encoding", "x-www-form"})
    EXPECT_THAT(lines, Not(Contains(HasSubstr(never))));
}

TEST(UploadCurl, ARedirectIsAnAnswer) {
  Server elsewhere("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
  Server server(fmt::format("HTTP/1.1 307 x\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", elsewhere.url()));
  const auto answer = ask(server.url());
  ASSERT_EQ(problem(answer), "");
  EXPECT_EQ(answer->status, 307);
  EXPECT_EQ(answer->location, elsewhere.url());
  EXPECT_TRUE(elsewhere.lines().empty());
}

TEST(UploadCurl, PatienceThatIsAskedForInSecondsOrByDate) {
  Server seconds("HTTP/1.1 429 x\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(ask(seconds.url())->retry_after_s, 17);
  Server date("HTTP/1.1 503 x\r\nRetry-After: Fri, 31 Dec 2199 23:59:59 GMT\r\nContent-Length: 0\r\n\r\n");
  EXPECT_GT(ask(date.url())->retry_after_s.value_or(0), 86'400);
  Server nonsense("HTTP/1.1 503 x\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n");
  EXPECT_FALSE(ask(nonsense.url())->retry_after_s);
}

TEST(UploadCurl, WhatMayPassIsToldFromWhatStays) {
  const auto kind = [](const std::string& bytes) {
    Server server(bytes);
    const auto answer = ask(server.url());
    EXPECT_FALSE(answer) << bytes;
    EXPECT_THAT(problem(answer), HasSubstr("http://127.0.0.1:"));
    EXPECT_THAT(problem(answer), Not(HasSubstr("t0ken")));
    return answer ? ErrorKind::internal : answer.error().kind;
  };
  EXPECT_EQ(kind(""), ErrorKind::unavailable) << "closed without a word";
  EXPECT_EQ(kind("HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\""), ErrorKind::unavailable)
      << "half an answer";
  EXPECT_EQ(kind("HTTP/1.1 201 x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"), ErrorKind::unavailable);
  EXPECT_EQ(kind("SSH-2.0-OpenSSH_9.2\r\n"), ErrorKind::invalid);
  EXPECT_EQ(kind("HTTP/1.1 201 x\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n"), ErrorKind::unavailable);
}

TEST(UploadCurl, NobodyThere) {
  std::string url;
  {
    Server gone("");
    url = gone.url();
  }
  const auto answer = ask(url);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
}

TEST(UploadCurl, AnAnswerWithoutEndIsRefused) {
  Server body("HTTP/1.1 200 x\r\nContent-Type: application/json\r\n\r\n" + std::string(200'000, ' '));
  EXPECT_THAT(problem(ask(body.url())), HasSubstr("more than 65536 bytes"));
  std::string heads = "HTTP/1.1 200 x\r\n";
  for (int i = 0; i < 3000; ++i) heads += fmt::format("X-{}: {}\r\n", i, std::string(30, 'x'));
  Server head(heads + "\r\n");
  EXPECT_THAT(problem(ask(head.url())), HasSubstr("more than 65536 bytes"));
  std::string early = "";
  for (int i = 0; i < 5000; ++i) early += "HTTP/1.1 103 Early Hints\r\n\r\n";
  Server hints(early);
  EXPECT_THAT(problem(ask(hints.url())), HasSubstr("more than 65536 bytes"));
}

TEST(UploadCurl, SilenceEndsAtTheLimit) {
  const auto server = *LineServer::listen("127.0.0.1", 0, {});  // takes connections and says nothing
  const auto answer =
      ask(fmt::format("http://127.0.0.1:{}/", server->port()), {.stall_limit = std::chrono::seconds(1)});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::timeout);
}

TEST(UploadCurl, TheUserCanStopIt) {
  const auto server = *LineServer::listen("127.0.0.1", 0, {});
  const auto answer =
      ask(fmt::format("http://127.0.0.1:{}/", server->port()), {.is_stopped = [] { return true; }});
  EXPECT_THAT(problem(answer), HasSubstr("interrupted"));
}

TEST(UploadCurl, NoProxyIsUsedForThisMachine) {
  Server proxy("HTTP/1.1 201 Proxy\r\nContent-Length: 0\r\n\r\n");
  Server server("HTTP/1.1 204 Direct\r\n\r\n");
  setenv("http_proxy", proxy.url().c_str(), 1);
  const auto answer = ask(server.url());
  unsetenv("http_proxy");
  ASSERT_EQ(problem(answer), "");
  EXPECT_EQ(answer->status, 204);
  EXPECT_TRUE(proxy.lines().empty());
}

TEST(UploadCurl, NothingButHttpIsSpoken) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "nonsense://x"}) {
    const auto answer = ask(url);
    ASSERT_FALSE(answer) << url;
    EXPECT_EQ(answer.error().kind, ErrorKind::invalid) << url;
  }
}

TEST(UploadCurl, AFileOfAuthoritiesThatIsNotThere) {
  const auto answer = ask("https://127.0.0.1:1/", {.ca_file = "/nowhere/ca.pem"});
  ASSERT_FALSE(answer);
}

}  // namespace
}  // namespace eb
