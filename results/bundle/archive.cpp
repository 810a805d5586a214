#include "results/bundle/archive.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace eb {
namespace {

constexpr std::size_t kChunkBytes = 1 << 16;
constexpr zip_uint16_t kFirstDay = (1 << 5) | 1;  // 1 January 1980, the oldest that ZIP can say
constexpr zip_uint32_t kPlainFile = 0100644u << 16;
constexpr zip_uint32_t kBestLevel = 9;

struct CloseSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Source = std::unique_ptr<zip_source_t, CloseSource>;

std::string text_of(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

Error damaged(const std::string& why) {
  return {ErrorKind::invalid, "the archive is damaged: " + why};
}

bool add_file(zip_t* zip, const std::string& name, std::string_view bytes) {
  zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
  const zip_int64_t at = source ? zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  if (source && at < 0) zip_source_free(source);
  if (at < 0) return false;
  const auto index = static_cast<zip_uint64_t>(at);
  return zip_set_file_compression(zip, index, ZIP_CM_DEFLATE, kBestLevel) == 0 &&
         zip_file_set_dostime(zip, index, 0, kFirstDay, 0) == 0 &&
         zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX, kPlainFile) == 0;
}

Result<std::string> bytes_of(zip_source_t* source) {
  const Error failed{ErrorKind::internal, "the archive cannot be read back"};
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_source_stat(source, &about) < 0 || (about.valid & ZIP_STAT_SIZE) == 0) return failed;
  if (zip_source_open(source) < 0) return failed;
  std::string bytes(about.size, '\0');
  const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got < 0 || static_cast<zip_uint64_t>(got) != about.size) return failed;
  return bytes;
}

}  // namespace

Result<std::string> write_archive(const std::vector<std::pair<std::string, std::string_view>>& files) {
  zip_error_t error;
  zip_error_init(&error);
  const Source source(zip_source_buffer_create(nullptr, 0, 0, &error));
  zip_t* zip = source ? zip_open_from_source(source.get(), ZIP_TRUNCATE, &error) : nullptr;
  if (!zip) return Error{ErrorKind::internal, "libzip: " + text_of(error)};
  zip_error_fini(&error);
  zip_source_keep(source.get());
  const bool added = std::all_of(files.begin(), files.end(),
                                 [&](const auto& file) { return add_file(zip, file.first, file.second); });
  if (!added || zip_close(zip) < 0) {
    const Error failed{ErrorKind::internal, fmt::format("libzip: {}", zip_strerror(zip))};
    zip_discard(zip);
    return failed;
  }
  return bytes_of(source.get());
}

Result<Archive> Archive::open(std::string_view bytes, std::size_t most_files) {
  Archive archive;
  EB_GET(archive.entries_, archive_directory(bytes, most_files));
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  zip_t* zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : nullptr;
  if (!zip) {
    if (source) zip_source_free(source);
    return damaged(text_of(error));
  }
  zip_error_fini(&error);
  archive.zip_ = zip;
  return archive;
}

Result<std::string> Archive::read(const std::string& name, std::uint64_t most_bytes) const {
  auto* zip = static_cast<zip_t*>(zip_);
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen(zip, name.c_str(), ZIP_FL_ENC_RAW));
  if (!file) return damaged(fmt::format("{} cannot be opened", name));
  std::string bytes;
  std::array<char, kChunkBytes> chunk{};
  for (;;) {
    const zip_int64_t got = zip_fread(file.get(), chunk.data(), chunk.size());
    if (got < 0) return damaged(fmt::format("{} cannot be unpacked", name));
    if (got == 0) return bytes;
    if (bytes.size() + static_cast<std::uint64_t>(got) > most_bytes)
      return Error{ErrorKind::invalid,
                   fmt::format("{} has more than the {} bytes that it may have", name, most_bytes)};
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

Archive::Archive(Archive&& other) noexcept
    : entries_(std::move(other.entries_)), zip_(std::exchange(other.zip_, nullptr)) {}

Archive& Archive::operator=(Archive&& other) noexcept {
  std::swap(entries_, other.entries_);
  std::swap(zip_, other.zip_);
  return *this;
}

Archive::~Archive() {
  if (zip_) zip_discard(static_cast<zip_t*>(zip_));
}

}  // namespace eb
