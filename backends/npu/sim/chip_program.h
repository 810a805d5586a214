#pragma once
// What the host and the chip of the simulated NPU share: programs in one block of memory. Plain data of fixed
// layout, since two processes read it. Every address is an offset in bytes from the start of the block.
#include <cstdint>
#include <type_traits>

namespace eb::simnpu {

inline constexpr std::uint32_t kMagic = 0x4e50'5531;  // of a block that is ready
inline constexpr std::uint64_t kAlignment = 64;       // of every tensor

enum class Element : std::uint32_t { f32, i8, u8, i32 };

struct Tensor {
  std::uint64_t offset = 0;  // 0: not there
  Element element = Element::f32;
  std::uint32_t is_constant = 0;
  std::uint64_t count = 0;  // elements
};

enum class OpKind : std::uint32_t {
  matmul,      // y[i] = a[i] b[i or 0] + c        batches, m, n, k
  conv,        // y = a (*) b + c                  images, groups and what follows
  relu,        // y = max(a, 0)
  clip,        // y = min(max(a, alpha), beta)
  sigmoid,     //
  tanh,        //
  add,         // y = a + b, of one shape
  multiply,    // y = a * b, of one shape
  quantize,    // y = saturate(round(a / b) + c)   scale b, zero point c, along `axis`
  dequantize,  // y = (a - c) * b                  the same
};

// One operation. Tensors are dense, in ONNX's order. A member that the kind does not name is not looked at.
struct Op {
  OpKind kind{};
  std::uint32_t is_int8 = 0;  // matrix work on numbers that 8 bits can hold: at the array's full rate
  Tensor a{}, b{}, c{}, y{};
  // matmul; is_b_shared: one b for all batches. c has n elements, or m * n, or 1.
  std::uint64_t batches = 1, m = 0, n = 0, k = 0;
  std::uint32_t is_b_shared = 1, is_a_transposed = 0, is_b_transposed = 0;
  // conv, 2-D: a [images, channels, height, width], b [filters, channels / groups, kernel_y, kernel_x]
  std::uint64_t images = 0, channels = 0, height = 0, width = 0, filters = 0, groups = 1, kernel_y = 1,
                kernel_x = 1, out_height = 0, out_width = 0, stride_y = 1, stride_x = 1, dilation_y = 1,
                dilation_x = 1, pad_top = 0, pad_left = 0;
  // quantize and dequantize: [outer, b.count, inner], or one scale for all
  std::uint64_t inner = 1;
  float alpha = 1, beta = 1;
};

struct Program {
  std::uint64_t first_op = 0;  // offset of an array of Op
  std::uint64_t op_count = 0;
};

// At the start of the block.
struct Header {
  std::uint32_t magic = 0;
  std::uint32_t program_count = 0;
  std::uint64_t programs = 0;  // offset of an array of Program
};

// What the host asks, and what the chip answers, through pipes.
struct Request {
  std::uint32_t program = 0;
  float slowdown = 1;  // of the clock, as heat would do
};
enum class Outcome : std::uint32_t { done, overrun, invalid };
struct Reply {
  Outcome outcome{};
  std::uint64_t modelled_ns = 0;  // what the work takes on the chip
  std::uint64_t computed_ns = 0;  // what its simulation took
};

static_assert(std::is_trivially_copyable_v<Op> && std::is_trivially_copyable_v<Header> &&
              std::is_trivially_copyable_v<Program> && std::is_trivially_copyable_v<Reply>);

}  // namespace eb::simnpu
