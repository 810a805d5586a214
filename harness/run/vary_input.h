#pragma once
// Inputs that nobody has seen, and that are as much work as one that everybody knows.
#include <cstdint>

#include "harness/core/tensor.h"

namespace eb {

// Changes the tensor in place, a little, and differently for each `variant`: real numbers by up to 2 %, bytes
// and halves in their lowest bit, whole numbers by their order, since they may be ids or lengths. False if
// that left it as it was.
bool vary(const Tensor& tensor, std::uint64_t variant);

}  // namespace eb
