#include "backends/npu/sim/chip_math.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace eb::simnpu {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{1}
                                << 40;  // of a product of sizes; none that is real comes near

std::uint64_t element_bytes(Element element) {
  return element == Element::f32 || element == Element::i32 ? 4 : 1;
}

std::uint64_t product(std::initializer_list<std::uint64_t> sizes) {
  std::uint64_t all = 1;
  for (const std::uint64_t size : sizes) {
    if (size != 0 && all > kMost / size) return kMost;
    all *= size;
  }
  return all;
}

bool holds(std::span<const std::byte> block, const Tensor& tensor, std::uint64_t wanted) {
  if (tensor.offset == 0 || tensor.offset % kAlignment != 0 || tensor.count < wanted) return false;
  if (tensor.count > kMost || tensor.offset > block.size()) return false;
  return tensor.count * element_bytes(tensor.element) <= block.size() - tensor.offset;
}

bool is_matmul_right(std::span<const std::byte> block, const Op& op) {
  const bool c = op.c.offset == 0 || (holds(block, op.c, 1) && (op.c.count == 1 || op.c.count == op.n ||
                                                                op.c.count == product({op.m, op.n})));
  return c && holds(block, op.a, product({op.batches, op.m, op.k})) &&
         holds(block, op.b, product({op.is_b_shared ? 1 : op.batches, op.k, op.n})) &&
         holds(block, op.y, product({op.batches, op.m, op.n}));
}

bool is_conv_right(std::span<const std::byte> block, const Op& op) {
  if (op.groups == 0 || op.channels % op.groups != 0 || op.filters % op.groups != 0) return false;
  for (const std::uint64_t size : {op.kernel_y, op.kernel_x, op.stride_y, op.stride_x, op.dilation_y,
                                   op.dilation_x, op.pad_top, op.pad_left, op.height, op.width})
    if (size > std::numeric_limits<std::int32_t>::max()) return false;
  return (op.c.offset == 0 || holds(block, op.c, op.filters)) &&
         holds(block, op.a, product({op.images, op.channels, op.height, op.width})) &&
         holds(block, op.b, product({op.filters, op.channels / op.groups, op.kernel_y, op.kernel_x})) &&
         holds(block, op.y, product({op.images, op.filters, op.out_height, op.out_width}));
}

bool is_right(std::span<const std::byte> block, const Op& op) {
  switch (op.kind) {
    case OpKind::matmul:
      return is_matmul_right(block, op);
    case OpKind::conv:
      return is_conv_right(block, op);
    case OpKind::add:
    case OpKind::multiply:
      return holds(block, op.y, 1) && holds(block, op.a, op.y.count) && holds(block, op.b, op.y.count);
    case OpKind::quantize:
    case OpKind::dequantize:
      return holds(block, op.y, 1) && holds(block, op.a, op.y.count) && holds(block, op.b, 1) &&
             op.inner > 0 && (op.c.offset == 0 || holds(block, op.c, op.b.count));
    default:
      return op.kind <= OpKind::dequantize && holds(block, op.y, 1) && holds(block, op.a, op.y.count);
  }
}

template <class T>
T* at(std::span<std::byte> block, const Tensor& tensor) {
  return reinterpret_cast<T*>(block.data() + tensor.offset);
}

// y[m, n] += a[m, k] b[k, n], rows of `n` numbers one after the other; four rows at a time share each row of
// b.
void multiply_add(const float* a, const float* b, float* y, std::size_t m, std::size_t n, std::size_t k) {
  std::size_t i = 0;
  for (; i + 4 <= m; i += 4)
    for (std::size_t q = 0; q < k; ++q) {
      const float a0 = a[i * k + q], a1 = a[(i + 1) * k + q], a2 = a[(i + 2) * k + q],
                  a3 = a[(i + 3) * k + q];
      const float* row = b + q * n;
      float *y0 = y + i * n, *y1 = y0 + n, *y2 = y1 + n, *y3 = y2 + n;
      for (std::size_t j = 0; j < n; ++j) {
        y0[j] += a0 * row[j];
        y1[j] += a1 * row[j];
        y2[j] += a2 * row[j];
        y3[j] += a3 * row[j];
      }
    }
  for (; i < m; ++i)
    for (std::size_t q = 0; q < k; ++q)
      for (std::size_t j = 0; j < n; ++j) y[i * n + j] += a[i * k + q] * b[q * n + j];
}

std::vector<float> transposed(const float* from, std::size_t rows, std::size_t columns) {
  std::vector<float> to(rows * columns);
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) to[j * rows + i] = from[i * columns + j];
  return to;
}

void compute_matmul(std::span<std::byte> block, const Op& op) {
  const float* c = op.c.offset ? at<float>(block, op.c) : nullptr;
  for (std::uint64_t i = 0; i < op.batches; ++i) {
    const float* a = at<float>(block, op.a) + i * op.m * op.k;
    const float* b = at<float>(block, op.b) + (op.is_b_shared ? 0 : i * op.k * op.n);
    float* y = at<float>(block, op.y) + i * op.m * op.n;
    for (std::uint64_t at = 0; at < op.m * op.n; ++at) {
      const std::uint64_t from = op.c.count == 1 ? 0 : op.c.count == op.n ? at % op.n : at;
      y[at] = c ? op.beta * c[from] : 0;
    }
    std::vector<float> a_turned, b_turned;
    if (op.is_a_transposed) a_turned = transposed(a, op.k, op.m);
    if (op.is_b_transposed) b_turned = transposed(b, op.n, op.k);
    if (op.alpha != 1) {
      if (a_turned.empty()) a_turned.assign(a, a + op.m * op.k);
      for (float& one : a_turned) one *= op.alpha;
    }
    multiply_add(a_turned.empty() ? a : a_turned.data(), b_turned.empty() ? b : b_turned.data(), y, op.m,
                 op.n, op.k);
  }
}

// The windows of output pixels [first, first + count) of one group of channels, as [window element, pixel].
void gather_windows(const float* a, const Op& op, std::size_t first, std::size_t count, float* to) {
  const std::uint64_t channels = op.channels / op.groups;
  for (std::uint64_t c = 0; c < channels; ++c)
    for (std::uint64_t ky = 0; ky < op.kernel_y; ++ky)
      for (std::uint64_t kx = 0; kx < op.kernel_x; ++kx)
        for (std::size_t p = first; p < first + count; ++p) {
          // Negative places wrap to large numbers, which are outside as well.
          const std::uint64_t y = p / op.out_width * op.stride_y + ky * op.dilation_y - op.pad_top;
          const std::uint64_t x = p % op.out_width * op.stride_x + kx * op.dilation_x - op.pad_left;
          *to++ = y < op.height && x < op.width ? a[(c * op.height + y) * op.width + x] : 0;
        }
}

void compute_conv(std::span<std::byte> block, const Op& op) {
  constexpr std::size_t kTile = 256;  // pixels at a time
  const std::uint64_t channels = op.channels / op.groups, filters = op.filters / op.groups;
  const std::uint64_t window = channels * op.kernel_y * op.kernel_x, pixels = op.out_height * op.out_width;
  const float* c = op.c.offset ? at<float>(block, op.c) : nullptr;
  std::vector<float> windows(window * kTile), tile(filters * kTile);
  for (std::uint64_t image = 0; image < op.images; ++image)
    for (std::uint64_t group = 0; group < op.groups; ++group) {
      const float* a = at<float>(block, op.a) + (image * op.groups + group) * channels * op.height * op.width;
      const float* b = at<float>(block, op.b) + group * filters * window;
      float* y = at<float>(block, op.y) + (image * op.groups + group) * filters * pixels;
      for (std::uint64_t first = 0; first < pixels; first += kTile) {
        const std::size_t count = std::min<std::uint64_t>(kTile, pixels - first);
        gather_windows(a, op, first, count, windows.data());
        for (std::uint64_t f = 0; f < filters; ++f)
          std::fill_n(tile.data() + f * count, count, c ? c[group * filters + f] : 0.0F);
        multiply_add(b, windows.data(), tile.data(), filters, count, window);
        for (std::uint64_t f = 0; f < filters; ++f)
          std::copy_n(tile.data() + f * count, count, y + f * pixels + first);
      }
    }
}

template <class Work>
void each(std::span<std::byte> block, const Op& op, Work work) {
  const float* a = at<float>(block, op.a);
  float* y = at<float>(block, op.y);
  for (std::uint64_t i = 0; i < op.y.count; ++i) y[i] = work(a[i]);
}

double integer_at(std::span<std::byte> block, const Tensor& tensor, std::uint64_t i) {
  switch (tensor.element) {
    case Element::i8:
      return at<std::int8_t>(block, tensor)[i];
    case Element::u8:
      return at<std::uint8_t>(block, tensor)[i];
    case Element::i32:
      return at<std::int32_t>(block, tensor)[i];
    case Element::f32:
      break;
  }
  return 0;
}

std::uint64_t scale_index(const Op& op, std::uint64_t i) {
  return op.b.count == 1 ? 0 : i / op.inner % op.b.count;
}

void compute_dequantize(std::span<std::byte> block, const Op& op) {
  const float* scale = at<float>(block, op.b);
  float* y = at<float>(block, op.y);
  for (std::uint64_t i = 0; i < op.y.count; ++i) {
    const std::uint64_t s = scale_index(op, i);
    const double zero = op.c.offset ? integer_at(block, op.c, s) : 0;
    y[i] = static_cast<float>(integer_at(block, op.a, i) - zero) * scale[s];
  }
}

void compute_quantize(std::span<std::byte> block, const Op& op) {
  const float* a = at<float>(block, op.a);
  const float* scale = at<float>(block, op.b);
  const bool is_signed = op.y.element == Element::i8;
  const double low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
  for (std::uint64_t i = 0; i < op.y.count; ++i) {
    const std::uint64_t s = scale_index(op, i);
    const double zero = op.c.offset ? integer_at(block, op.c, s) : 0;
    // To the nearest, halves to even; what is no number becomes the lowest.
    const double rounded = std::nearbyint(static_cast<double>(a[i] / scale[s])) + zero;
    const double kept = rounded >= low ? std::min(rounded, high) : low;
    if (is_signed) {
      at<std::int8_t>(block, op.y)[i] = static_cast<std::int8_t>(kept);
    } else {
      at<std::uint8_t>(block, op.y)[i] = static_cast<std::uint8_t>(kept);
    }
  }
}

void compute_pairs(std::span<std::byte> block, const Op& op) {
  const float* a = at<float>(block, op.a);
  const float* b = at<float>(block, op.b);
  float* y = at<float>(block, op.y);
  for (std::uint64_t i = 0; i < op.y.count; ++i) y[i] = op.kind == OpKind::add ? a[i] + b[i] : a[i] * b[i];
}

// Whether `count` items of `bytes` each lie in the block, at an offset that they can be read from.
bool has_items(std::span<const std::byte> block, std::uint64_t offset, std::uint64_t count,
               std::uint64_t bytes) {
  return offset != 0 && offset % kAlignment == 0 && offset <= block.size() &&
         count <= (block.size() - offset) / bytes;
}

}  // namespace

Result<std::span<const Op>> program_at(std::span<const std::byte> block, std::size_t index) {
  const auto* header = reinterpret_cast<const Header*>(block.data());
  if (block.size() < sizeof(Header) || header->magic != kMagic || index >= header->program_count ||
      !has_items(block, header->programs, header->program_count, sizeof(Program)))
    return Error{ErrorKind::invalid, fmt::format("there is no program {}", index)};
  const Program& program = reinterpret_cast<const Program*>(block.data() + header->programs)[index];
  if (!has_items(block, program.first_op, program.op_count, sizeof(Op)))
    return Error{ErrorKind::invalid, fmt::format("program {} is not in the memory", index)};
  const std::span ops(reinterpret_cast<const Op*>(block.data() + program.first_op), program.op_count);
  for (const Op& op : ops)
    if (!is_right(block, op))
      return Error{ErrorKind::invalid, fmt::format("operation {} of program {} reaches outside the memory",
                                                   &op - ops.data(), index)};
  return ops;
}

void compute(std::span<std::byte> block, const Op& op) {
  switch (op.kind) {
    case OpKind::matmul:
      return compute_matmul(block, op);
    case OpKind::conv:
      return compute_conv(block, op);
    case OpKind::relu:
      return each(block, op, [](float x) { return std::max(x, 0.0F); });
    case OpKind::clip:
      return each(block, op, [&](float x) { return std::min(std::max(x, op.alpha), op.beta); });
    case OpKind::sigmoid:
      return each(block, op, [](float x) { return 1 / (1 + std::exp(-x)); });
    case OpKind::tanh:
      return each(block, op, [](float x) { return std::tanh(x); });
    case OpKind::add:
    case OpKind::multiply:
      return compute_pairs(block, op);
    case OpKind::quantize:
      return compute_quantize(block, op);
    case OpKind::dequantize:
      return compute_dequantize(block, op);
  }
}

}  // namespace eb::simnpu
