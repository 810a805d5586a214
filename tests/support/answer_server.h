#pragma once
// A server of HTTP on this machine that says what a test wants.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/base/tcp.h"

namespace eb::test {

// Takes one request a client up to its empty line, gives the answer, and closes.
class AnswerServer {
 public:
  explicit AnswerServer(std::string answer) : answer_(std::move(answer)), thread_([this] { serve(); }) {}
  AnswerServer(const AnswerServer&) = delete;
  AnswerServer& operator=(const AnswerServer&) = delete;
  ~AnswerServer() { end(); }

  // Of `path`, which begins with a slash.
  std::string url(std::string_view path = "/api/v1/results") const {
    return fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
  }
  // The lines that came, once no more can come.
  std::vector<std::string> lines() {
    end();
    return lines_;
  }

 private:
  void end() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  void serve() {
    while (!is_over_) {
      const auto line = server_->next(std::chrono::milliseconds(5));
      if (!line) continue;
      lines_.push_back(line->text);
      if (!line->text.empty()) continue;
      server_->send(line->client, answer_);
      server_->close(line->client);
    }
  }

  std::unique_ptr<LineServer> server_ =
      *LineServer::listen("127.0.0.1", 0, {.longest_line_bytes = 1 << 20, .most_queued_bytes = 64 << 20});
  std::string answer_;
  std::vector<std::string> lines_;
  std::atomic<bool> is_over_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace eb::test
