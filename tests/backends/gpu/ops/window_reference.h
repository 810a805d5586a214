#pragma once
// Plain references of windows and matrix products, in double: what the kernels are compared with.
#include "backends/gpu/ops/window.h"
#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {

// An operator of windows as a test says it; short lists are spread over all spatial dimensions.
struct WindowCase {
  Shape input{};  // [N, C, spatial...]
  std::int64_t outputs = 1;
  Shape kernel{}, strides{}, dilations{}, pads{};
  std::int64_t groups = 1;

  std::size_t spatial() const { return input.size() - 2; }
  Shape spread(const Shape& numbers, std::int64_t otherwise, std::size_t count) const {
    if (numbers.size() == count) return numbers;
    return Shape(count, numbers.empty() ? otherwise : numbers[0]);
  }
  Shape all_strides() const { return spread(strides, 1, spatial()); }
  Shape all_dilations() const { return spread(dilations, 1, spatial()); }
  Shape all_pads() const { return spread(pads, 0, 2 * spatial()); }

  Shape output_shape() const {
    Shape shape{input[0], outputs};
    for (std::size_t i = 0; i < spatial(); ++i) {
      const std::int64_t reach = (kernel[i] - 1) * all_dilations()[i] + 1;
      const std::int64_t padded = input[i + 2] + all_pads()[i] + all_pads()[i + spatial()];
      shape.push_back((padded - reach) / all_strides()[i] + 1);
    }
    return shape;
  }
  std::map<std::string, Attribute> attributes() const {
    return {
        {"strides", all_strides()}, {"dilations", all_dilations()}, {"pads", all_pads()}, {"group", groups}};
  }
};

// The index of each dimension of element `index`.
inline Shape position_of(std::int64_t index, const Shape& shape) {
  Shape position(shape.size());
  for (std::size_t i = shape.size(); i-- > 0;) {
    position[i] = index % shape[i];
    index /= shape[i];
  }
  return position;
}

inline std::int64_t index_of(const Shape& position, const Shape& shape) {
  std::int64_t index = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) index = index * shape[i] + position[i];
  return index;
}

inline Tensor conv_reference(const WindowCase& test, const Tensor& x, const Tensor& weights,
                             const Tensor* bias) {
  Tensor y = reals(test.output_shape(), {});
  const std::int64_t group_inputs = test.input[1] / test.groups, group_outputs = test.outputs / test.groups;
  const std::int64_t taps = elements(test.kernel);
  for (std::int64_t at = 0; at < elements(y.shape); ++at) {
    const Shape out = position_of(at, y.shape);
    double sum = bias ? bias->numbers[static_cast<std::size_t>(out[1])] : 0;
    for (std::int64_t tap = 0; tap < taps; ++tap) {
      const Shape offset = position_of(tap, test.kernel);
      Shape in{out[0], 0};
      bool inside = true;
      for (std::size_t i = 0; i < test.spatial(); ++i) {
        in.push_back(out[i + 2] * test.all_strides()[i] - test.all_pads()[i] +
                     offset[i] * test.all_dilations()[i]);
        inside = inside && in.back() >= 0 && in.back() < test.input[i + 2];
      }
      for (std::int64_t c = 0; inside && c < group_inputs; ++c) {
        in[1] = out[1] / group_outputs * group_inputs + c;
        sum += x.numbers[static_cast<std::size_t>(index_of(in, x.shape))] *
               weights.numbers[static_cast<std::size_t>((out[1] * group_inputs + c) * taps + tap)];
      }
    }
    y.numbers.push_back(sum);
  }
  return y;
}

inline Tensor matmul_reference(const Tensor& a, const Tensor& b, Shape batch, std::int64_t rows,
                               std::int64_t inner, std::int64_t columns) {
  Shape shape = batch;
  shape.insert(shape.end(), {rows, columns});
  Tensor y = reals(shape, {});
  Shape a_whole = batch, b_whole = batch;
  a_whole.insert(a_whole.end(), {rows, inner});
  b_whole.insert(b_whole.end(), {inner, columns});
  for (std::int64_t at = 0; at < elements(shape); ++at) {
    Shape position = position_of(at, shape);
    const std::int64_t row = position[batch.size()], column = position[batch.size() + 1];
    double sum = 0;
    for (std::int64_t k = 0; k < inner; ++k) {
      position[batch.size()] = row;
      position[batch.size() + 1] = k;
      const double left = broadcast_number(a, a_whole, index_of(position, a_whole));
      position[batch.size()] = k;
      position[batch.size() + 1] = column;
      sum += left * broadcast_number(b, b_whole, index_of(position, b_whole));
    }
    y.numbers.push_back(sum);
  }
  return y;
}

}  // namespace eb::gpu::test
