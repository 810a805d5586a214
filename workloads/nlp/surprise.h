#pragma once
// How much a language model did not expect what came.
#include <cstddef>
#include <span>

namespace eb {

// A byte that was held impossible, or of which the logits say nothing, costs as much as this.
inline constexpr double kMostBits = 64;

// -log2 of the chance that softmax(`logits`) gives `token`, within 0 to kMostBits. `token` is one of them.
double surprise_bits(std::span<const float> logits, std::size_t token);

}  // namespace eb
