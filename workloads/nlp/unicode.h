#pragma once
// The little of Unicode that text features need: decoding, letters, lower case. No locale.
#include <cstdint>
#include <string>
#include <string_view>

namespace eb {

// Code points of `utf8`. Each byte that is not part of valid UTF-8 (overlong forms, surrogates and what lies
// beyond U+10FFFF included) becomes U+FFFD.
std::u32string decode_utf8(std::string_view utf8);

std::u16string encode_utf16(std::u32string_view text);

bool is_letter_or_mark(char32_t code);  // Unicode categories L* and M*
bool is_white_space(char32_t code);     // what a JavaScript regular expression calls \s

// Lower case as Unicode has it without a language: one letter for one, but for U+0130 (two), and for a
// capital sigma at the end of a word, where "end" means: a letter or mark before it and none after it.
std::u32string to_lower(std::u32string_view text);

}  // namespace eb
