#include "workloads/nlp/word_buckets.h"

#include <algorithm>
#include <cstddef>

namespace eb {
namespace {

constexpr std::uint32_t kFnvBasis = 2166136261u;
constexpr std::uint32_t kFnvPrime = 16777619u;

unsigned char lower(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 'A' && value <= 'Z' ? static_cast<unsigned char>(value + ('a' - 'A')) : value;
}

bool is_of_a_word(unsigned char lowered) {
  return (lowered >= 'a' && lowered <= 'z') || (lowered >= '0' && lowered <= '9') || lowered >= 0x80;
}

}  // namespace

void number_words(std::string_view utf8, std::uint32_t buckets, std::span<std::int32_t> numbers) {
  std::fill(numbers.begin(), numbers.end(), 0);
  std::size_t words = 0;
  std::uint32_t hash = kFnvBasis;
  bool is_inside = false;
  for (std::size_t i = 0; i <= utf8.size() && words + 1 < numbers.size(); ++i) {
    const unsigned char byte = i < utf8.size() ? lower(utf8[i]) : ' ';
    if (is_of_a_word(byte)) {
      hash = (hash ^ byte) * kFnvPrime;
      is_inside = true;
    } else if (is_inside) {
      numbers[words++] = static_cast<std::int32_t>(1 + hash % (buckets - 1));
      hash = kFnvBasis;
      is_inside = false;
    }
  }
}

}  // namespace eb
