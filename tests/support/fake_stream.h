#pragma once
// The other side of a Stream, on a fake clock: what it answers, how slowly, and when it goes away.
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "harness/base/stream.h"
#include "tests/support/fake_clock.h"

namespace eb::test {

struct FakePeer {
  // What it sends after these bytes came; it may look at all that came so far in `received`.
  std::function<std::string(std::string_view bytes)> answer{};
  std::string greeting{};
  std::int64_t delay_ns = 0;       // that each read takes
  std::size_t slice_bytes = 4096;  // that a read gives at most
  bool is_closed = false, is_stuck = false;
  std::string received{};
  int connections = 0;
};

class FakeStream final : public Stream {
 public:
  FakeStream(FakeClock& clock, std::shared_ptr<FakePeer> peer)
      : clock_(clock), peer_(std::move(peer)), waiting_(peer_->greeting) {
    ++peer_->connections;
  }

  Result<std::string> read_some(std::size_t most, std::chrono::milliseconds limit) override {
    if (waiting_.empty() && peer_->is_closed) return Error{ErrorKind::io, "closed the connection"};
    if (waiting_.empty() || peer_->is_stuck) {
      clock_.advance(limit.count() * 1'000'000);
      return Error{ErrorKind::timeout, "sent nothing"};
    }
    clock_.advance(peer_->delay_ns);
    const std::string bytes = waiting_.substr(0, std::min(most, peer_->slice_bytes));
    waiting_.erase(0, bytes.size());
    return bytes;
  }

  Status write_all(std::string_view bytes, std::chrono::milliseconds) override {
    if (peer_->is_closed) return Error{ErrorKind::io, "broke the connection"};
    peer_->received += bytes;
    if (peer_->answer) waiting_ += peer_->answer(bytes);
    return Done{};
  }

 private:
  FakeClock& clock_;
  std::shared_ptr<FakePeer> peer_;
  std::string waiting_;
};

// Answers each line, without its end, by what `one` says, with `end` after it; empty: no answer.
inline std::function<std::string(std::string_view)> by_line(std::function<std::string(std::string_view)> one,
                                                            std::string end = "\n") {
  return [one = std::move(one), end = std::move(end), open = std::string()](std::string_view bytes) mutable {
    open += bytes;
    std::string all;
    for (std::size_t at = open.find('\n'); at != std::string::npos; at = open.find('\n')) {
      std::string line = open.substr(0, at);
      open.erase(0, at + 1);
      if (line.ends_with('\r')) line.pop_back();
      if (const std::string answer = one(line); !answer.empty()) all += answer + end;
    }
    return all;
  };
}

}  // namespace eb::test
