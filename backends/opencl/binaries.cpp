#include "backends/opencl/binaries.h"

#include <fmt/format.h>

#include "harness/base/files.h"

namespace eb::opencl {
namespace {

constexpr std::uint64_t kMaxBytes = 64 << 20;

// FNV-1a. Nobody attacks these files: what matters is that a flipped bit or a cut is noticed.
std::uint64_t hash_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

// Magic and version, the binary's hash, the key's length and the key; then the binary.
std::string header_of(std::string_view key, std::string_view binary) {
  return fmt::format("edgebench.opencl-program/1 {:016x} {}\n{}\n", hash_of(binary), key.size(), key);
}

}  // namespace

std::filesystem::path Binaries::file_of(std::string_view key) const {
  return folder_ / fmt::format("opencl-{:016x}.bin", hash_of(key));
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
