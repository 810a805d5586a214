#include "workloads/nlp/surprise.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace eb {

double surprise_bits(std::span<const float> logits, std::size_t token) {
  assert(token < logits.size());
  if (!std::all_of(logits.begin(), logits.end(), [](float logit) { return std::isfinite(logit); }))
    return kMostBits;
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit - largest);
  return std::clamp((std::log(sum) + (largest - logits[token])) / std::log(2.0), 0.0, kMostBits);
}

}  // namespace eb
