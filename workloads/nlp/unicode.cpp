#include "workloads/nlp/unicode.h"

#include <algorithm>
#include <iterator>

namespace eb {
namespace {

struct LetterRange {
  char32_t first = 0, last = 0;
};

struct LowerRange {
  char32_t first = 0, last = 0, step = 1;
  std::int32_t distance = 0;  // from a capital to its small letter
};

#include "workloads/nlp/unicode_table.inc"

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kCapitalSigma = 0x3A3;
constexpr char32_t kFinalSigma = 0x3C2;
constexpr char32_t kCapitalDottedI = 0x130;
constexpr char32_t kDotAbove = 0x307;

// The range that holds `code`, or null. Ranges are sorted and apart.
template <class Range, std::size_t size>
const Range* find_range(const Range (&ranges)[size], char32_t code) {
  const Range* after = std::upper_bound(std::begin(ranges), std::end(ranges), code,
                                        [](char32_t c, const Range& range) { return c < range.first; });
  if (after == std::begin(ranges) || code > (after - 1)->last) return nullptr;
  return after - 1;
}

// Of the sequence that a lead byte opens: its length, 0 for a byte that opens none, and the least code point
// that may be written so.
struct Lead {
  std::size_t length = 0;
  char32_t bits = 0, least = 0;
};

Lead parse_lead(unsigned char byte) {
  if (byte < 0x80) return {1, byte, 0};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U, 0x10000};
  return {};
}

char32_t lower_of(char32_t code) {
  const LowerRange* range = find_range(kLowerRanges, code);
  if (range == nullptr || (code - range->first) % range->step != 0) return code;
  return static_cast<char32_t>(static_cast<std::int64_t>(code) + range->distance);
}

bool ends_word(std::u32string_view text, std::size_t at) {
  const bool letter_before = at > 0 && is_letter_or_mark(text[at - 1]);
  const bool letter_after = at + 1 < text.size() && is_letter_or_mark(text[at + 1]);
  return letter_before && !letter_after;
}

}  // namespace

std::u32string decode_utf8(std::string_view utf8) {
  std::u32string text;
  text.reserve(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    const Lead lead = parse_lead(static_cast<unsigned char>(utf8[at]));
    char32_t code = lead.bits;
    std::size_t read = 1;
    while (read < lead.length && at + read < utf8.size()) {
      const auto byte = static_cast<unsigned char>(utf8[at + read]);
      if ((byte & 0xC0U) != 0x80U) break;
      code = (code << 6U) | (byte & 0x3FU);
      ++read;
    }
    const bool surrogate = code >= 0xD800 && code < 0xE000;
    const bool valid =
        lead.length > 0 && read == lead.length && code >= lead.least && code <= 0x10FFFF && !surrogate;
    text.push_back(valid ? code : kReplacement);
    at += valid ? read : 1;
  }
  return text;
}

std::u16string encode_utf16(std::u32string_view text) {
  std::u16string units;
  units.reserve(text.size());
  for (const char32_t code : text) {
    if (code < 0x10000) {
      units.push_back(static_cast<char16_t>(code));
    } else {
      units.push_back(static_cast<char16_t>(0xD800U + ((code - 0x10000U) >> 10U)));
      units.push_back(static_cast<char16_t>(0xDC00U + ((code - 0x10000U) & 0x3FFU)));
    }
  }
  return units;
}

bool is_letter_or_mark(char32_t code) {
  return find_range(kLetterRanges, code) != nullptr;
}

bool is_white_space(char32_t code) {
  constexpr std::u32string_view kOthers = U" \u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF";
  return (code >= 0x9 && code <= 0xD) || (code >= 0x2000 && code <= 0x200A) ||
         kOthers.find(code) != std::u32string_view::npos;
}

std::u32string to_lower(std::u32string_view text) {
  std::u32string lower;
  lower.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == kCapitalSigma && ends_word(text, i)) {
      lower.push_back(kFinalSigma);
    } else if (text[i] == kCapitalDottedI) {
      lower.append({U'i', kDotAbove});
    } else {
      lower.push_back(lower_of(text[i]));
    }
  }
  return lower;
}

}  // namespace eb
