#pragma once
// Answers that are given again for a moment, so that a page that everybody looks at is made once a second.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "results/server/http.h"

namespace eb::board {

// For any number of threads. Forgets everything when it holds more than `most_bytes`.
class AnswerCache {
 public:
  explicit AnswerCache(std::int64_t fresh_ns, std::size_t most_bytes = 64 << 20)
      : fresh_ns_(fresh_ns), most_bytes_(most_bytes) {}

  std::optional<HttpAnswer> find(const std::string& target, std::int64_t now_ns) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(target);
    if (found == entries_.end() || now_ns - found->second.made_ns >= fresh_ns_) return std::nullopt;
    return found->second.answer;
  }
  void keep(const std::string& target, const HttpAnswer& answer, std::int64_t now_ns) {
    const std::lock_guard lock(mutex_);
    const std::size_t bytes = target.size() + answer.body.size();
    if (bytes > most_bytes_ / 4) return;
    if (bytes_ + bytes > most_bytes_) {
      entries_.clear();
      bytes_ = 0;
    }
    bytes_ += bytes;  // counts replaced ones too, which only makes it forget earlier
    entries_.insert_or_assign(target, Entry{answer, now_ns});
  }

 private:
  struct Entry {
    HttpAnswer answer{};
    std::int64_t made_ns = 0;
  };
  const std::int64_t fresh_ns_;
  const std::size_t most_bytes_;
  std::mutex mutex_;  // guards the rest
  std::unordered_map<std::string, Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace eb::board
