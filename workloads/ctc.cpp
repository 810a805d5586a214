#include "workloads/ctc.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "workloads/nlp/unicode.h"

namespace eb {
namespace {

constexpr std::size_t kMaxKeys = 65'536;
constexpr std::size_t kMaxKeyBytes = 16;

// The first of the largest; 0, the blank, where nothing is a number.
std::size_t best_class(std::span<const float> chances) {
  std::size_t best = 0;
  float most = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < chances.size(); ++i) {
    if (chances[i] > most) {
      most = chances[i];
      best = i;
    }
  }
  return best;
}

}  // namespace

Result<Alphabet> Alphabet::parse(std::string_view keys) {
  Alphabet alphabet;
  alphabet.symbols_.emplace_back();
  for (std::size_t line = 1; !keys.empty(); ++line) {
    const std::size_t end = std::min(keys.find('\n'), keys.size());
    std::string_view key = keys.substr(0, end);
    if (key.ends_with('\r')) key.remove_suffix(1);
    if (key.empty() || key.size() > kMaxKeyBytes || line > kMaxKeys) {
      return Error{ErrorKind::invalid, fmt::format("line {}: expected at most {} lines of 1 to {} bytes",
                                                   line, kMaxKeys, kMaxKeyBytes)};
    }
    alphabet.symbols_.push_back(decode_utf8(key));
    keys.remove_prefix(std::min(end + 1, keys.size()));
  }
  if (alphabet.symbols_.size() == 1) return Error{ErrorKind::invalid, "holds no characters"};
  alphabet.symbols_.emplace_back(U" ");
  return alphabet;
}

std::u32string decode_ctc(std::span<const float> chances, const Alphabet& alphabet) {
  std::u32string text;
  std::size_t before = 0;
  for (; chances.size() >= alphabet.classes(); chances = chances.subspan(alphabet.classes())) {
    const std::size_t best = best_class(chances.first(alphabet.classes()));
    if (best != before) text += alphabet.symbol(best);
    before = best;
  }
  return text;
}

std::u32string_view trim_spaces(std::u32string_view text) {
  const std::size_t first = text.find_first_not_of(U' ');
  if (first == std::u32string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(U' ') - first + 1);
}

std::size_t edit_distance(std::u32string_view from, std::u32string_view to) {
  // Row i holds the distances from the first i characters of `from` to every beginning of `to`.
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t k = 0; k < to.size(); ++k) {
      const std::size_t substituted = diagonal + (from[i] == to[k] ? 0 : 1);
      diagonal = row[k + 1];
      row[k + 1] = std::min({substituted, diagonal + 1, row[k] + 1});
    }
  }
  return row[to.size()];
}

std::u32string numbered_words(std::u32string_view text, WordNumbers& numbers) {
  std::u32string words;
  for (text = trim_spaces(text); !text.empty(); text = trim_spaces(text)) {
    const std::u32string word(text.substr(0, text.find(U' ')));
    words += numbers.try_emplace(word, static_cast<char32_t>(numbers.size())).first->second;
    text.remove_prefix(word.size());
  }
  return words;
}

}  // namespace eb
