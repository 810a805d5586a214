#pragma once
// Quantized graphs by hand: QuantizeLinear and DequantizeLinear around operators, and a device that says it
// has an integer dot product, so that plans for it are in whole numbers.
#include <cmath>

#include "tests/backends/gpu/graph_builder.h"
#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {

// How a tensor is quantized; `zero` and the numbers are those of the type.
struct Quantization {
  float scale = 1;
  int zero = 0;
  Type type = Type::u8;

  double low() const { return type == Type::u8 ? 0 : -128; }
  double high() const { return type == Type::u8 ? 255 : 127; }
  double number_of(double real) const {
    return std::min(std::max(std::nearbyint(real / static_cast<double>(scale)) + zero, low()), high());
  }
  double real_of(double number) const { return (number - zero) * static_cast<double>(scale); }
};

class QuantizedBuilder : public GraphBuilder {
 public:
  // Numbers of a small type as a constant.
  ValueId numbers(const Shape& shape, const std::vector<double>& numbers, Type type) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(numbers.size());
    for (const double number : numbers) bytes.push_back(static_cast<std::uint8_t>(static_cast<int>(number)));
    return constant<std::uint8_t>(shape, bytes, type);
  }
  ValueId input(const Shape& shape, const Quantization& how) { return GraphBuilder::input(shape, how.type); }
  ValueId dequantize(ValueId numbers, const Quantization& how) {
    const Shape shape = this->shape(numbers);
    return op("DequantizeLinear", {numbers, scale(how), zero(how)}, shape);
  }
  ValueId quantize(ValueId reals, const Quantization& how) {
    const Shape shape = this->shape(reals);
    return op("QuantizeLinear", {reals, scale(how), zero(how)}, shape, {}, how.type);
  }
  // Signed weights with one scale, or with one a channel along `axis`.
  ValueId weights(const Tensor& numbers, const std::vector<float>& scales, std::int64_t axis) {
    const ValueId id = this->numbers(numbers.shape, numbers.numbers, Type::i8);
    const ValueId scale =
        constant(scales.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(scales.size())}, scales);
    return op("DequantizeLinear", {id, scale}, numbers.shape, {{"axis", axis}});
  }

 private:
  ValueId scale(const Quantization& how) { return constant({}, std::vector<float>{how.scale}); }
  ValueId zero(const Quantization& how) { return numbers({}, {static_cast<double>(how.zero)}, how.type); }
};

class WithDotProduct : public AsDiscrete {
 public:
  explicit WithDotProduct(ComputeDevice& device) : AsDiscrete(device), info_(device.info()) {
    info_.int8_dot_product = true;
  }
  const DeviceInfo& info() const override { return info_; }

 private:
  DeviceInfo info_;
};

}  // namespace eb::gpu::test
