#include "harness/base/secret_token.h"

#include <sodium.h>

#include <array>

namespace eb {

std::string secret_token(std::string_view prefix) {
  constexpr std::size_t kBytes = 32;
  constexpr auto kForm = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::array<unsigned char, kBytes> bytes{};
  randombytes_buf(bytes.data(), bytes.size());
  std::array<char, sodium_base64_ENCODED_LEN(kBytes, kForm)> text{};
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), kForm);
  return std::string(prefix) + text.data();
}

}  // namespace eb
