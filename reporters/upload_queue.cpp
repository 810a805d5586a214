#include "reporters/upload_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <system_error>
#include <tuple>
#include <type_traits>

#include "harness/base/ascii.h"
#include "harness/base/files.h"
#include "harness/base/json.h"
#include "harness/base/secret_token.h"
#include "reporters/upload_receipt.h"
#include "reporters/upload_target.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMostBundleBytes = 64 << 20;
constexpr std::size_t kMostEntryBytes = 64 << 10;
constexpr std::size_t kIdDigits = 32;  // of a SHA-256: no two uploads have the same
constexpr int kMostAttempts = 1'000'000;
// A bundle that became no upload for so long was left by a process that ended; before, it may be another
// one's that is just adding it.
constexpr std::chrono::hours kOrphanAge{24};

std::string id_of(const QueuedUpload& upload) {
  return sha256_hex(fmt::format("{}\n{}", upload.target, upload.sha256)).substr(0, kIdDigits);
}

std::string text_of(const QueuedUpload& upload) {
  const nlohmann::ordered_json json = {{"schema", "edgebench.upload/1"},
                                       {"target", upload.target},
                                       {"sha256", upload.sha256},
                                       {"receipt", upload.receipt.string()},
                                       {"queued_at_s", upload.queued_at_s},
                                       {"not_before_s", upload.not_before_s},
                                       {"attempts", upload.attempts},
                                       {"last_problem", upload.last_problem},
                                       {"delete_token", upload.delete_token}};
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

template <class T>
bool take(const nlohmann::json& json, const char* name, T& value) {
  const auto found = json.find(name);
  if (found == json.end()) return false;
  if constexpr (std::is_integral_v<T>) {
    if (!found->is_number_integer()) return false;
  } else {
    if (!found->is_string()) return false;
  }
  value = found->get<T>();
  return true;
}

}  // namespace

Result<UploadQueue> UploadQueue::open(const fs::path& folder) {
  if (folder.empty())
    return Error{ErrorKind::invalid,
                 "there is no folder for uploads that are not done; name one with --queue"};
  EB_OK(make_private_folder(folder));
  UploadQueue queue(folder);
  queue.sweep();
  return queue;
}

fs::path UploadQueue::file(const std::string& id, std::string_view ending) const {
  return folder_ / fmt::format("{}.{}", id, ending);
}

void UploadQueue::sweep() const {
  std::error_code code;
  std::vector<fs::path> orphans;
  for (fs::directory_iterator it(folder_, code), end; !code && it != end; it.increment(code)) {
    const fs::path& path = it->path();
    const bool is_half = path.extension() == ".part";
    const bool is_alone = path.extension() == ".ebz" && !fs::exists(file(path.stem().string(), "json"), code);
    const auto age = fs::file_time_type::clock::now() - fs::last_write_time(path, code);
    if (!code && (is_half || is_alone) && age > kOrphanAge) orphans.push_back(path);
  }
  for (const fs::path& path : orphans) fs::remove(path, code);
}

Result<QueuedUpload> UploadQueue::add(QueuedUpload upload, std::string_view bundle) {
  upload.sha256 = sha256_hex(bundle);
  upload.id = id_of(upload);
  if (auto known = find(upload.id); known && this->bundle(*known)) return *std::move(known);
  // Never replaced where it is right: another process may hold its lock.
  if (!this->bundle(upload)) EB_OK(write_private_file(file(upload.id, "ebz"), bundle));
  upload.delete_token = secret_token(kDeletionPrefix);
  EB_OK(update(upload));
  return upload;
}

Result<QueuedUpload> UploadQueue::read(const std::string& id) const {
  const fs::path path = file(id, "json");
  EB_GET(const std::string text, read_private_file(path, kMostEntryBytes));
  const auto json = parse_json(text);
  QueuedUpload upload{.id = id};
  std::string schema, receipt;
  const bool is_read =
      json.is_object() && take(json, "schema", schema) && take(json, "target", upload.target) &&
      take(json, "sha256", upload.sha256) && take(json, "receipt", receipt) &&
      take(json, "queued_at_s", upload.queued_at_s) && take(json, "not_before_s", upload.not_before_s) &&
      take(json, "attempts", upload.attempts) && take(json, "last_problem", upload.last_problem);
  upload.receipt = receipt;
  take(json, "delete_token", upload.delete_token);  // older entries have none
  upload.attempts = std::clamp(upload.attempts, 0, kMostAttempts);
  if (!is_read || schema != "edgebench.upload/1" || !is_sha256(upload.sha256) || id != id_of(upload) ||
      !is_plain_address(upload.target) ||
      (!upload.delete_token.empty() && !is_plain_token(upload.delete_token)) || !upload.receipt.is_absolute())
    return Error{ErrorKind::invalid, fmt::format("{} is no queued upload; remove it", path.string())};
  return upload;
}

std::vector<QueuedUpload> UploadQueue::list(std::vector<std::string>& problems) const {
  std::vector<QueuedUpload> uploads;
  std::error_code code;
  for (fs::directory_iterator it(folder_, code), end; !code && it != end; it.increment(code)) {
    const std::string id = it->path().stem().string();
    if (it->path().extension() != ".json" || !is_lower_hex(id, kIdDigits)) continue;
    auto upload = read(id);
    if (upload) {
      uploads.push_back(*std::move(upload));
    } else if (upload.error().kind != ErrorKind::not_found) {  // that one is done meanwhile
      problems.push_back(upload.error().message);
    }
  }
  if (code) problems.push_back(fmt::format("cannot read {}: {}", folder_.string(), code.message()));
  std::sort(uploads.begin(), uploads.end(), [](const QueuedUpload& a, const QueuedUpload& b) {
    return std::tie(a.queued_at_s, a.id) < std::tie(b.queued_at_s, b.id);
  });
  return uploads;
}

std::optional<QueuedUpload> UploadQueue::find(const std::string& id) const {
  auto upload = read(id);
  return upload ? std::optional(*std::move(upload)) : std::nullopt;
}

Result<std::string> UploadQueue::bundle(const QueuedUpload& upload) const {
  const fs::path path = file(upload.id, "ebz");
  EB_GET(std::string bytes, read_file(path, kMostBundleBytes));
  if (sha256_hex(bytes) == upload.sha256) return bytes;
  return Error{
      ErrorKind::invalid,
      fmt::format("{} is not the bundle that was queued; remove it and upload the run again", path.string())};
}

Result<std::optional<FileLock>> UploadQueue::lock(const QueuedUpload& upload) const {
  return FileLock::try_lock(file(upload.id, "ebz"));
}

Status UploadQueue::update(const QueuedUpload& upload) {
  return write_private_file(file(upload.id, "json"), text_of(upload));
}

Status UploadQueue::remove(const QueuedUpload& upload) {
  for (const char* ending : {"json", "ebz"}) {  // in this order: see above
    std::error_code code;
    fs::remove(file(upload.id, ending), code);
    if (code)
      return Error{ErrorKind::io,
                   fmt::format("cannot remove {}: {}", file(upload.id, ending).string(), code.message())};
  }
  return Done{};
}

}  // namespace eb
