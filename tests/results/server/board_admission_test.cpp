// What a board refuses before it reads a body, and what every answer has.
#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using AdmissionTest = BoardTest;

TEST_F(AdmissionTest, UploadsNeedAKnownTokenWithTheScope) {
  auto request = upload_of("run 1", "ebt_unknown");
  const auto unknown = ask(request);
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(header_of(unknown, "WWW-Authenticate"), "Bearer");
  request.headers.erase(request.headers.begin() + 1);
  EXPECT_EQ(ask(request).status, 401);
  EXPECT_EQ(ask(upload_of("run 1", token("admin"))).status, 403);
  EXPECT_EQ(ask(upload_of("run 1", token("upload,admin"))).status, 201);
}

TEST_F(AdmissionTest, ARemovedTokenIsUnknownAtOnce) {
  const auto token = this->token("upload");
  EXPECT_EQ(ask(upload_of("run 1", token)).status, 201);
  EXPECT_TRUE(*MemoryStore(memory_).remove_token(token_hash(token)));
  EXPECT_EQ(ask(upload_of("run 2", token)).status, 401);
}

TEST_F(AdmissionTest, GuessingTokensIsSlowedDown) {
  make_board({.failures = {.per_second = 0.1, .burst = 2}});
  EXPECT_EQ(ask(upload_of("run", "ebt_a")).status, 401);
  EXPECT_EQ(ask(upload_of("run", "ebt_b")).status, 401);
  const auto refused = ask(upload_of("run", token("upload")));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(header_of(refused, "Retry-After"), "10");
  auto other = upload_of("run", token("upload"));
  other.peer = "192.0.2.8";
  EXPECT_EQ(ask(other).status, 201);
  clock_.advance(10'000'000'000);
  EXPECT_EQ(ask(upload_of("run 2", token("upload"))).status, 201);
}

TEST_F(AdmissionTest, UploadsAreLimitedByTokenAndByAddress) {
  make_board({.uploads = {.per_second = 0.5, .burst = 2}});
  const auto one = token("upload"), two = token("upload");
  EXPECT_EQ(ask(upload_of("run 1", one)).status, 201);
  EXPECT_EQ(ask(upload_of("run 2", one)).status, 201);
  auto elsewhere = upload_of("run 3", one);
  elsewhere.peer = "192.0.2.8";
  EXPECT_EQ(ask(elsewhere).status, 429);
  EXPECT_EQ(header_of(ask(elsewhere), "Retry-After"), "2");
  EXPECT_EQ(ask(upload_of("run 3", two)).status, 429);
  elsewhere = upload_of("run 3", two);
  elsewhere.peer = "192.0.2.8";
  EXPECT_EQ(ask(elsewhere).status, 201);
}

TEST_F(AdmissionTest, ReadsAreLimitedByAddressAndAForgedHeaderDoesNotHelp) {
  make_board({.reads = {.per_second = 1, .burst = 2}, .proxies = {"127.0.0.1"}});
  const auto from = [&](const char* peer, const char* forwarded) {
    return ask({.method = "GET",
                .target = "/api/v1/results",
                .headers = {{"x-forwarded-for", forwarded}},
                .peer = peer})
        .status;
  };
  EXPECT_EQ(from("192.0.2.7", "1.1.1.1"), 200);
  EXPECT_EQ(from("192.0.2.7", "1.1.1.2"), 200);
  EXPECT_EQ(from("192.0.2.7", "1.1.1.3"), 429);
  EXPECT_EQ(from("127.0.0.1", "1.1.1.1"), 200);
  EXPECT_EQ(from("127.0.0.1", "9.9.9.9, 1.1.1.1"), 200);
  EXPECT_EQ(from("127.0.0.1", "8.8.8.8, 1.1.1.1"), 429);
}

TEST_F(AdmissionTest, ContentTypesAreStrict) {
  const auto token = this->token("upload");
  for (const char* type : {"application/json", "application/zip", "text/html", "", "multipart/form-data",
                           "application/vnd.edgebench.bundle+zip2"}) {
    auto request = upload_of("run 1", token);
    request.headers[0].second = type;
    EXPECT_EQ(ask(request).status, 415) << type;
  }
  auto parameter = upload_of("run 1", token);
  parameter.headers[0].second = "Application/vnd.edgebench.bundle+zip ; v=1";
  EXPECT_EQ(ask(parameter).status, 201);
  auto encoded = upload_of("run 2", token);
  encoded.headers.emplace_back("content-encoding", "gzip");
  EXPECT_EQ(ask(encoded).status, 415);
}

TEST_F(AdmissionTest, ABodyThatIsTooLongIsRefusedByItsHead) {
  BoardRules rules;
  rules.bundle.most_bytes = 100;
  make_board(rules);
  for (const char* length : {"101", "99999999999999999999999", "-1", "x"}) {
    auto request = upload_of("run 1", token("upload"));
    request.headers[3].second = length;
    EXPECT_EQ(ask(request).status, 413) << length;
  }
}

TEST_F(AdmissionTest, MethodsAndAddressesThatDoNotFit) {
  const auto status = [&](const char* method, const char* target) {
    return ask({.method = method, .target = target}).status;
  };
  EXPECT_EQ(status("PUT", "/api/v1/results"), 405);
  EXPECT_EQ(status("POST", "/"), 405);
  EXPECT_EQ(status("DELETE", "/api/v1/results"), 405);
  EXPECT_EQ(status("OPTIONS", "/api/v1/results"), 405);
  EXPECT_EQ(status("TRACE", "/"), 405);
  EXPECT_EQ(status("GET", "/api/v1/results/x/trust"), 405);
  EXPECT_EQ(status("GET", "/../etc/passwd"), 400);
  EXPECT_EQ(status("GET", "/assets/..%2f..%2fetc%2fpasswd"), 404);
  EXPECT_EQ(status("GET", "http://other/"), 400);
  EXPECT_EQ(header_of(ask({.method = "PUT", .target = "/api/v1/results"}), "Allow"), "GET, HEAD, POST");
}

TEST_F(AdmissionTest, EveryAnswerHasTheHeadersOfSafety) {
  store(run_of({good_record()}));
  for (const HttpAnswer& answer : {get("/"), get("/api/v1/results"), get("/nowhere"), get("/.."),
                                   ask({.method = "PUT", .target = "/"}), ask(upload_of("run", "x"))}) {
    EXPECT_EQ(header_of(answer, "X-Content-Type-Options"), "nosniff");
    const std::string policy = header_of(answer, "Content-Security-Policy");
    EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
    EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    EXPECT_EQ(header_of(answer, "X-Frame-Options"), "DENY");
    EXPECT_EQ(header_of(answer, "Referrer-Policy"), "no-referrer");
  }
}

TEST_F(AdmissionTest, AListIsMadeOnceASecond) {
  store(run_of({good_record()}));
  EXPECT_EQ(json(get("/api/v1/results"))["total"], 1);
  const auto finds = memory_->finds;
  store(run_of({good_record(7)}));
  EXPECT_EQ(json(get("/api/v1/results"))["total"], 1);
  EXPECT_EQ(memory_->finds, finds);
  clock_.advance(1'000'000'000);
  EXPECT_EQ(json(get("/api/v1/results"))["total"], 2);
}

TEST_F(AdmissionTest, WhatDidNotChangeIsNotSentAgain) {
  store(run_of({good_record()}));
  const auto answer = get("/api/v1/results");
  const std::string etag = header_of(answer, "ETag");
  ASSERT_FALSE(etag.empty());
  const auto again =
      ask({.method = "GET", .target = "/api/v1/results", .headers = {{"if-none-match", etag}}});
  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.body.empty());
  EXPECT_EQ(
      ask({.method = "GET", .target = "/api/v1/results", .headers = {{"if-none-match", "\"x\""}}}).status,
      200);
}

TEST(AnswerCache, OneMakesItAnewWhileTheOthersGetTheOldOne) {
  AnswerCache cache(1000);
  cache.keep("a", {.body = "old"}, 0);
  EXPECT_FALSE(cache.find("a", 1000));
  EXPECT_EQ(cache.find("a", 1000)->body, "old");
  EXPECT_EQ(cache.find("a", 1999)->body, "old");
  EXPECT_FALSE(cache.find("a", 2000));  // whoever makes it has failed, or takes too long
  cache.keep("a", {.body = "new"}, 2000);
  EXPECT_EQ(cache.find("a", 2999)->body, "new");
  EXPECT_FALSE(cache.find("a", 3000));
}

TEST(AnswerCache, ForgetsWhenItHoldsTooMuch) {
  AnswerCache cache(1000, 4000);
  cache.keep("a", {.body = std::string(900, 'a')}, 0);
  EXPECT_TRUE(cache.find("a", 999));
  EXPECT_FALSE(cache.find("a", 1000));
  for (const char* key : {"b", "c", "d", "e"}) cache.keep(key, {.body = std::string(900, 'b')}, 0);
  EXPECT_FALSE(cache.find("a", 0));
  EXPECT_TRUE(cache.find("e", 0));
  cache.keep("huge", {.body = std::string(2000, 'b')}, 0);
  EXPECT_FALSE(cache.find("huge", 0));
}

}  // namespace
}  // namespace eb::board::test
