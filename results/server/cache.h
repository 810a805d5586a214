#pragma once
// Answers that are given again for a moment, so that a page that everybody looks at is made once a second.
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "results/server/http.h"

namespace eb::board {

// For any number of threads. Forgets everything when it holds more than `most_bytes`. When an answer is too
// old, one asker gets nothing and makes it anew; until then the others get the old one, at most as long
// again.
class AnswerCache {
 public:
  explicit AnswerCache(std::int64_t fresh_ns, std::size_t most_bytes = 64 << 20)
      : fresh_ns_(fresh_ns), most_bytes_(most_bytes) {}

  std::optional<HttpAnswer> find(const std::string& target, std::int64_t now_ns) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(target);
    if (found == entries_.end()) return std::nullopt;
    Entry& entry = found->second;
    const std::int64_t age_ns = now_ns - entry.made_ns;
    if (age_ns < fresh_ns_ || (entry.is_being_made && age_ns < 2 * fresh_ns_)) return entry.answer;
    entry.is_being_made = true;
    return std::nullopt;
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
    bool is_being_made = false;  // anew, by somebody
  };
  const std::int64_t fresh_ns_;
  const std::size_t most_bytes_;
  std::mutex mutex_;  // guards the rest
  std::unordered_map<std::string, Entry> entries_;
  std::size_t bytes_ = 0;
};

}  // namespace eb::board
