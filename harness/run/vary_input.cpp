#include "harness/run/vary_input.h"

#include <algorithm>
#include <random>
#include <vector>

namespace eb {
namespace {

constexpr double kMostChange = 0.02;  // two steps of 8 bits: what is quantized next is new, too

// From -1 to 1.
double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11U) * 0x1p-52 - 1;
}

// Zeros stay, since hardware may skip them, unless there is nothing else.
template <class T>
void scale(const Tensor& tensor, std::mt19937_64& random) {
  const auto values = tensor.as<T>();
  const bool all_zero = std::all_of(values.begin(), values.end(), [](T value) { return value == 0; });
  for (T& value : values) {
    const double change = kMostChange * uniform(random);
    value = static_cast<T>(all_zero ? change : static_cast<double>(value) * (1 + change));
  }
}

template <class T>
void flip_lowest_bits(const Tensor& tensor, std::mt19937_64& random, T infinite) {
  for (T& value : tensor.as<T>()) {
    const bool is_number = infinite == 0 || (value & infinite) != infinite;
    if (is_number && (random() & 1U) != 0) value = static_cast<T>(value ^ 1U);
  }
}

template <class T>
void reorder(const Tensor& tensor, std::mt19937_64& random) {
  const auto values = tensor.as<T>();
  std::shuffle(values.begin(), values.end(), random);
}

}  // namespace

bool vary(const Tensor& tensor, std::uint64_t variant) {
  const std::vector<std::byte> before(tensor.bytes.begin(), tensor.bytes.end());
  std::mt19937_64 random(variant);
  switch (tensor.spec->dtype) {
    case DType::f32:
      scale<float>(tensor, random);
      break;
    case DType::f64:
      scale<double>(tensor, random);
      break;
    case DType::f16:
      flip_lowest_bits<std::uint16_t>(tensor, random, 0x7c00);
      break;
    case DType::bf16:
      flip_lowest_bits<std::uint16_t>(tensor, random, 0x7f80);
      break;
    case DType::i8:
    case DType::u8:
      flip_lowest_bits<std::uint8_t>(tensor, random, 0);
      break;
    case DType::boolean:
      reorder<std::uint8_t>(tensor, random);
      break;
    case DType::i16:
    case DType::u16:
      reorder<std::uint16_t>(tensor, random);
      break;
    case DType::i32:
    case DType::u32:
      reorder<std::uint32_t>(tensor, random);
      break;
    case DType::i64:
    case DType::u64:
      reorder<std::uint64_t>(tensor, random);
      break;
  }
  return !std::equal(before.begin(), before.end(), tensor.bytes.begin());
}

}  // namespace eb
