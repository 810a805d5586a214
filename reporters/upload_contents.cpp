#include <fmt/format.h>

#include <algorithm>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "reporters/text.h"
#include "reporters/upload.h"
#include "results/bundle/archive.h"
#include "results/bundle/bundle.h"

namespace eb {
namespace {

constexpr std::uint64_t kMostFileBytes = 64 << 20;  // of what is shown; what holds more is no bundle of ours

// Lines as they are, but nothing that a terminal would obey.
std::string shown_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
    lines.append("    ").append(indent, ' ').append(one_line(line)).append("\n");
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// "" for what is no text.
std::string shown_content(std::string_view bytes) {
  const auto json = parse_json<nlohmann::ordered_json>(bytes);
  if (json.is_structured())
    return shown_lines(json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  const bool is_text = bytes.find('\0') == std::string_view::npos && valid_utf8(bytes) == bytes;
  return is_text ? shown_lines(bytes) : "";
}

std::string request_text(const std::string& target, std::string_view bundle) {
  const ClientRequest request = upload_request(target, bundle, sha256_hex(bundle), "");
  std::string text = fmt::format("{} {}\n", request.method, request.url);
  for (const std::string& line : request.headers) text.append(line).append("\n");
  text.append("Delete-Token-Hash: (the SHA-256 of a secret that is made for this upload)\n");
  text.append("Authorization: Bearer (the token, which is not shown)\n");
  return text.append(fmt::format("Content-Length: {}\n", bundle.size()));
}

}  // namespace

Result<std::string> describe_upload(const std::string& target, std::string_view bundle) {
  constexpr const char* kNotShown = "the bundle cannot be shown";
  const auto archive = Archive::open(bundle, BundleLimits{}.most_files);
  if (!archive) return archive.error().within(kNotShown);
  if (archive->entries().empty())
    return Error{ErrorKind::invalid, fmt::format("{}: there is no file in it", kNotShown)};
  std::string text = fmt::format("{}\nThe body is a ZIP archive of {}:\n", request_text(target, bundle),
                                 counted(archive->entries().size(), "file"));
  for (const ArchiveEntry& entry : archive->entries()) {
    const auto bytes = archive->read(entry.name, kMostFileBytes);
    if (!bytes) return bytes.error().within(kNotShown);
    text += fmt::format("\n{}: {} bytes, sha256 {}\n", entry.name, bytes->size(), sha256_hex(*bytes));
    text += shown_content(*bytes);
  }
  return text;
}

}  // namespace eb
