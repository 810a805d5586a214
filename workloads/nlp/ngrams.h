#pragma once
// Text -> frequencies of known n-grams, as npm `lande` counts them.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// The text that n-grams are counted in: hyphens are spaces, everything but letters, marks and white space is
// dropped, white space is collapsed, all is lower case, with one space at either end. UTF-16, as in the
// original.
std::u16string normalize_text(std::string_view utf8);

// The n-grams a network knows and the labels it gives, from a file {"schema": "edgebench.ngrams/1",
// "labels": [...], "ngrams": [[1-grams], [2-grams], [3-grams], [4-grams]]}.
class NgramTable {
 public:
  static constexpr std::size_t kOrders = 4;

  static Result<NgramTable> parse(std::string_view json);
  const std::vector<std::string>& labels() const { return labels_; }
  std::size_t features() const { return features_; }
  // `features`: [features()] f32: for each known n-gram its share of all n-grams of that length in the text.
  // In the order of the file.
  void count(std::string_view utf8, std::span<float> features) const;

 private:
  using Positions = std::unordered_map<std::u16string, std::uint32_t>;

  std::vector<std::string> labels_;
  std::array<Positions, kOrders> positions_;
  std::size_t features_ = 0;
};

}  // namespace eb
