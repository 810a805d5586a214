#pragma once
// From the output of a reader or listener to text, and how wrong the text is. Pure functions.
#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// What the classes of a CTC network stand for: class 0 is the blank, then come the keys, then the space.
class Alphabet {
 public:
  // `keys`: UTF-8, one character a line; at most 65,536 lines of at most 16 bytes.
  static Result<Alphabet> parse(std::string_view keys);
  std::size_t classes() const { return symbols_.size(); }
  const std::u32string& symbol(std::size_t index) const { return symbols_[index]; }

 private:
  std::vector<std::u32string> symbols_;
};

// Best class of each step, repetitions joined, blanks dropped. `chances`: [steps, alphabet.classes()].
std::u32string decode_ctc(std::span<const float> chances, const Alphabet& alphabet);

// Without spaces at either end.
std::u32string_view trim_spaces(std::u32string_view text);

// Insertions, deletions and substitutions of code points that turn `from` into `to`, at the least.
std::size_t edit_distance(std::u32string_view from, std::u32string_view to);

// The words of a text, which spaces divide, as numbers: equal words have the same number in all texts of one
// `numbers`.
using WordNumbers = std::map<std::u32string, char32_t, std::less<>>;
std::u32string numbered_words(std::u32string_view text, WordNumbers& numbers);

}  // namespace eb
