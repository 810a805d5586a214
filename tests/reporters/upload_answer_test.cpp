#include "reporters/upload_answer.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/reporters/upload_support.h"

namespace eb {
namespace {

using Next = UploadAnswer::Next;
using test::upload::json_answer;
using test::upload::kTarget;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(UploadAnswer, ANewResult) {
  const auto read = read_upload_answer(test::upload::created(), kTarget);
  EXPECT_EQ(read.next, Next::done);
  EXPECT_TRUE(read.is_new);
  EXPECT_EQ(read.sentence, "");
  EXPECT_EQ(read.receipt.id, "r1");
  EXPECT_EQ(read.receipt.url, "https://board.example/runs/r1");
  EXPECT_EQ(read.receipt.server, kTarget);
  EXPECT_EQ(read.receipt.delete_token, "del3te");
  EXPECT_EQ(read.receipt.verdict, "accepted");
  EXPECT_EQ(read.receipt.trust, "unverified");
}

TEST(UploadAnswer, AKnownOneHasNoDeleteToken) {
  const auto read = read_upload_answer(test::upload::known(), kTarget);
  EXPECT_EQ(read.next, Next::done);
  EXPECT_FALSE(read.is_new);
  EXPECT_EQ(read.receipt.delete_token, "");
}

TEST(UploadAnswer, APageWithoutItsHostIsOnTheServer) {
  const auto read = read_upload_answer(json_answer(201, R"({"id":"r1","url":"/runs/r1"})"),
                                       "https://board.example:8443/edge");
  EXPECT_EQ(read.receipt.url, "https://board.example:8443/runs/r1");
}

TEST(UploadAnswer, EachStatusHasItsMeaning) {
  for (const auto& [status, next, words] :
       {std::tuple{400, Next::discard, "does not understand"}, std::tuple{401, Next::keep, "--token-file"},
        std::tuple{403, Next::keep, "right"}, std::tuple{404, Next::keep, "--to"},
        std::tuple{408, Next::retry, "waited"}, std::tuple{413, Next::discard, "too large"},
        std::tuple{415, Next::discard, "kind"}, std::tuple{422, Next::discard, "validator"},
        std::tuple{425, Next::retry, "not ready"}, std::tuple{429, Next::retry, "no more uploads"},
        std::tuple{500, Next::retry, "problem of its own"}, std::tuple{502, Next::retry, "problem"},
        std::tuple{503, Next::retry, "problem"}, std::tuple{599, Next::retry, "problem"},
        std::tuple{301, Next::keep, "elsewhere"}, std::tuple{451, Next::keep, "refused"},
        std::tuple{204, Next::keep, "no answer of"}, std::tuple{100, Next::keep, "no answer of"}}) {
    const auto read = read_upload_answer({.status = status}, kTarget);
    EXPECT_EQ(read.next, next) << status;
    EXPECT_THAT(read.sentence, HasSubstr(words)) << status;
    EXPECT_THAT(read.sentence, HasSubstr(fmt::format("{}: HTTP {}", kTarget, status)));
    EXPECT_EQ(read.receipt.id, "");
  }
}

TEST(UploadAnswer, WhatTheServerSaysIsToldWithoutWhatATerminalObeys) {
  auto answer = json_answer(422, R"({"error":"2 of 14 records\u001b[31m are wrong\n","findings":["one",
      {"where":"cpu:0","sentence":"p50 is \u009b2J wrong"},{"sentence":"alone"},7,null,{"where":1}]})");
  const auto read = read_upload_answer(answer, kTarget);
  EXPECT_THAT(read.sentence, HasSubstr("it says: 2 of 14 records"));
  EXPECT_THAT(read.findings, ElementsAre("one", HasSubstr("cpu:0: p50 is"), "alone"));
  for (const std::string& text : {read.sentence, read.findings[1]}) {
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
    EXPECT_THAT(text, Not(HasSubstr("\n")));
  }
}

TEST(UploadAnswer, LongTextsAndListsAreCut) {
  std::string findings = R"("x")";
  for (int i = 0; i < 500; ++i) findings += R"(,"x")";
  const auto read = read_upload_answer(
      json_answer(422, fmt::format(R"({{"error":"{}","findings":[{}]}})", std::string(9000, 'e'), findings)),
      kTarget);
  EXPECT_LT(read.sentence.size(), 600U);
  EXPECT_EQ(read.findings.size(), 100U);
}

TEST(UploadAnswer, ASuccessWithoutAReceiptIsNone) {
  for (const ClientAnswer& answer :
       {ClientAnswer{.status = 200, .content_type = "text/html", .body = test::upload::created().body},
        ClientAnswer{.status = 201, .body = test::upload::created().body}, json_answer(201, ""),
        json_answer(201, "[1]"), json_answer(201, R"({"id":"r1","url":"https://b/runs)"),
        json_answer(201, R"({"id":"r1"})"), json_answer(201, R"({"id":7,"url":"https://b/"})"),
        json_answer(201, R"({"id":"../r1","url":"https://b/"})"),
        json_answer(201, R"({"id":"r1","url":"javascript:alert"})"),
        json_answer(201, R"({"id":"r1","url":"//evil.example"})"),
        json_answer(201, R"({"id":"","url":"https://b/"})"), json_answer(201, std::string(60'000, '['))}) {
    const auto read = read_upload_answer(answer, kTarget);
    EXPECT_EQ(read.next, Next::keep) << answer.body.substr(0, 80);
    EXPECT_THAT(read.sentence, HasSubstr("no receipt"));
    EXPECT_EQ(read.receipt.id, "");
  }
}

TEST(UploadAnswer, ADeleteTokenThatWouldBreakAHeaderIsNotTaken) {
  const auto read = read_upload_answer(
      json_answer(201, R"({"id":"r1","url":"https://b/","delete_token":"x\r\nHost: evil"})"), kTarget);
  EXPECT_EQ(read.next, Next::done);
  EXPECT_EQ(read.receipt.delete_token, "");
}

TEST(UploadAnswer, TypesOfContentWithParameters) {
  auto answer = test::upload::created();
  for (const char* type : {"application/json; charset=utf-8", "Application/JSON", "application/json ;x"}) {
    answer.content_type = type;
    EXPECT_EQ(read_upload_answer(answer, kTarget).next, Next::done) << type;
  }
  for (const char* type : {"application/jsonp", "application/jso", "text/json", ";", ""}) {
    answer.content_type = type;
    EXPECT_EQ(read_upload_answer(answer, kTarget).next, Next::keep) << type;
  }
}

TEST(UploadAnswer, Redirects) {
  ClientAnswer answer{.status = 308, .location = "https://evil.example/\x1b[2J"};
  const auto read = read_upload_answer(answer, kTarget);
  EXPECT_EQ(read.next, Next::keep);
  EXPECT_THAT(read.sentence, HasSubstr("it points to https://evil.example/"));
  EXPECT_THAT(read.sentence, Not(HasSubstr("\x1b")));
}

TEST(UploadDeleteAnswer, GoneIsGone) {
  EXPECT_EQ(read_delete_answer({.status = 204}, kTarget).next, Next::done);
  EXPECT_THAT(read_delete_answer({.status = 204}, kTarget).sentence, IsEmpty());
  EXPECT_EQ(read_delete_answer(json_answer(404, "{}"), kTarget).next, Next::done);
  EXPECT_THAT(read_delete_answer(json_answer(404, "{}"), kTarget).sentence, HasSubstr("any more"));
  EXPECT_EQ(read_delete_answer({.status = 410}, kTarget).next, Next::done);
}

TEST(UploadDeleteAnswer, WhatIsNotDeleted) {
  EXPECT_EQ(read_delete_answer({.status = 404, .content_type = "text/html"}, kTarget).next, Next::keep)
      << "some other server";
  EXPECT_THAT(read_delete_answer({.status = 403}, kTarget).sentence, HasSubstr("receipt's delete token"));
  EXPECT_EQ(read_delete_answer({.status = 401}, kTarget).next, Next::keep);
  EXPECT_EQ(read_delete_answer({.status = 503}, kTarget).next, Next::retry);
}

}  // namespace
}  // namespace eb
