#include "reporters/upload_receipt.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/json.h"
#include "harness/base/private_file.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostBytes = 64 << 10;
constexpr int kMostReceipts = 1000;  // of one run

constexpr std::array kMembers = {
    std::pair{"id", &UploadReceipt::id},           std::pair{"url", &UploadReceipt::url},
    std::pair{"sha256", &UploadReceipt::sha256},   std::pair{"sent_at", &UploadReceipt::sent_at},
    std::pair{"server", &UploadReceipt::server},   std::pair{"delete_token", &UploadReceipt::delete_token},
    std::pair{"verdict", &UploadReceipt::verdict}, std::pair{"trust", &UploadReceipt::trust}};

std::string text_of(const UploadReceipt& receipt) {
  nlohmann::ordered_json json;
  for (const auto& [name, member] : kMembers)
    if (!(receipt.*member).empty()) json[name] = receipt.*member;
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

bool is_same_upload(const UploadReceipt& a, const UploadReceipt& b) {
  return a.sha256 == b.sha256 && a.server == b.server;
}

fs::path numbered(const fs::path& file, int number) {
  if (number == 1) return file;
  fs::path name = file;
  return name.replace_filename(
      fmt::format("{}-{}{}", file.stem().string(), number, file.extension().string()));
}

}  // namespace

bool is_plain_id(std::string_view id) {
  const auto is_plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), is_plain);
}

bool is_plain_token(std::string_view token) {
  return !token.empty() && token.size() <= 4096 &&
         std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

fs::path receipt_path(const fs::path& run) {
  std::error_code code;
  if (fs::is_directory(run, code)) return run / "upload.json";
  fs::path file = run;
  file += ".upload.json";
  return file;
}

Result<UploadReceipt> read_receipt(const fs::path& file) {
  EB_GET(const std::string text, read_private_file(file, kMostBytes));
  const auto json = parse_json(text);
  const auto bad = [&](std::string_view why) {
    return Error{ErrorKind::invalid, fmt::format("{} is no receipt of an upload: {}", file.string(), why)};
  };
  if (!json.is_object()) return bad("it is not a JSON object");
  UploadReceipt receipt;
  for (const auto& [name, member] : kMembers) {
    const auto found = json.find(name);
    if (found == json.end()) continue;
    if (!found->is_string()) return bad(fmt::format("{} is not a text", name));
    receipt.*member = found->get<std::string>();
  }
  if (!is_plain_id(receipt.id)) return bad("id is not one");
  if (receipt.server.empty()) return bad("it does not say which server");
  if (!receipt.delete_token.empty() && !is_plain_token(receipt.delete_token))
    return bad("delete_token is not one");
  return receipt;
}

Result<fs::path> save_receipt(const fs::path& file, UploadReceipt receipt) {
  std::error_code code;
  for (int number = 1; number <= kMostReceipts; ++number) {
    const fs::path name = numbered(file, number);
    if (fs::exists(fs::symlink_status(name, code))) {
      const auto old = read_receipt(name);
      if (!old || !is_same_upload(*old, receipt)) continue;
      if (receipt.delete_token.empty() && old->id == receipt.id) receipt.delete_token = old->delete_token;
    }
    EB_OK(write_private_file(name, text_of(receipt)));
    return name;
  }
  return Error{ErrorKind::io, fmt::format("{}: there are too many receipts beside it", file.string())};
}

}  // namespace eb
