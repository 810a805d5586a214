#include "backends/opencl/binaries.h"

#include <fmt/format.h>

#include "harness/base/files.h"

namespace eb::opencl {
namespace {

constexpr std::uint64_t kMaxBytes = 64 << 20;

// Magic and version, hash of the key, hash of the binary; then the binary.
std::string header_of(std::string_view key, std::string_view binary) {
  return fmt::format("edgebench.opencl-program/1\n{}\n{}\n", sha256_hex(key), sha256_hex(binary));
}

}  // namespace

std::filesystem::path Binaries::file_of(std::string_view key) const {
  constexpr std::size_t kNameDigits = 32;
  return folder_ / fmt::format("opencl-{}.bin", sha256_hex(key).substr(0, kNameDigits));
}

std::optional<std::string> Binaries::find(std::string_view key) const {
  if (folder_.empty()) return {};
  const auto bytes = read_file(file_of(key), kMaxBytes);
  if (!bytes) return {};
  const std::string_view all = *bytes;
  const std::size_t header_bytes = header_of(key, {}).size();
  if (all.size() <= header_bytes) return {};
  const std::string_view binary = all.substr(header_bytes);
  if (all.substr(0, header_bytes) != header_of(key, binary)) return {};
  return std::string(binary);
}

Status Binaries::keep(std::string_view key, std::string_view binary) const {
  if (folder_.empty() || binary.empty()) return Done{};
  EB_OK(make_writable_folder(folder_));
  return write_file_atomic(file_of(key), header_of(key, binary) + std::string(binary));
}

}  // namespace eb::opencl
