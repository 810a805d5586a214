#pragma once
// What the answer of a leaderboard means for an upload: every HTTP status as one sentence.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reporters/upload_http.h"
#include "reporters/upload_receipt.h"

namespace eb {

struct UploadAnswer {
  enum class Next : std::uint8_t {
    done,    // there is a receipt
    retry,   // the same may work later
    keep,    // the same may work once the user has changed something: token, address, server
    discard  // this bundle will never be taken
  };
  Next next = Next::keep;
  std::string sentence{};  // why not done; says what to change
  std::vector<std::string>
      findings{};  // of the server's validator, also where it took the bundle; one line each
  std::optional<std::int64_t> retry_after_s{};
  UploadReceipt receipt{};          // id, url, verdict, trust, delete_token: what the server says
  std::string delete_token_hash{};  // of the one that it goes by, where that is ours
  bool is_new = false;              // else the server had it already
};

// To POST. `target`: as from parse_upload_target. Texts of the server are made harmless and cut.
UploadAnswer read_upload_answer(const ClientAnswer& answer, const std::string& target);

// To DELETE: `done` also when there is nothing any more, with a sentence.
UploadAnswer read_delete_answer(const ClientAnswer& answer, const std::string& target);

}  // namespace eb
