#pragma once
// Files that a manifest names by URL: loaded once, taken up where a load was broken off, checked by their
// hash.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "workloads/manifest.h"
#include "workloads/workloads.h"

namespace eb {

constexpr std::uint64_t kMostDownloadBytes = 16ull << 30;

// Where the bytes of one GET go. What they refuse ends it.
struct DownloadSink {
  std::function<Status()> restart;                     // the server begins with the first byte
  std::function<Status(std::string_view bytes)> take;  // in order
};
// Asks for `url` from `first_byte` on; `all_bytes` of the events counts those before it.
using HttpGet = std::function<Status(const std::string& url, std::uint64_t first_byte,
                                     const DownloadSink& sink, const DownloadEvents& events)>;

// libcurl: https with certificates checked, or http to this machine; redirects to https only.
Status curl_get(const std::string& url, std::uint64_t first_byte, const DownloadSink& sink,
                const DownloadEvents& events);

// Makes `file` what `download` names. What came so far is kept in `file`.part; a whole file with another hash
// is thrown away.
Status download_file(const Download& download, const std::filesystem::path& file, const HttpGet& get,
                     const DownloadEvents& events);

}  // namespace eb
