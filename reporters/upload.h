#pragma once
// Sending bundles to a leaderboard, and taking them back. What a bundle holds is results/bundle's business:
// here it is bytes. Nothing is sent that was not asked for, and a token goes to the host that was named only.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "reporters/upload_answer.h"
#include "reporters/upload_http.h"
#include "reporters/upload_queue.h"
#include "reporters/upload_receipt.h"
#include "reporters/upload_target.h"

namespace eb {

// The token in `file`, or, if that is empty, in `variable` (the value of EDGEBENCH_TOKEN). A file that others
// can read is refused. No message holds any of it.
Result<std::string> read_token(const std::filesystem::path& file, const char* variable);

// All that an upload sends but the token and the body itself. Of `delete_token`, where there is one, the
// hash.
ClientRequest upload_request(const std::string& target, std::string_view bundle, const std::string& sha256,
                             std::string_view delete_token);

// What would be sent, for people: the request without its token, each file with its size and hash, and every
// JSON file and text in full. Of a bundle that holds; bounded for one that does not.
Result<std::string> describe_upload(const std::string& target, std::string_view bundle);

// What sending needs of the world. All of it is given, so that tests own it.
struct UploadWorld {
  HttpClient& http;
  Clock& clock;
  std::function<std::int64_t()> utc_s{};          // Unix time
  std::function<double()> random{};               // from 0 to below 1
  std::function<bool()> is_stopped{};             // the user interrupted
  std::function<void(const std::string&)> say{};  // a sentence while it goes on: why it waits
};

struct UploadRules {
  std::string token{};
  int retries = 5;  // after the first try, of each upload
};

struct UploadResult {
  enum class End : std::uint8_t {
    sent,     // the receipt is saved, the queue has it no more
    refused,  // the server will never take it; the queue has it no more
    kept,     // still in the queue
    busy,     // another process has it, or has just done it
    stopped   // the user interrupted; still in the queue
  };
  End end = End::kept;
  std::string sentence{};  // why it was not sent
  UploadAnswer answer{};   // the last one, if there was any
  std::filesystem::path receipt{};
};

// Sends it now, or when it may be sent, again and again until it is done, refused or out of retries.
UploadResult send_upload(UploadQueue& queue, const QueuedUpload& upload, const UploadRules& rules,
                         const UploadWorld& world);

// Deletes what `receipt` stands for, by the receipt's own delete token, and then removes the receipt. Gives
// what is to be said about it, mostly nothing.
Result<std::string> delete_upload(const std::filesystem::path& receipt, const TargetRules& target,
                                  int retries, const UploadWorld& world);

}  // namespace eb
