#include "reporters/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace eb {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// The character at the front of non-empty `text`. Refuses overlong forms, surrogates and what is past
// U+10FFFF.
Character front_character(std::string_view text) {
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(lead);
  if (length == 0 || length > text.size()) return {};
  char32_t code = length == 1 ? lead : lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0U) != 0x80) return {};
    code = (code << 6) | (next & 0x3FU);
  }
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || surrogate || code > 0x10FFFF) return {};
  return {code, length, true};
}

// Calls `each(character, its bytes)`; an invalid byte comes as U+FFFD.
template <class Each>
void for_each_character(std::string_view text, Each each) {
  while (!text.empty()) {
    const Character character = front_character(text);
    if (character.valid)
      each(character.code, text.substr(0, character.bytes));
    else
      each(char32_t{0xFFFD}, kReplacement);
    text.remove_prefix(character.bytes);
  }
}

struct Range {
  char32_t first, last;
};

// What would break a line, move the cursor or reorder text: C0, DEL and C1 controls, separators, bidi
// controls.
constexpr Range kUnprintable[] = {{0x00, 0x20},     {0x7F, 0xA0},     {0x200E, 0x200F},
                                  {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF}};

// Combining marks and joiners.
constexpr Range kZeroWidth[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},  {0x0610, 0x061A},
                                {0x064B, 0x065F}, {0x0E31, 0x0E31}, {0x0E34, 0x0E3A},  {0x0E47, 0x0E4E},
                                {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200D},  {0x20D0, 0x20F0},
                                {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};

// East Asian Wide and Fullwidth (UAX 11), and emoji that terminals draw in two columns.
constexpr Range kWide[] = {{0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x2614, 0x2615},
                           {0x26A1, 0x26A1},   {0x2705, 0x2705},   {0x274C, 0x274C},   {0x2E80, 0x303E},
                           {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},   {0xA000, 0xA4CF},
                           {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
                           {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF},
                           {0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}};

template <std::size_t N>
bool within(char32_t code, const Range (&ranges)[N]) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return code >= range.first && code <= range.last; });
}

int width_of(char32_t code) {
  if (within(code, kUnprintable)) return code == 0x20 || code == 0xA0 ? 1 : 0;
  if (within(code, kZeroWidth)) return 0;
  return within(code, kWide) ? 2 : 1;
}

}  // namespace

std::string valid_utf8(std::string_view any) {
  std::string text;
  text.reserve(any.size());
  for_each_character(any, [&](char32_t, std::string_view bytes) { text += bytes; });
  return text;
}

std::string one_line(std::string_view any) {
  std::string text;
  bool gap = false;
  for_each_character(any, [&](char32_t code, std::string_view bytes) {
    if (within(code, kUnprintable)) {
      gap = true;
      return;
    }
    if (gap && !text.empty()) text += ' ';
    gap = false;
    text += bytes;
  });
  return text;
}

int display_width(std::string_view utf8) {
  int columns = 0;
  for_each_character(utf8, [&](char32_t code, std::string_view) { columns += width_of(code); });
  return columns;
}

std::string cut_to_width(std::string_view utf8, int columns) {
  if (display_width(utf8) <= columns) return std::string(utf8);
  if (columns <= 0) return "";
  std::string text;
  int used = 1;  // the ellipsis
  bool full = false;
  for_each_character(utf8, [&](char32_t code, std::string_view bytes) {
    full = full || used + width_of(code) > columns;
    if (full) return;
    used += width_of(code);
    text += bytes;
  });
  return text + "…";
}

std::string human_number(double value, int significant) {
  if (!std::isfinite(value)) return "";
  if (value == 0) return "0";
  const double magnitude = std::abs(value);
  if (magnitude < 1e-6 || magnitude >= 1e12) return fmt::format("{:.{}g}", value, significant);
  // The exponent after rounding: 9.9996 is 10.00 with four digits, not 10.000.
  const std::string scientific = fmt::format("{:.{}e}", magnitude, significant - 1);
  int exponent = 0;
  const char* digits = scientific.data() + scientific.find('e') + 1;
  std::from_chars(*digits == '+' ? digits + 1 : digits, scientific.data() + scientific.size(), exponent);
  return fmt::format("{:.{}f}", value, std::max(0, significant - 1 - exponent));
}

std::string short_number(double value, int significant) {
  std::string text = human_number(value, significant);
  if (text.find('.') == std::string::npos || text.find('e') != std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string grouped(std::string number) {
  constexpr std::string_view kNarrowSpace = "\xE2\x80\xAF";
  const std::size_t start = number.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(number.find_first_not_of("0123456789", start), number.size());
  if (end - start < 5) return number;
  for (std::size_t at = end; at > start + 3;) number.insert(at -= 3, kNarrowSpace);
  return number;
}

std::string counted(std::size_t count, std::string_view singular) {
  return fmt::format("{} {}{}", count, singular, count == 1 ? "" : "s");
}

}  // namespace eb
