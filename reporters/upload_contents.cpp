#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <memory>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "reporters/text.h"
#include "reporters/upload.h"

namespace eb {
namespace {

// Of what is shown; what holds more is no bundle of ours.
constexpr zip_int64_t kMostFiles = 4096;
constexpr zip_uint64_t kMostFileBytes = 64 << 20;

struct ArchiveDeleter {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, ArchiveDeleter>;
struct FileDeleter {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using File = std::unique_ptr<zip_file_t, FileDeleter>;

Error no_bundle(std::string_view why) {
  return {ErrorKind::invalid, fmt::format("the bundle cannot be shown: {}", why)};
}

// `bytes` must outlive the archive.
Result<Archive> open_archive(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  Archive archive(source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr);
  if (source && !archive) zip_source_free(source);
  zip_error_fini(&error);
  if (!archive) return no_bundle("it is no ZIP archive");
  return archive;
}

// Counted while it is unpacked: what the head says is not trusted.
Result<std::string> read_member(zip_t* archive, zip_uint64_t index) {
  const File file(zip_fopen_index(archive, index, 0));
  if (!file) return no_bundle("a file in it cannot be unpacked");
  std::string bytes;
  char piece[16 << 10];
  for (;;) {
    const zip_int64_t count = zip_fread(file.get(), piece, sizeof piece);
    if (count < 0) return no_bundle("a file in it cannot be unpacked");
    if (count == 0) return bytes;
    if (bytes.size() + static_cast<std::size_t>(count) > kMostFileBytes)
      return no_bundle("a file in it is too large");
    bytes.append(piece, static_cast<std::size_t>(count));
  }
}

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
  const ClientRequest request = upload_request(target, bundle, sha256_hex(bundle));
  std::string text = fmt::format("{} {}\n", request.method, request.url);
  for (const std::string& line : request.headers) text.append(line).append("\n");
  text.append("Authorization: Bearer (the token, which is not shown)\n");
  return text.append(fmt::format("Content-Length: {}\n", bundle.size()));
}

}  // namespace

Result<std::string> describe_upload(const std::string& target, std::string_view bundle) {
  EB_GET(const Archive archive, open_archive(bundle));
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count <= 0) return no_bundle("there is no file in it");
  if (count > kMostFiles) return no_bundle("there are too many files in it");
  std::string text = fmt::format("{}\nThe body is a ZIP archive of {}:\n", request_text(target, bundle),
                                 counted(static_cast<std::size_t>(count), "file"));
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(count); ++i) {
    const char* name = zip_get_name(archive.get(), i, 0);
    EB_GET(const std::string bytes, read_member(archive.get(), i));
    text += fmt::format("\n{}: {} bytes, sha256 {}\n", one_line(name ? name : ""), bytes.size(),
                        sha256_hex(bytes));
    text += shown_content(bytes);
  }
  return text;
}

}  // namespace eb
