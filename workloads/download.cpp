#include "workloads/download.h"

#include <fmt/format.h>

#include <fstream>

#include "harness/base/files.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

class PartFile {
 public:
  explicit PartFile(fs::path path) : path_(std::move(path)) {}

  // Creates the file, or goes on at its end; how many bytes it has.
  Result<std::uint64_t> open() {
    std::error_code code;
    bytes_ = fs::is_regular_file(path_, code) ? fs::file_size(path_, code) : 0;
    if (code) bytes_ = 0;
    EB_OK(open_in(bytes_ > 0 ? std::ios::app : std::ios::trunc));
    return bytes_;
  }
  Status restart() {
    out_.close();
    bytes_ = 0;
    return open_in(std::ios::trunc);
  }
  Status take(std::string_view bytes) {
    bytes_ += bytes.size();
    if (bytes_ > kMostDownloadBytes)
      return Error{ErrorKind::invalid,
                   fmt::format("{} would be larger than {} bytes", path_.string(), kMostDownloadBytes)};
    out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return written();
  }
  Status close() {
    out_.close();
    return written();
  }

 private:
  Status open_in(std::ios::openmode mode) {
    out_.open(path_, std::ios::binary | mode);
    return written();
  }
  Status written() const {
    if (out_) return Done{};
    return Error{ErrorKind::invalid, fmt::format("cannot write {}", path_.string())};
  }

  fs::path path_;
  std::ofstream out_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

Status download_file(const Download& download, const fs::path& file, const HttpGet& get,
                     const DownloadEvents& events) {
  EB_OK(make_writable_folder(file.parent_path()));
  const fs::path part = file.string() + ".part";
  PartFile target(part);
  EB_GET(const std::uint64_t first_byte, target.open());
  const DownloadSink sink{[&] { return target.restart(); },
                          [&](std::string_view bytes) { return target.take(bytes); }};
  EB_OK(get(download.url, first_byte, sink, events));
  EB_OK(target.close());
  EB_GET(const std::string sha256, sha256_of_file(part));
  std::error_code code;
  if (sha256 != download.sha256) {
    fs::remove(part, code);
    return Error{ErrorKind::invalid, fmt::format("{} has sha256 {}, but the manifest says {}", download.url,
                                                 sha256, download.sha256)};
  }
  fs::rename(part, file, code);
  if (code) return Error{ErrorKind::invalid, fmt::format("cannot write {}", file.string())};
  return Done{};
}

Status load_named_files(const Manifest& manifest, const fs::path& models, const DownloadEvents& events) {
  EB_GET(const auto folder, path_within(models, manifest.info.id));
  for (const Download& download : manifest.downloads) {
    EB_GET(const auto file, path_within(folder, download.file));
    const auto there = sha256_of_file(file);
    if (there && *there == download.sha256) continue;
    EB_OK(download_file(download, file, curl_get, events));
  }
  return Done{};
}

}  // namespace eb
