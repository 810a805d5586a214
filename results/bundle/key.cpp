#include <fmt/format.h>
#include <sodium.h>

#include <array>

#include "harness/base/private_file.h"
#include "results/bundle/bundle.h"
#include "results/bundle/signature.h"

namespace eb {
namespace {

// The file: this word, the seed in hexadecimal, a line end.
constexpr std::string_view kWord = "edgebench-key/1 ";
constexpr std::size_t kFileBytes = kWord.size() + 2 * crypto_sign_SEEDBYTES + 1;

using Seed = std::array<unsigned char, crypto_sign_SEEDBYTES>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

void wipe(std::string& secret) {
  if (!secret.empty()) sodium_memzero(secret.data(), secret.size());
  secret.clear();
}

std::string hex(std::string_view bytes) {
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes_of(bytes), bytes.size());
  text.pop_back();
  return text;
}

// Lower case only: one text for one value.
bool from_hex(std::string_view text, unsigned char* bytes, std::size_t count) {
  if (text.size() != 2 * count) return false;
  if (text.find_first_not_of("0123456789abcdef") != std::string_view::npos) return false;
  std::size_t made = 0;
  return sodium_hex2bin(bytes, count, text.data(), text.size(), nullptr, &made, nullptr) == 0 &&
         made == count;
}

Status make_key(const std::filesystem::path& file) {
  std::string seed(crypto_sign_SEEDBYTES, '\0');
  randombytes_buf(seed.data(), seed.size());
  std::string text = std::string(kWord) + hex(seed) + "\n";
  const auto made = make_private_file(file, text);
  wipe(seed);
  wipe(text);
  if (!made) return made.error();
  return Done{};
}

}  // namespace

Result<SigningKey> SigningKey::of_file(const std::filesystem::path& file) {
  if (sodium_init() < 0) return Error{ErrorKind::internal, "libsodium cannot be used"};
  std::error_code code;
  if (!std::filesystem::exists(file, code))
    if (auto made = make_key(file); !made) return made.error().within("key");
  auto text = read_private_file(file, kFileBytes);
  if (!text) return text.error().within("key");
  Seed seed{};
  const bool is_key =
      text->size() == kFileBytes && text->starts_with(kWord) && text->back() == '\n' &&
      from_hex(std::string_view(*text).substr(kWord.size(), 2 * seed.size()), seed.data(), seed.size());
  wipe(*text);
  if (!is_key)
    return Error{ErrorKind::invalid, fmt::format("{} is no key of edgebench; name another file, or move it "
                                                 "away to have a new key made",
                                                 file.string())};
  SigningKey key;
  key.public_key_.resize(crypto_sign_PUBLICKEYBYTES);
  key.secret_key_.resize(crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(bytes_of(key.public_key_), bytes_of(key.secret_key_), seed.data());
  sodium_memzero(seed.data(), seed.size());
  return key;
}

std::string SigningKey::id() const {
  return hex(public_key_);
}

std::string SigningKey::sign(std::string_view bytes) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(bytes_of(signature), nullptr, bytes_of(bytes), bytes.size(), bytes_of(secret_key_));
  return hex(signature);
}

// A short string lives inside its object, so moving copies it: what is left is wiped.
SigningKey::SigningKey(SigningKey&& other) noexcept
    : public_key_(std::move(other.public_key_)), secret_key_(other.secret_key_) {
  wipe(other.secret_key_);
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
  if (this == &other) return *this;
  wipe(secret_key_);
  public_key_ = std::move(other.public_key_);
  secret_key_.swap(other.secret_key_);
  return *this;
}

SigningKey::~SigningKey() {
  wipe(secret_key_);
}

bool is_key_id(std::string_view text) {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> key{};
  return from_hex(text, key.data(), key.size());
}

bool is_signed_by(std::string_view key_id, std::string_view signature, std::string_view bytes) {
  std::array<unsigned char, crypto_sign_PUBLICKEYBYTES> key{};
  std::array<unsigned char, crypto_sign_BYTES> sign{};
  return sodium_init() >= 0 && from_hex(key_id, key.data(), key.size()) &&
         from_hex(signature, sign.data(), sign.size()) &&
         crypto_sign_verify_detached(sign.data(), bytes_of(bytes), bytes.size(), key.data()) == 0;
}

}  // namespace eb
