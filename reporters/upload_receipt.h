#pragma once
// What a leaderboard gave for an upload: proof, address, and the right to delete it. A private file beside
// the run.
#include <filesystem>
#include <string>

#include "harness/base/result.h"

namespace eb {

struct UploadReceipt {
  std::string id{};                // of the run on the server: letters, digits, '-' and '_'
  std::string url{};               // its page
  std::string sha256{};            // of the bundle
  std::string sent_at{};           // UTC, ISO 8601
  std::string server{};            // the target it was sent to
  std::string delete_token{};      // empty where the server gave none
  std::string verdict{}, trust{};  // the server's words, one line each
};

// Whether it can be part of an address as it is.
bool is_plain_id(std::string_view id);
// Whether it can be part of a header: visible ASCII, at most 4,096 characters, at least one.
bool is_plain_token(std::string_view token);

// RUN/upload.json of a folder, FILE.upload.json of a bundle.
std::filesystem::path receipt_path(const std::filesystem::path& run);

// Saves at `file`, or at upload-2.json ... beside it where that is the receipt of another upload, which is
// never lost. One of the same upload is replaced, and its delete token kept if this one has none. Gives the
// file.
Result<std::filesystem::path> save_receipt(const std::filesystem::path& file, UploadReceipt receipt);

Result<UploadReceipt> read_receipt(const std::filesystem::path& file);

}  // namespace eb
