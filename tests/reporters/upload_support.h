#pragma once
// A leaderboard that says what a test wants, and a world in which nobody waits.
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/files.h"
#include "reporters/upload.h"
#include "tests/support/fake_clock.h"

namespace eb::test::upload {

inline constexpr const char* kTarget = "https://board.example";

inline ClientAnswer json_answer(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .body = std::move(body)};
}

inline ClientAnswer created() {
  return json_answer(201, R"({"id":"r1","url":"https://board.example/runs/r1","verdict":"accepted",)"
                          R"("trust":"unverified","delete_token":"del3te"})");
}

inline ClientAnswer known() {
  return json_answer(200, R"({"id":"r1","url":"https://board.example/runs/r1","trust":"unverified"})");
}

class FakeHttp final : public HttpClient {
 public:
  struct Seen {
    std::string method, url, token, body;
    std::vector<std::string> headers;
  };
  Result<ClientAnswer> exchange(const ClientRequest& request) override {
    seen.push_back({request.method, request.url, request.token, std::string(request.body), request.headers});
    if (on_exchange) on_exchange();
    if (answers.empty()) return Error{ErrorKind::unavailable, "nobody answers"};
    auto next = std::move(answers.front());
    answers.pop_front();
    return next;
  }
  std::deque<Result<ClientAnswer>> answers{};  // when there is none left, nobody answers
  std::vector<Seen> seen{};
  std::function<void()> on_exchange{};
};

// Clock and calendar move together.
struct FakeWorld {
  static constexpr std::int64_t kStartS = 1'790'000'000;  // 2026-09-21T14:13:20Z
  FakeHttp http{};
  FakeClock clock{};
  std::vector<std::string> said{};
  double random = 0.5;
  bool is_stopped = false;
  std::int64_t start_ns = clock.now_ns();

  std::int64_t passed_s() { return (clock.now_ns() - start_ns) / 1'000'000'000; }
  UploadWorld world() {
    return {.http = http,
            .clock = clock,
            .utc_s = [this] { return kStartS + passed_s(); },
            .random = [this] { return random; },
            .is_stopped = [this] { return is_stopped; },
            .say = [this](const std::string& sentence) { said.push_back(sentence); }};
  }
};

}  // namespace eb::test::upload
