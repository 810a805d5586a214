#pragma once
// Uploads that are not done yet, on disk: ID.ebz is the bundle, ID.json, written after it and removed before
// it, makes it an upload. So a process that ends at any point loses none, and one that is sent twice has the
// same key for the server. Files are private: an entry says where a token is sent.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/private_file.h"
#include "harness/base/result.h"

namespace eb {

struct QueuedUpload {
  std::string id{};                 // of target and bundle: the same upload has the same one
  std::string target{};             // as from parse_upload_target
  std::string sha256{};             // of the bundle
  std::filesystem::path receipt{};  // where it is to be saved; absolute
  std::int64_t queued_at_s = 0;     // Unix time
  std::int64_t not_before_s = 0;    // Unix time; 0: at once
  int attempts = 0;                 // so far, of all processes
  std::string last_problem{};       // of the last attempt, one sentence
  std::string delete_token{};       // made when queued; the server is told its hash
};

class UploadQueue {
 public:
  static Result<UploadQueue> open(const std::filesystem::path& folder);

  // One that is there already stays as it is, and is given back.
  Result<QueuedUpload> add(QueuedUpload upload, std::string_view bundle);
  // Oldest first. What cannot be read is a sentence in `problems` and stays where it is.
  std::vector<QueuedUpload> list(std::vector<std::string>& problems) const;
  // As it is now; nothing when it is done.
  std::optional<QueuedUpload> find(const std::string& id) const;
  // Its bundle, which is checked to be the same that was added.
  Result<std::string> bundle(const QueuedUpload& upload) const;
  // Nothing when another process has it. Held while sending, updating or removing.
  Result<std::optional<FileLock>> lock(const QueuedUpload& upload) const;
  Status update(const QueuedUpload& upload);
  Status remove(const QueuedUpload& upload);

  const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit UploadQueue(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path file(const std::string& id, std::string_view ending) const;
  Result<QueuedUpload> read(const std::string& id) const;
  void sweep() const;

  std::filesystem::path folder_;
};

}  // namespace eb
