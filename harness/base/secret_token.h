#pragma once
// Secrets of our own making. Who keeps only their hash (sha256_hex) can check them and not use them: 256
// random bits cannot be searched for.
#include <string>
#include <string_view>

namespace eb {

inline constexpr std::string_view kDeletionPrefix = "ebd_";

// `prefix` and 43 letters, digits, '-' or '_'. The prefix lets scanners for secrets find one.
std::string secret_token(std::string_view prefix);

}  // namespace eb
