#include "reporters/upload.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/base/files.h"
#include "harness/base/private_file.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

using End = UploadResult::End;
using Next = UploadAnswer::Next;

constexpr const char* kBundleType = "application/vnd.edgebench.bundle+zip";
constexpr std::int64_t kNsPerS = 1'000'000'000;
constexpr double kFirstPauseS = 1, kLongestPauseS = 60;
// A server may ask for more patience than anyone has who looks on: then it is tried in a later call. And no
// server puts an upload off for longer than a day.
constexpr std::int64_t kLongestWaitS = 600, kLongestDelayS = 86'400;

// Back-off with full jitter, so that a thousand boards do not come back at once; on top of what the server
// asked for.
double pause_s(int tries, std::optional<std::int64_t> retry_after_s, const UploadWorld& world) {
  const double most_s = std::min(kLongestPauseS, kFirstPauseS * std::exp2(std::min(tries - 1, 30)));
  const auto asked_s = std::clamp<std::int64_t>(retry_after_s.value_or(0), 0, kLongestDelayS);
  return static_cast<double>(asked_s) + world.random() * most_s;
}

bool is_stopped(const UploadWorld& world) {
  return world.is_stopped && world.is_stopped();
}

// In slices, so that Ctrl-C ends it.
void wait_s(double seconds, const UploadWorld& world) {
  const auto end_ns = world.clock.now_ns() + static_cast<std::int64_t>(seconds * kNsPerS);
  while (!is_stopped(world) && world.clock.now_ns() < end_ns)
    world.clock.wait_until_ns(std::min(end_ns, world.clock.now_ns() + kNsPerS / 5));
}

// One exchange as an answer: what went wrong on the way, too.
UploadAnswer ask(const ClientRequest& request, const std::string& target, const UploadWorld& world) {
  const auto answer = world.http.exchange(request);
  if (answer)
    return request.method == "POST" ? read_upload_answer(*answer, target)
                                    : read_delete_answer(*answer, target);
  const ErrorKind kind = answer.error().kind;
  const bool may_pass = kind == ErrorKind::unavailable || kind == ErrorKind::timeout;
  return {.next = may_pass ? Next::retry : Next::keep, .sentence = answer.error().message};
}

// Says why and for how long, and waits; false when it is not worth waiting.
bool pause(int tries, int retries, const UploadAnswer& answer, double seconds, const UploadWorld& world) {
  if (answer.next != Next::retry || tries > retries || seconds > kLongestWaitS || is_stopped(world))
    return false;
  if (world.say)
    world.say(fmt::format("{}; try {} of {} in {:.0f} s", answer.sentence, tries + 1, retries + 1,
                          std::ceil(seconds)));
  wait_s(seconds, world);
  return !is_stopped(world);
}

std::string utc_text(std::int64_t unix_s) {
  using namespace std::chrono;
  const sys_seconds time{seconds(unix_s)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

// Of one upload whose lock is held.
class Sender {
 public:
  Sender(UploadQueue& queue, QueuedUpload upload, const UploadRules& rules, const UploadWorld& world)
      : queue_(queue), upload_(std::move(upload)), rules_(rules), world_(world) {}

  UploadResult send() {
    const auto bundle = queue_.bundle(upload_);
    if (!bundle) return {.end = End::kept, .sentence = bundle.error().message};
    if (auto result = wait_for_its_time()) return *std::move(result);
    ClientRequest request = upload_request(upload_.target, *bundle, upload_.sha256, upload_.delete_token);
    request.token = rules_.token;
    for (int tries = 1;; ++tries) {
      UploadAnswer answer = ask(request, upload_.target, world_);
      if (answer.next == Next::done) return finish(std::move(answer));
      if (answer.next == Next::discard) return discard(std::move(answer));
      const double seconds = pause_s(tries, answer.retry_after_s, world_);
      // Noted before the wait: a process that is ended in it leaves what the next one has to know.
      if (auto noted = note(answer, seconds); !noted) return kept(std::move(answer), noted.error().message);
      if (pause(tries, rules_.retries, answer, seconds, world_)) continue;
      if (is_stopped(world_))
        return {.end = End::stopped, .sentence = "interrupted", .answer = std::move(answer)};
      std::string sentence = answer.sentence;
      return kept(std::move(answer), std::move(sentence));
    }
  }

 private:
  // What an earlier process was told to wait for; nothing when the time has come.
  std::optional<UploadResult> wait_for_its_time() {
    const std::int64_t left_s = upload_.not_before_s - world_.utc_s();
    if (left_s <= 0 || left_s > kLongestDelayS) return std::nullopt;  // more: somebody has set the clock
    if (left_s > kLongestWaitS)
      return UploadResult{.end = End::kept,
                          .sentence = fmt::format("the server asked to wait until {}: {}",
                                                  utc_text(upload_.not_before_s), upload_.last_problem)};
    if (world_.say) world_.say(fmt::format("{}: the next try is due in {} s", upload_.target, left_s));
    wait_s(static_cast<double>(left_s), world_);
    if (!is_stopped(world_)) return std::nullopt;
    return UploadResult{.end = End::stopped, .sentence = "interrupted"};
  }

  Status note(const UploadAnswer& answer, double seconds) {
    upload_.attempts += 1;
    upload_.last_problem = answer.sentence;
    const auto delay_s = std::min(static_cast<std::int64_t>(std::ceil(seconds)), kLongestDelayS);
    upload_.not_before_s = answer.next == Next::retry ? world_.utc_s() + delay_s : 0;
    return queue_.update(upload_);
  }

  static UploadResult kept(UploadAnswer answer, std::string sentence) {
    return {.end = End::kept, .sentence = std::move(sentence), .answer = std::move(answer)};
  }

  // The receipt first: a process that ends in between sends once more and is told that it is known.
  UploadResult finish(UploadAnswer answer) {
    if (answer.delete_token_hash == sha256_hex(upload_.delete_token))
      answer.receipt.delete_token = upload_.delete_token;
    answer.receipt.sha256 = upload_.sha256;
    answer.receipt.sent_at = utc_text(world_.utc_s());
    auto saved = save_receipt(upload_.receipt, answer.receipt);
    std::string sentence;
    if (!saved) {  // the folder of the run is gone or full; the right to delete must not be lost with it
      sentence = fmt::format("the receipt is in the queue's folder, because: {}", saved.error().message);
      saved = save_receipt(queue_.folder() / (upload_.id + ".receipt"), answer.receipt);
    }
    if (!saved) return kept(std::move(answer), saved.error().message);
    if (const auto removed = queue_.remove(upload_); !removed)
      return kept(std::move(answer), removed.error().message);
    return {.end = End::sent, .sentence = sentence, .answer = std::move(answer), .receipt = *saved};
  }

  UploadResult discard(UploadAnswer answer) {
    std::string sentence = answer.sentence;
    if (const auto removed = queue_.remove(upload_); !removed)
      return kept(std::move(answer), removed.error().message);
    return {.end = End::refused, .sentence = std::move(sentence), .answer = std::move(answer)};
  }

  UploadQueue& queue_;
  QueuedUpload upload_;
  const UploadRules& rules_;
  const UploadWorld& world_;
};

}  // namespace

Result<std::string> read_token(const fs::path& file, const char* variable) {
  constexpr const char* kHow =
      "--token-file FILE or the variable EDGEBENCH_TOKEN must hold the server's token";
  if (file.empty() && !variable) return Error{ErrorKind::invalid, kHow};
  std::string token;
  if (file.empty()) {
    token = variable;
  } else {
    auto text = read_private_file(file, 8192);
    if (!text) return text.error().within("--token-file");
    token = *std::move(text);
    while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
  }
  if (is_plain_token(token)) return token;
  return Error{ErrorKind::invalid,
               fmt::format("{}: what is there is empty, too long or no single word",
                           file.empty() ? std::string("EDGEBENCH_TOKEN") : "--token-file " + file.string())};
}

ClientRequest upload_request(const std::string& target, std::string_view bundle, const std::string& sha256,
                             std::string_view delete_token) {
  ClientRequest request{
      .method = "POST",
      .url = target + "/api/v1/results",
      .headers = {"User-Agent: edgebench", "Accept: application/json",
                  fmt::format("Content-Type: {}", kBundleType), "Idempotency-Key: " + sha256},
      .body = bundle};
  if (!delete_token.empty()) request.headers.push_back("Delete-Token-Hash: " + sha256_hex(delete_token));
  return request;
}

UploadResult send_upload(UploadQueue& queue, const QueuedUpload& upload, const UploadRules& rules,
                         const UploadWorld& world) {
  const auto gone = [] {
    return UploadResult{.end = End::busy, .sentence = "another edgebench has just sent it"};
  };
  const auto lock = queue.lock(upload);
  if (!lock) {
    if (lock.error().kind == ErrorKind::not_found && !queue.find(upload.id)) return gone();
    return {.end = End::kept, .sentence = lock.error().message};
  }
  if (!*lock) return {.end = End::busy, .sentence = "another edgebench is sending it"};
  auto now = queue.find(upload.id);  // as it is now that nobody else changes it
  if (!now) return gone();
  return Sender(queue, *std::move(now), rules, world).send();
}

Result<std::string> delete_upload(const fs::path& file, const TargetRules& rules, int retries,
                                  const UploadWorld& world) {
  EB_GET(const UploadReceipt receipt, read_receipt(file));
  EB_GET(const std::string target, parse_upload_target(receipt.server, rules));
  if (receipt.delete_token.empty())
    return Error{
        ErrorKind::invalid,
        fmt::format(
            "{} holds no delete token: only the first who sent it, or the server's owner, can delete it",
            file.string())};
  const ClientRequest request{.method = "DELETE",
                              .url = fmt::format("{}/api/v1/results/{}", target, receipt.id),
                              .headers = {"User-Agent: edgebench", "Accept: application/json"},
                              .token = receipt.delete_token};
  for (int tries = 1;; ++tries) {
    const UploadAnswer answer = ask(request, target, world);
    if (answer.next == Next::done) {
      std::error_code code;
      fs::remove(file, code);
      if (!code) return answer.sentence;
      return Error{ErrorKind::io,
                   fmt::format("it is deleted, but {} cannot be removed: {}", file.string(), code.message())};
    }
    if (!pause(tries, retries, answer, pause_s(tries, answer.retry_after_s, world), world))
      return Error{ErrorKind::unavailable, is_stopped(world) ? "interrupted" : answer.sentence};
  }
}

}  // namespace eb
