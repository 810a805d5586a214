#pragma once
// Text -> numbers of words, for networks that need no list of the words that there are.
#include <cstdint>
#include <span>
#include <string_view>

namespace eb {

// Fills `numbers` with 1 + hash % (`buckets` - 1) of the first words of `utf8`, all but the last of `numbers`
// at most; 0 stands behind them. Words are runs of ASCII's letters and digits and of all beyond ASCII, in
// what ASCII has as lower case; the hash is FNV-1a of 32 bits. `buckets` is at least 2.
void number_words(std::string_view utf8, std::uint32_t buckets, std::span<std::int32_t> numbers);

}  // namespace eb
