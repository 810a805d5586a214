#pragma once
// Whether a signature of SigningKey::sign is that key's.
#include <string_view>

namespace eb {

// 64 lower-case hexadecimal digits.
bool is_key_id(std::string_view text);

// False for whatever is no key or no signature.
bool is_signed_by(std::string_view key_id, std::string_view signature, std::string_view bytes);

}  // namespace eb
