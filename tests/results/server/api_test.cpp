#include "results/server/api.h"

#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using ApiTest = BoardTest;
using ::testing::HasSubstr;

TEST_F(ApiTest, ListsResultsWithFiltersOrderAndPages) {
  for (int i = 1; i <= 5; ++i) store(run_of({good_record(i)}));
  auto slow = good_record(9);
  slow.task = "recognition";
  store(run_of({slow}));
  const auto all = json(get("/api/v1/results"));
  EXPECT_EQ(all["total"], 6);
  EXPECT_EQ(all["schema"], "edgebench.results/1");
  const auto answer = get("/api/v1/results?task=detection&order_by=latency_p50_ms&descending=1&limit=2");
  EXPECT_EQ(answer.status, 200);
  const auto page = json(answer);
  EXPECT_EQ(page["total"], 5);
  ASSERT_EQ(page["results"].size(), 2U);
  EXPECT_EQ(page["results"][0]["record"]["latency_p50_ms"], 5);
  EXPECT_EQ(page["results"][0]["trust"], "unverified");
  EXPECT_EQ(page["results"][0]["machine"], "Test board");
  const auto next = json(get(page["next"]));
  EXPECT_EQ(next["results"][0]["record"]["latency_p50_ms"], 3);
  const auto last = json(get(next["next"]));
  EXPECT_EQ(last["results"].size(), 1U);
  EXPECT_FALSE(last.contains("next"));
}

TEST_F(ApiTest, TakesConditions) {
  for (int i = 1; i <= 5; ++i) store(run_of({good_record(i)}));
  EXPECT_EQ(json(get("/api/v1/results?where=latency_p50_ms%3C%3D2&where=status%3Dok"))["total"], 2);
  EXPECT_EQ(json(get("/api/v1/results?task=&device_kind="))["total"], 5);
}

class BadQuery : public ApiTest, public ::testing::WithParamInterface<const char*> {};
TEST_P(BadQuery, IsOneSentenceOf400) {
  const auto answer = get(std::string("/api/v1/results?") + GetParam());
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_FALSE(json(answer)["error"].get<std::string>().empty());
}
INSTANTIATE_TEST_SUITE_P(All, BadQuery,
                         ::testing::Values("no_such_field=1", "order_by=delete_token_hash", "limit=0",
                                           "limit=1001", "limit=9x", "limit=-1", "offset=100001",
                                           "offset=1e3", "descending=yes", "where=nothing",
                                           "where=bundle%3D1", "format=pdf", "'%20OR%201=1--=1",
                                           "limit=99999999999999999999"));

TEST_F(ApiTest, RefusesLongValues) {
  EXPECT_EQ(get("/api/v1/results?task=" + std::string(501, 'a')).status, 400);
  EXPECT_EQ(get("/api/v1/results?task=" + std::string(3000, 'a')).status, 414);
}

TEST_F(ApiTest, ShowsARunWithoutItsSecrets) {
  const auto token = this->token("upload");
  const auto receipt = json(ask(upload_of("run 1", token)));
  const auto answer = get("/api/v1/results/" + receipt["id"].get<std::string>());
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(json(answer)["run"]["records"].size(), 1U);
  EXPECT_EQ(json(answer)["received_at"], "2026-11-30T09:00:00Z");
  EXPECT_EQ(answer.body.find("hash"), std::string::npos);
  EXPECT_EQ(answer.body.find(token_hash(receipt["delete_token"].get<std::string>())), std::string::npos);
}

TEST_F(ApiTest, UnknownRunsAre404) {
  for (const std::string& id : {std::string(64, 'a'), std::string("x"), std::string(64, 'A')}) {
    EXPECT_EQ(get("/api/v1/results/" + id).status, 404) << id;
    EXPECT_EQ(get("/api/v1/results/" + id + "/bundle").status, 404) << id;
  }
  EXPECT_EQ(get("/api/v2/results").status, 404);
  EXPECT_EQ(get("/api").status, 404);
}

TEST_F(ApiTest, GivesTheBundleAsAFile) {
  const auto receipt = json(ask(upload_of("run 1", token("upload"))));
  const auto answer = get("/api/v1/results/" + receipt["id"].get<std::string>() + "/bundle");
  EXPECT_EQ(answer.body, "run 1");
  EXPECT_EQ(answer.content_type, kBundleType);
  EXPECT_THAT(header_of(answer, "Content-Disposition"), HasSubstr("attachment"));
}

TEST_F(ApiTest, AnUploadGivesAReceipt) {
  const auto answer = ask(upload_of("run 1", token("upload")));
  EXPECT_EQ(answer.status, 201);
  const auto receipt = json(answer);
  EXPECT_EQ(receipt["url"], "https://board.example/runs/" + receipt["id"].get<std::string>());
  EXPECT_EQ(receipt["trust"], "unverified");
  EXPECT_TRUE(receipt["delete_token"].get<std::string>().starts_with("ebd_"));
  EXPECT_TRUE(receipt.contains("verdict"));
  EXPECT_EQ(memory_->bundles.begin()->second, "run 1");
}

TEST_F(ApiTest, TheSameUploadIsKnown) {
  const auto token = this->token("upload");
  const auto first = json(ask(upload_of("run 1", token)));
  const auto again = ask(upload_of("run 1", token));
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(json(again)["id"], first["id"]);
  EXPECT_FALSE(json(again).contains("delete_token"));
  EXPECT_EQ(memory_->runs.size(), 1U);
}

TEST_F(ApiTest, ADeleteTokenOfTheSendersOwnSurvivesAnAnswerThatIsLost) {
  const std::string token = this->token("upload"), secret = "ebd_mine", hash = token_hash(secret);
  auto request = upload_of("run 1", token);
  request.headers.emplace_back("delete-token-hash", hash);
  const auto lost = ask(request), again = ask(request), other = ask(upload_of("run 1", token));
  EXPECT_EQ(lost.status, 201);
  EXPECT_FALSE(json(lost).contains("delete_token"));
  EXPECT_EQ(json(lost)["delete_token_hash"], hash);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(json(again)["delete_token_hash"], hash);
  EXPECT_EQ(other.body.find(hash), std::string::npos) << "who did not send it is not told";
  const std::string id = json(again)["id"];
  EXPECT_EQ(ask({.method = "DELETE",
                 .target = "/api/v1/results/" + id,
                 .headers = {{"authorization", "Bearer " + secret}}})
                .status,
            204);
}

TEST_F(ApiTest, AnotherSendersHashTakesNoRight) {
  const std::string token = this->token("upload");
  const auto first = json(ask(upload_of("run 1", token)));
  auto request = upload_of("run 1", token);
  request.headers.emplace_back("delete-token-hash", token_hash("ebd_thief"));
  EXPECT_FALSE(json(ask(request)).contains("delete_token_hash"));
  EXPECT_EQ(memory_->runs.front().delete_token_hash, token_hash(std::string(first["delete_token"])));
  for (const std::string& bad :
       {std::string(), std::string("x"), std::string(64, 'A'), std::string(65, 'a')}) {
    request.headers.back().second = bad;
    EXPECT_EQ(ask(request).status, 400) << bad;
  }
}

TEST_F(ApiTest, RefusesWhatTheValidatorRefuses) {
  const auto answer = ask(upload_of("bad", token("upload")));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(json(answer)["findings"][0]["where"], "<b>cell</b>");
  EXPECT_EQ(json(answer)["findings"][0]["weight"], "refusal");
  EXPECT_TRUE(memory_->runs.empty());
}

TEST_F(ApiTest, TheKeyMustBeTheHashOfTheBody) {
  auto request = upload_of("run 1", token("upload"));
  request.body = "run 2";
  EXPECT_EQ(ask(request).status, 400);
  auto without = upload_of("run 1", token("upload"));
  std::erase_if(without.headers, [](const auto& header) { return header.first == "idempotency-key"; });
  EXPECT_EQ(ask(without).status, 400);
}

TEST_F(ApiTest, AFailingStoreIsSaidWithoutItsPaths) {
  const auto token = this->token("upload");
  memory_->failure = "/var/lib/secret.db is full";
  for (const auto& answer : {ask(upload_of("run 1", token)), get("/api/v1/results"), get("/")}) {
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.body.find("/var/lib"), std::string::npos);
    EXPECT_THAT(answer.note, HasSubstr("secret.db"));
  }
}

TEST_F(ApiTest, TheDeleteTokenDeletesItsRunOnly) {
  const auto token = this->token("upload");
  const auto one = json(ask(upload_of("run 1", token))), two = json(ask(upload_of("run 2", token)));
  const auto remove = [&](const std::string& id, const std::string& with) {
    return ask({.method = "DELETE",
                .target = "/api/v1/results/" + id,
                .headers = {{"authorization", "Bearer " + with}}})
        .status;
  };
  EXPECT_EQ(remove(two["id"], one["delete_token"]), 403);
  EXPECT_EQ(remove(one["id"], token), 403);
  EXPECT_EQ(remove("../../x", token), 400);
  EXPECT_EQ(remove(one["id"], ""), 401);
  EXPECT_EQ(remove(one["id"], one["delete_token"]), 204);
  EXPECT_EQ(remove(one["id"], one["delete_token"]), 403);
  const auto admin = this->token("admin");
  EXPECT_EQ(remove(one["id"], admin), 404);
  EXPECT_EQ(remove(two["id"], admin), 204);
  EXPECT_TRUE(memory_->runs.empty());
}

TEST_F(ApiTest, AnAdministratorSetsTrust) {
  const auto receipt = json(ask(upload_of("run 1", token("upload"))));
  const auto set = [&](const std::string& body, const std::string& token,
                       const char* type = "application/json") {
    return ask({.method = "POST",
                .target = "/api/v1/results/" + receipt["id"].get<std::string>() + "/trust",
                .headers = {{"content-type", type}, {"authorization", "Bearer " + token}},
                .body = body})
        .status;
  };
  const auto admin = token("admin");
  EXPECT_EQ(set(R"({"trust":"audited"})", admin), 200);
  EXPECT_EQ(memory_->records[0].trust, Trust::audited);
  EXPECT_EQ(set(R"({"trust":"audited"})", token("upload")), 403);
  EXPECT_EQ(set(R"({"trust":"audited"})", admin, "text/plain"), 415);
  for (const std::string& bad :
       {std::string("[]"), std::string("{}"), std::string(R"({"trust":1})"),
        std::string(R"({"trust":"gold"})"), std::string("x"), std::string(3000, '[')})
    EXPECT_EQ(set(bad, admin), 400) << bad;
}

}  // namespace
}  // namespace eb::board::test
