// The hashes of files.h, apart: who needs none needs no libsodium.
#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <fstream>
#include <iterator>
#include <span>

#include "harness/base/files.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

std::string hex(std::span<const unsigned char> bytes) {
  std::string text;
  for (const unsigned char byte : bytes) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
  return text;
}

Error cannot_read(const fs::path& file) {
  return {ErrorKind::io, fmt::format("cannot read {}", file.string())};
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return hex(hash);
}

Result<std::string> sha256_of_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return cannot_read(file);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  std::array<char, 1 << 16> chunk{};
  while (in) {
    in.read(chunk.data(), chunk.size());
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(chunk.data()),
                              static_cast<unsigned long long>(in.gcount()));
  }
  if (!in.eof()) return cannot_read(file);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(&state, hash.data());
  return hex(hash);
}

}  // namespace eb
