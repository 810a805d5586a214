#pragma once
// A board on a store in memory, with a validator that takes "run N" and "bad ..." for bundles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/base/files.h"
#include "results/server/board.h"
#include "results/server/tokens.h"
#include "tests/results/server/memory_store.h"
#include "tests/support/fake_clock.h"

namespace eb::board::test {

using eb::test::FakeClock;

inline constexpr const char* kBundleType = "application/vnd.edgebench.bundle+zip";

// One good record; `ms` is its latency.
inline RunRecord good_record(double ms = 2.5) {
  RunRecord record{.workload = "vision/face-detection",
                   .task = "detection",
                   .backend = "vulkan",
                   .device = "vulkan:0",
                   .device_name = "Adreno 740",
                   .device_kind = "gpu",
                   .precision = "fp16",
                   .scenario = "single-stream",
                   .tier = "standard"};
  record.ranked = true;
  record.launches = 3;
  record.latency_mean_ms = ms;
  record.latency_p50_ms = ms;
  record.latency_p99_ms = ms * 1.4;
  record.latency_mean_low_ms = ms * 0.98;
  record.latency_mean_high_ms = ms * 1.02;
  record.throughput_sps = 1000 / ms;
  record.placement_macs = 0.99;
  record.placement_evidence = "assigned";
  return record;
}

inline Run run_of(std::vector<RunRecord> records, const std::string& started_at = "2026-11-30T08:00:00Z") {
  Run run{.records = std::move(records)};
  run.context = {{"started_at", started_at}, {"machine", "Test board"}};
  return run;
}

class BoardTest : public ::testing::Test {
 protected:
  BoardTest() { make_board({}); }

  void make_board(BoardRules rules) {
    board_.reset();
    writer_ = std::make_unique<Writer>(std::make_unique<MemoryStore>(memory_));
    rules.public_url = "https://board.example";
    const BundleGate gate = [this](std::string_view bytes) {
      CheckedBundle checked{judge(bytes)};
      if (checked.verdict.kind != Verdict::Kind::refused) checked.bundle = unpack(bytes);
      return checked;
    };
    board_ = std::make_unique<Board>(
        readers_, *writer_, gate, clock_, [] { return "2026-11-30T09:00:00Z"; }, std::move(rules));
  }

  static Verdict judge(std::string_view bytes) {
    if (bytes.starts_with("run")) return {.kind = Verdict::Kind::accepted};
    return {.kind = Verdict::Kind::refused,
            .findings = {{Finding::Weight::refusal, "<b>cell</b>", "its latencies are invented"}}};
  }
  Bundle unpack(std::string_view bytes) {
    const auto found = bundles_.find(std::string(bytes));
    if (found != bundles_.end()) return found->second;
    Bundle bundle{.key_id = "aa"};
    bundle.run = run_of({good_record()}, "at " + std::string(bytes));
    return bundle;
  }

  // As the server does it: the head first, then the body.
  HttpAnswer ask(HttpRequest request) {
    if (request.peer.empty()) request.peer = "192.0.2.7";
    HttpRequest head = request;
    head.body.clear();
    auto admission = board_->admit(head);
    if (auto* refusal = std::get_if<HttpAnswer>(&admission)) return std::move(*refusal);
    EXPECT_LE(request.body.size(), std::get_if<Admission>(&admission)->most_body_bytes);
    return board_->answer(request, *std::get_if<Admission>(&admission));
  }
  HttpAnswer get(std::string target) { return ask({.method = "GET", .target = std::move(target)}); }
  static nlohmann::json json(const HttpAnswer& answer) {
    return nlohmann::json::parse(answer.body, nullptr, false);
  }

  std::string token(const std::string& scopes) {
    const std::string token = new_token(TokenKind::bearer);
    EXPECT_TRUE(MemoryStore(memory_).put_token({token_hash(token), "test", scopes, "now"}));
    return token;
  }
  HttpRequest upload_of(const std::string& body, const std::string& token) {
    return {.method = "POST",
            .target = "/api/v1/results",
            .headers = {{"content-type", kBundleType},
                        {"authorization", "Bearer " + token},
                        {"idempotency-key", sha256_hex(body)},
                        {"content-length", std::to_string(body.size())}},
            .body = body};
  }
  // A run that is in the store; its id.
  std::string store(const eb::Run& run, const std::string& key_id = "aa") {
    const auto added = writer_->add({.run = run,
                                     .received_at = "2026-11-30T08:30:00Z",
                                     .source = "upload",
                                     .bundle = "zip",
                                     .key_id = key_id});
    EXPECT_TRUE(added);
    return added->run_id;
  }

  std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
  FakeClock clock_;
  std::map<std::string, Bundle> bundles_;
  Readers readers_{[this]() -> Result<std::unique_ptr<Store>> {
    return std::unique_ptr<Store>(new MemoryStore(memory_));
  }};
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Board> board_;
};

inline std::string header_of(const HttpAnswer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers)
    if (key == name) return value;
  return "";
}

}  // namespace eb::board::test
