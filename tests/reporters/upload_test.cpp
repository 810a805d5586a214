#include "reporters/upload.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "harness/base/private_file.h"
#include "tests/reporters/upload_support.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using End = UploadResult::End;
using test::problem;
using test::upload::created;
using test::upload::json_answer;
using test::upload::known;
using test::upload::kTarget;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const Error kNoConnection{ErrorKind::unavailable, "https://board.example: connection refused"};

class UploadSending : public ::testing::Test {
 protected:
  UploadSending() { fs::create_directory(run_); }

  QueuedUpload add(const std::string& bundle = "bundle") {
    return *queue_.add({.target = kTarget, .receipt = run_ / "upload.json", .queued_at_s = world_.kStartS},
                       bundle);
  }
  UploadResult send(const QueuedUpload& upload) {
    return send_upload(queue_, upload, rules_, world_.world());
  }
  UploadResult send_answers(std::deque<Result<ClientAnswer>> answers) {
    world_.http.answers = std::move(answers);
    return send(add());
  }
  std::size_t queued() const {
    std::vector<std::string> problems;
    return queue_.list(problems).size() + problems.size();
  }

  TempFolder folder_ = *TempFolder::create();
  fs::path run_ = folder_.path() / "run";
  UploadQueue queue_ = *UploadQueue::open(folder_.path() / "queue");
  test::upload::FakeWorld world_;
  UploadRules rules_{.token = "t0ken", .retries = 3};
};

TEST_F(UploadSending, SendsABundleAndSavesTheReceipt) {
  const auto result = send_answers({created()});
  ASSERT_EQ(result.end, End::sent) << result.sentence;
  EXPECT_EQ(result.receipt, run_ / "upload.json");
  const auto receipt = read_receipt(result.receipt);
  ASSERT_EQ(problem(receipt), "");
  EXPECT_EQ(receipt->id, "r1");
  EXPECT_EQ(receipt->sha256, sha256_hex("bundle"));
  EXPECT_EQ(receipt->sent_at, "2026-09-21T14:13:20Z");
  EXPECT_EQ(receipt->server, kTarget);
  EXPECT_EQ(receipt->delete_token, "del3te");
  EXPECT_EQ(queued(), 0U);
  ASSERT_THAT(world_.http.seen, SizeIs(1));
  const auto& seen = world_.http.seen[0];
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.url, "https://board.example/api/v1/results");
  EXPECT_EQ(seen.body, "bundle");
  EXPECT_EQ(seen.token, "t0ken");
  EXPECT_THAT(seen.headers, Contains("Content-Type: application/vnd.edgebench.bundle+zip"));
  EXPECT_THAT(seen.headers, Contains("Idempotency-Key: " + sha256_hex("bundle")));
  EXPECT_THAT(seen.headers, Not(Contains(HasSubstr("t0ken"))));
  EXPECT_THAT(world_.said, IsEmpty());
}

TEST_F(UploadSending, TriesAgainWithTheSameKeyWhatMayPass) {
  const auto result = send_answers(
      {kNoConnection, Error{ErrorKind::timeout, "silence"}, ClientAnswer{.status = 503}, created()});
  ASSERT_EQ(result.end, End::sent) << result.sentence;
  ASSERT_THAT(world_.http.seen, SizeIs(4));
  for (const auto& seen : world_.http.seen) EXPECT_EQ(seen.headers, world_.http.seen[0].headers);
  EXPECT_EQ(world_.passed_s(), 3) << "0.5 of 1, 2 and 4 s";
  EXPECT_THAT(world_.said, ElementsAre("https://board.example: connection refused; try 2 of 4 in 1 s",
                                       HasSubstr("silence; try 3 of 4"), HasSubstr("HTTP 503")));
}

TEST_F(UploadSending, PausesGrowToAMinuteAndAreSpread) {
  rules_.retries = 9;
  world_.random = 0;
  EXPECT_EQ(send_answers({}).end, End::kept);
  EXPECT_EQ(world_.passed_s(), 0) << "full jitter begins at nothing";
  world_.random = 0.999999999;
  EXPECT_EQ(send(add()).end, End::kept);
  EXPECT_NEAR(static_cast<double>(world_.passed_s()), 1 + 2 + 4 + 8 + 16 + 32 + 60 * 3, 2);
  EXPECT_THAT(world_.http.seen, SizeIs(20));
}

TEST_F(UploadSending, WhatIsOutOfRetriesStaysInTheQueue) {
  const auto result = send_answers({kNoConnection, kNoConnection, kNoConnection, kNoConnection, created()});
  EXPECT_EQ(result.end, End::kept);
  EXPECT_EQ(result.sentence, kNoConnection.message);
  EXPECT_THAT(world_.http.seen, SizeIs(4));
  const auto kept = *queue_.find(add().id);
  EXPECT_EQ(kept.attempts, 4);
  EXPECT_EQ(kept.last_problem, kNoConnection.message);
  EXPECT_GT(kept.not_before_s, world_.kStartS);
  const auto later = send(kept);  // waits for its time first
  EXPECT_EQ(later.end, End::sent) << later.sentence;
  EXPECT_EQ(queued(), 0U);
}

TEST_F(UploadSending, WithoutRetriesThereIsOneTry) {
  rules_.retries = 0;
  EXPECT_EQ(send_answers({ClientAnswer{.status = 500}, created()}).end, End::kept);
  EXPECT_THAT(world_.http.seen, SizeIs(1));
  EXPECT_EQ(world_.passed_s(), 0);
}

TEST_F(UploadSending, TheServersPatienceIsKept) {
  ClientAnswer busy{.status = 429, .retry_after_s = 100};
  EXPECT_EQ(send_answers({busy, created()}).end, End::sent);
  EXPECT_EQ(world_.passed_s(), 100) << "and half a second";
  EXPECT_THAT(world_.said, ElementsAre(HasSubstr("in 101 s")));
}

TEST_F(UploadSending, AServerThatAsksForHoursIsTriedInALaterCall) {
  for (const std::int64_t asked_s : {3'600LL, 9'000'000'000'000'000'000LL}) {
    world_.http.answers = {ClientAnswer{.status = 503, .retry_after_s = asked_s}, created()};
    const auto upload = add();
    EXPECT_EQ(send(upload).end, End::kept);
    EXPECT_EQ(world_.passed_s(), 0);
    const auto now = *queue_.find(upload.id);
    EXPECT_LE(now.not_before_s, world_.kStartS + 86'400);
    const auto too_early = send(now);
    EXPECT_EQ(too_early.end, End::kept);
    EXPECT_THAT(too_early.sentence, HasSubstr("asked to wait until 2026-09-2"));
    EXPECT_THAT(world_.http.answers, SizeIs(1)) << "nobody was asked";
    ASSERT_TRUE(queue_.remove(now));
  }
}

TEST_F(UploadSending, ATimeThatNobodyCouldHaveMeantIsNotWaitedFor) {
  auto upload = add();
  upload.not_before_s = world_.kStartS + 400 * 86'400LL;  // written when the clock was wrong
  ASSERT_TRUE(queue_.update(upload));
  world_.http.answers = {created()};
  EXPECT_EQ(send(upload).end, End::sent);
}

TEST_F(UploadSending, WhatWillNeverBeTakenLeavesTheQueue) {
  const auto result =
      send_answers({json_answer(422, R"({"error":"2 records are wrong","findings":["p50"]})"), created()});
  EXPECT_EQ(result.end, End::refused);
  EXPECT_THAT(result.sentence, HasSubstr("2 records are wrong"));
  EXPECT_THAT(result.answer.findings, ElementsAre("p50"));
  EXPECT_EQ(queued(), 0U);
  EXPECT_THAT(world_.http.seen, SizeIs(1));
  EXPECT_FALSE(fs::exists(run_ / "upload.json"));
}

TEST_F(UploadSending, WhatTheUserCanCureStaysAndIsNotTriedAgain) {
  const Error no_trust{ErrorKind::invalid, "its certificate is not trusted"};
  for (const Result<ClientAnswer>& answer :
       {Result<ClientAnswer>(ClientAnswer{.status = 401}), Result<ClientAnswer>(ClientAnswer{.status = 302}),
        Result<ClientAnswer>(no_trust),
        Result<ClientAnswer>(ClientAnswer{.status = 200, .content_type = "text/html"})}) {
    world_.http.seen.clear();
    EXPECT_EQ(send_answers({answer, created()}).end, End::kept);
    EXPECT_THAT(world_.http.seen, SizeIs(1));
    EXPECT_EQ(queued(), 1U);
    EXPECT_EQ(queue_.find(add().id)->not_before_s, 0) << "the next call does not wait";
  }
}

TEST_F(UploadSending, AProcessKilledBetweenAnswerAndReceiptSendsTheSameOnceMore) {
  const auto upload = add();
  world_.http.answers = {created(), known()};
  ASSERT_EQ(send(upload).end, End::sent);
  // As it was before the receipt: in the queue, and known to the server.
  fs::remove(run_ / "upload.json");
  const auto result = send(add());
  ASSERT_EQ(result.end, End::sent);
  EXPECT_FALSE(result.answer.is_new);
  EXPECT_EQ(read_receipt(run_ / "upload.json")->id, "r1");
  EXPECT_THAT(world_.http.seen[1].headers, Contains("Idempotency-Key: " + upload.sha256));
  // And between the receipt and the queue.
  world_.http.answers = {created(), known()};
  ASSERT_EQ(send(add()).end, End::sent);
  ASSERT_EQ(send(add()).end, End::sent);
  EXPECT_EQ(read_receipt(run_ / "upload.json")->delete_token, "del3te") << "not lost by the second answer";
}

TEST_F(UploadSending, TheRightToDeleteSurvivesAnAnswerThatIsLost) {
  const auto upload = add();
  EXPECT_TRUE(upload.delete_token.starts_with("ebd_"));
  const std::string hash = sha256_hex(upload.delete_token);
  world_.http.answers = {kNoConnection,
                         json_answer(200, R"({"id":"r1","url":"https://board.example/runs/r1",)"
                                          R"("delete_token_hash":")" +
                                              hash + "\"}")};
  ASSERT_EQ(send(upload).end, End::sent);
  for (const auto& seen : world_.http.seen) EXPECT_THAT(seen.headers, Contains("Delete-Token-Hash: " + hash));
  EXPECT_EQ(read_receipt(run_ / "upload.json")->delete_token, upload.delete_token);
}

TEST_F(UploadSending, AHashThatIsNotOursGivesNoRight) {
  world_.http.answers = {json_answer(200, R"({"id":"r1","url":"https://board.example/runs/r1",)"
                                          R"("delete_token_hash":"0123"})")};
  ASSERT_EQ(send(add()).end, End::sent);
  EXPECT_EQ(read_receipt(run_ / "upload.json")->delete_token, "");
}

TEST_F(UploadSending, EveryTryIsNotedBeforeThePause) {
  std::vector<int> attempts;
  const auto upload = add();
  world_.http.on_exchange = [&] { attempts.push_back(queue_.find(upload.id)->attempts); };
  world_.http.answers = {kNoConnection, kNoConnection, created()};
  EXPECT_EQ(send(upload).end, End::sent);
  EXPECT_THAT(attempts, ElementsAre(0, 1, 2));
}

TEST_F(UploadSending, AnInterruptEndsThePauseAndLosesNothing) {
  world_.http.on_exchange = [&] { world_.is_stopped = true; };
  const auto result = send_answers({kNoConnection, created()});
  EXPECT_EQ(result.end, End::stopped);
  EXPECT_EQ(queued(), 1U);
  EXPECT_THAT(world_.http.seen, SizeIs(1));
}

TEST_F(UploadSending, AReceiptThatCannotBeSavedBesideTheRunIsKeptElsewhere) {
  const auto upload = add();
  fs::remove(run_);
  std::ofstream(run_) << "a file where the run was";
  world_.http.answers = {created()};
  const auto result = send(upload);
  ASSERT_EQ(result.end, End::sent) << result.sentence;
  EXPECT_THAT(result.sentence, HasSubstr("queue's folder"));
  EXPECT_EQ(result.receipt.parent_path(), queue_.folder());
  EXPECT_EQ(read_receipt(result.receipt)->delete_token, "del3te");
  EXPECT_EQ(queued(), 0U) << "a receipt is no upload";
}

TEST_F(UploadSending, OneThatAnotherProcessHasIsLeftToIt) {
  const auto upload = add();
  {
    const auto lock = queue_.lock(upload);
    EXPECT_EQ(send(upload).end, End::busy);
  }
  ASSERT_TRUE(queue_.remove(upload));
  EXPECT_EQ(send(upload).end, End::busy) << "just done";
  EXPECT_THAT(world_.http.seen, IsEmpty());
}

TEST_F(UploadSending, ADamagedBundleIsNotSent) {
  const auto upload = add();
  std::ofstream(queue_.folder() / (upload.id + ".ebz")) << "x";
  const auto result = send(upload);
  EXPECT_EQ(result.end, End::kept);
  EXPECT_THAT(result.sentence, HasSubstr("not the bundle that was queued"));
  EXPECT_THAT(world_.http.seen, IsEmpty());
}

TEST_F(UploadSending, DeletesByTheReceiptAlone) {
  ASSERT_EQ(send_answers({created()}).end, End::sent);
  world_.http.answers = {kNoConnection, ClientAnswer{.status = 204}};
  const auto deleted = delete_upload(run_ / "upload.json", {}, 1, world_.world());
  ASSERT_EQ(problem(deleted), "");
  EXPECT_EQ(*deleted, "");
  const auto& seen = world_.http.seen.back();
  EXPECT_EQ(seen.method, "DELETE");
  EXPECT_EQ(seen.url, "https://board.example/api/v1/results/r1");
  EXPECT_EQ(seen.token, "del3te") << "never the token for uploads";
  EXPECT_FALSE(fs::exists(run_ / "upload.json"));
}

TEST_F(UploadSending, WhatIsNotDeletedKeepsItsReceipt) {
  ASSERT_EQ(send_answers({created()}).end, End::sent);
  world_.http.answers = {ClientAnswer{.status = 403}};
  EXPECT_THAT(problem(delete_upload(run_ / "upload.json", {}, 5, world_.world())), HasSubstr("delete token"));
  world_.http.answers = {};
  EXPECT_THAT(problem(delete_upload(run_ / "upload.json", {}, 2, world_.world())),
              HasSubstr("nobody answers"));
  EXPECT_TRUE(fs::exists(run_ / "upload.json"));
  world_.http.answers = {json_answer(404, "{}")};
  EXPECT_THAT(*delete_upload(run_ / "upload.json", {}, 0, world_.world()), HasSubstr("any more"));
}

TEST_F(UploadSending, AReceiptCannotSendItsTokenInPlainText) {
  const UploadReceipt far{.id = "r1", .server = "http://board.example", .delete_token = "del3te"};
  ASSERT_TRUE(save_receipt(run_ / "upload.json", far));
  EXPECT_THAT(problem(delete_upload(run_ / "upload.json", {}, 0, world_.world())),
              HasSubstr("--insecure-http"));
  const UploadReceipt none{.id = "r1", .server = kTarget};
  ASSERT_TRUE(save_receipt(run_ / "none.json", none));
  EXPECT_THAT(problem(delete_upload(run_ / "none.json", {}, 0, world_.world())),
              HasSubstr("no delete token"));
  EXPECT_THAT(world_.http.seen, IsEmpty());
}

TEST_F(UploadSending, TheTokenIsInAFileOrInTheEnvironment) {
  const fs::path file = folder_.path() / "token";
  ASSERT_TRUE(write_private_file(file, "s3cret\n"));
  EXPECT_EQ(*read_token(file, nullptr), "s3cret");
  EXPECT_EQ(*read_token(file, "other"), "s3cret") << "what was named comes first";
  EXPECT_EQ(*read_token({}, "from-environment"), "from-environment");
  EXPECT_THAT(problem(read_token({}, nullptr)), HasSubstr("EDGEBENCH_TOKEN"));
  for (const char* bad : {"", "s3cret word", "s3cret\r\nX: y", "s3cret\xff"}) {
    EXPECT_THAT(problem(read_token({}, bad)),
                ::testing::AllOf(HasSubstr("EDGEBENCH_TOKEN"), Not(HasSubstr("s3cret"))));
    ASSERT_TRUE(write_private_file(file, bad));
    EXPECT_THAT(problem(read_token(file, nullptr)),
                ::testing::AllOf(HasSubstr("--token-file"), Not(HasSubstr("s3cret"))));
  }
  fs::permissions(file, fs::perms::others_read, fs::perm_options::add);
  EXPECT_THAT(problem(read_token(file, nullptr)), HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace eb
