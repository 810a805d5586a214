#include "harness/base/line_channel.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {
namespace {

constexpr std::size_t kChunkBytes = 4096, kQuotedBytes = 100;
constexpr std::int64_t kMillisecondNs = 1'000'000;

}  // namespace

LineChannel::LineChannel(std::unique_ptr<Stream> stream, Clock& clock, std::string peer, LineRules rules)
    : stream_(std::move(stream)), clock_(clock), peer_(std::move(peer)), rules_(std::move(rules)) {}

Error LineChannel::broken(Error error) {
  broken_ = Error{error.kind, fmt::format("{} {}", peer_, error.message)};
  return *broken_;
}

Status LineChannel::send(std::string_view line) {
  if (broken_) return *broken_;
  auto sent = stream_->write_all(std::string(line) + rules_.end, rules_.limit);
  if (!sent) return broken(sent.error());
  return Done{};
}

std::optional<std::string> LineChannel::take_line() {
  const std::size_t end = buffer_.find('\n');
  if (end == std::string::npos) return std::nullopt;
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

Result<std::string> LineChannel::receive(std::optional<std::chrono::milliseconds> limit) {
  if (broken_) return *broken_;
  const auto allowed = limit.value_or(rules_.limit);
  const std::int64_t deadline_ns = clock_.now_ns() + allowed.count() * kMillisecondNs;
  while (true) {
    if (auto line = take_line()) return *std::move(line);
    if (buffer_.size() > rules_.longest_bytes)
      return broken(
          {ErrorKind::device, fmt::format("sent a line of more than {} bytes", rules_.longest_bytes)});
    const std::int64_t left_ns = deadline_ns - clock_.now_ns();
    if (left_ns <= 0)
      return broken({ErrorKind::timeout, fmt::format("gave no answer within {} ms", allowed.count())});
    const std::int64_t left_ms = (left_ns + kMillisecondNs - 1) / kMillisecondNs;
    auto chunk = stream_->read_some(kChunkBytes, std::chrono::milliseconds(left_ms));
    if (chunk) {
      buffer_ += *chunk;
    } else if (chunk.error().kind != ErrorKind::timeout) {
      return broken(chunk.error());
    }
  }
}

Result<std::string> LineChannel::ask(std::string_view line) {
  EB_OK(send(line));
  buffer_.clear();
  return receive();
}

std::string printable(std::string_view text) {
  std::string clean(text.substr(0, kQuotedBytes));
  std::replace_if(
      clean.begin(), clean.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return clean;
}

}  // namespace eb
