#include "backends/npu/sim/chip_math.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "backends/npu/sim/translate.h"

namespace eb::simnpu {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::Pointwise;

// A chip's memory with one program of one operation.
class Block {
 public:
  template <class T>
  Tensor put(const std::vector<T>& values, Element element) {
    const Tensor tensor{plan_.reserve(values.size() * sizeof(T)), element, 0, values.size()};
    contents_.emplace_back([tensor, values](std::span<std::byte> block) {
      std::memcpy(block.data() + tensor.offset, values.data(), values.size() * sizeof(T));
    });
    return tensor;
  }
  Tensor reals(const std::vector<float>& values) { return put(values, Element::f32); }
  Tensor room(std::uint64_t count) { return reals(std::vector<float>(count)); }

  std::vector<std::byte>& load(const Op& op) {
    const Program program{plan_.reserve(sizeof(Op)), 1};
    const Header header{kMagic, 1, plan_.reserve(sizeof(Program))};
    memory_.assign(plan_.bytes(), std::byte{});
    for (const auto& content : contents_) content(memory_);
    std::memcpy(memory_.data() + program.first_op, &op, sizeof op);
    std::memcpy(memory_.data() + header.programs, &program, sizeof program);
    std::memcpy(memory_.data(), &header, sizeof header);
    return memory_;
  }

  template <class T = float>
  std::vector<T> run(const Op& op) {
    load(op);
    const auto ops = program_at(memory_, 0);
    EXPECT_TRUE(ops) << ops.error().message;
    if (!ops) return {};
    compute(memory_, ops->front());
    std::vector<T> answer(op.y.count);
    std::memcpy(answer.data(), memory_.data() + op.y.offset, answer.size() * sizeof(T));
    return answer;
  }

 private:
  BlockPlan plan_{};
  std::vector<std::function<void(std::span<std::byte>)>> contents_{};
  std::vector<std::byte> memory_{};
};

std::vector<float> counting(std::size_t count, float step = 0.25F) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = step * static_cast<float>(i % 13) - 1;
  return values;
}

TEST(ChipMath, AProductWithBias) {
  Block block;
  Op op{.kind = OpKind::matmul,
        .a = block.reals({1, 2, 3, 4, 5, 6}),
        .b = block.reals({1, 0, 0, 1, 1, 1}),
        .c = block.reals({10, 20}),
        .y = block.room(4)};
  op.m = op.n = 2;
  op.k = 3;
  EXPECT_THAT(block.run(op), ElementsAre(14, 25, 20, 31));
}

TEST(ChipMath, TransposedAndScaledAndWithOneNumberAdded) {
  Block block;
  Op op{.kind = OpKind::matmul,
        .a = block.reals({1, 4, 2, 5, 3, 6}),
        .b = block.reals({1, 0, 1, 0, 1, 1}),
        .c = block.reals({10}),
        .y = block.room(4)};
  op.m = op.n = 2;
  op.k = 3;
  op.is_a_transposed = op.is_b_transposed = 1;
  op.alpha = 2;
  op.beta = 0.5F;
  EXPECT_THAT(block.run(op), ElementsAre(13, 15, 25, 27));
}

TEST(ChipMath, RowsInFoursAndTheRest) {
  for (const std::uint64_t m : {1U, 3U, 4U, 5U, 8U, 11U}) {
    Block block;
    const auto a = counting(m * 7), b = counting(7 * 6, 0.5F);
    Op op{.kind = OpKind::matmul, .a = block.reals(a), .b = block.reals(b), .y = block.room(m * 6)};
    op.m = m;
    op.n = 6;
    op.k = 7;
    std::vector<float> expected(m * 6);
    for (std::uint64_t i = 0; i < m; ++i)
      for (std::uint64_t j = 0; j < 6; ++j)
        for (std::uint64_t q = 0; q < 7; ++q) expected[i * 6 + j] += a[i * 7 + q] * b[q * 6 + j];
    EXPECT_THAT(block.run(op), Pointwise(FloatNear(1e-4F), expected)) << m;
  }
}

TEST(ChipMath, BatchesWithAMatrixEach) {
  Block block;
  Op op{.kind = OpKind::matmul,
        .a = block.reals({1, 2, 3, 4}),
        .b = block.reals({5, 6, 7, 8}),
        .y = block.room(2)};
  op.batches = 2;
  op.m = op.n = 1;
  op.k = 2;
  op.is_b_shared = 0;
  EXPECT_THAT(block.run(op), ElementsAre(17, 53));
}

// By the definition, a number at a time.
std::vector<float> plain_conv(const Op& op, const std::vector<float>& a, const std::vector<float>& b) {
  std::vector<float> y(op.images * op.filters * op.out_height * op.out_width);
  const auto channels = op.channels / op.groups, filters = op.filters / op.groups;
  for (std::uint64_t at = 0; at < y.size(); ++at) {
    const auto ox = at % op.out_width, oy = at / op.out_width % op.out_height;
    const auto f = at / op.out_width / op.out_height % op.filters;
    const auto image = at / op.out_width / op.out_height / op.filters;
    for (std::uint64_t c = 0; c < channels; ++c)
      for (std::uint64_t ky = 0; ky < op.kernel_y; ++ky)
        for (std::uint64_t kx = 0; kx < op.kernel_x; ++kx) {
          const auto iy = static_cast<std::int64_t>(oy * op.stride_y + ky * op.dilation_y - op.pad_top);
          const auto ix = static_cast<std::int64_t>(ox * op.stride_x + kx * op.dilation_x - op.pad_left);
          if (iy < 0 || ix < 0 || iy >= static_cast<std::int64_t>(op.height) ||
              ix >= static_cast<std::int64_t>(op.width))
            continue;
          const auto channel = image * op.channels + f / filters * channels + c;
          y[at] += a[(channel * op.height + static_cast<std::uint64_t>(iy)) * op.width +
                     static_cast<std::uint64_t>(ix)] *
                   b[((f * channels + c) * op.kernel_y + ky) * op.kernel_x + kx];
        }
  }
  return y;
}

TEST(ChipMath, Convolutions) {
  struct Case {
    std::uint64_t channels, filters, groups, size, kernel, stride, dilation, pad;
  };
  for (const Case& c :
       {Case{3, 4, 1, 9, 3, 1, 1, 1}, Case{4, 6, 2, 8, 3, 2, 1, 1}, Case{5, 5, 5, 7, 3, 1, 2, 2},
        Case{2, 3, 1, 20, 1, 1, 1, 0}, Case{1, 2, 1, 6, 5, 1, 1, 4}}) {
    Block block;
    Op op{.kind = OpKind::conv};
    op.images = 2;
    op.channels = c.channels;
    op.filters = c.filters;
    op.groups = c.groups;
    op.height = op.width = c.size;
    op.kernel_y = op.kernel_x = c.kernel;
    op.stride_y = op.stride_x = c.stride;
    op.dilation_y = op.dilation_x = c.dilation;
    op.pad_top = op.pad_left = c.pad;
    op.out_height = op.out_width = (c.size + 2 * c.pad - (c.kernel - 1) * c.dilation - 1) / c.stride + 1;
    const auto a = counting(2 * c.channels * c.size * c.size);
    const auto b = counting(c.filters * c.channels / c.groups * c.kernel * c.kernel, 0.5F);
    const auto expected = plain_conv(op, a, b);
    op.a = block.reals(a);
    op.b = block.reals(b);
    op.y = block.room(expected.size());
    EXPECT_THAT(block.run(op), Pointwise(FloatNear(1e-3F), expected))
        << c.size << " pixels, kernel " << c.kernel;
  }
}

TEST(ChipMath, Elementwise) {
  const std::vector<float> x = {-2, -0.5F, 0, 3};
  const auto run = [&](OpKind kind, float alpha = 1, float beta = 1) {
    Block block;
    const Op op{.kind = kind, .a = block.reals(x), .b = block.reals({1, 2, 3, 4}), .y = block.room(4)};
    Op with = op;
    with.alpha = alpha;
    with.beta = beta;
    return block.run(with);
  };
  EXPECT_THAT(run(OpKind::relu), ElementsAre(0, 0, 0, 3));
  EXPECT_THAT(run(OpKind::clip, -1, 2), ElementsAre(-1, -0.5F, 0, 2));
  EXPECT_THAT(run(OpKind::add), ElementsAre(-1, 1.5F, 3, 7));
  EXPECT_THAT(run(OpKind::multiply), ElementsAre(-2, -1, 0, 12));
  EXPECT_THAT(run(OpKind::sigmoid), Pointwise(FloatNear(1e-6F), {0.1192029F, 0.3775407F, 0.5F, 0.9525741F}));
  EXPECT_THAT(run(OpKind::tanh), Pointwise(FloatNear(1e-6F), {-0.9640276F, -0.4621172F, 0.0F, 0.9950548F}));
}

TEST(ChipMath, QuantizesToTheNearestAndSaturates) {
  Block block;
  Op op{.kind = OpKind::quantize,
        .a = block.reals({0.5F, 1.5F, -0.5F, 1000, -1000, 4}),
        .b = block.reals({1, 2}),
        .c = block.put<std::int8_t>({0, 10}, Element::i8),
        .y = block.put<std::int8_t>(std::vector<std::int8_t>(6), Element::i8)};
  op.inner = 3;
  EXPECT_THAT(block.run<std::int8_t>(op), ElementsAre(0, 2, 0, 127, -128, 12));
}

TEST(ChipMath, DequantizesAlongAnAxis) {
  Block block;
  Op op{.kind = OpKind::dequantize,
        .a = block.put<std::uint8_t>({0, 255, 7, 8}, Element::u8),
        .b = block.reals({0.5F, 2}),
        .c = block.put<std::uint8_t>({128, 8}, Element::u8),
        .y = block.room(4)};
  op.inner = 2;
  EXPECT_THAT(block.run(op), ElementsAre(-64, 63.5F, -2, 0));
}

TEST(ChipMath, AProgramThatReachesOutsideIsRefused) {
  const auto refused = [](const std::function<void(Op&)>& damage) {
    Block block;
    Op op{.kind = OpKind::matmul, .a = block.room(6), .b = block.room(6), .y = block.room(4)};
    op.m = op.n = 2;
    op.k = 3;
    damage(op);
    return !program_at(block.load(op), 0);
  };
  EXPECT_FALSE(refused([](Op&) {}));
  EXPECT_TRUE(refused([](Op& op) { op.k = 4; })) << "more than the tensor has";
  EXPECT_TRUE(refused([](Op& op) { op.m = std::uint64_t{1} << 63; })) << "a product that overflows";
  EXPECT_TRUE(refused([](Op& op) { op.y.offset = std::uint64_t{1} << 40; }));
  EXPECT_TRUE(refused([](Op& op) { op.y.offset = 0; })) << "no result";
  EXPECT_TRUE(refused([](Op& op) { op.a.offset += 4; })) << "not aligned";
  EXPECT_TRUE(refused([](Op& op) { op.kind = static_cast<OpKind>(99); }));
  EXPECT_TRUE(refused([](Op& op) {
    op.kind = OpKind::conv;
    op.groups = 0;
  }));
}

TEST(ChipMath, ABlockThatIsNoneIsRefused) {
  Block block;
  const Op op{.kind = OpKind::relu, .a = block.room(4), .y = block.room(4)};
  const auto memory = block.load(op);
  EXPECT_TRUE(program_at(memory, 0));
  EXPECT_FALSE(program_at(memory, 1)) << "there is one program";
  EXPECT_FALSE(program_at(std::span(memory).first(8), 0));
  auto other = memory;
  other[0] = std::byte{0};
  EXPECT_FALSE(program_at(other, 0)) << "no magic";
  auto far = memory;
  const std::uint64_t offset = std::uint64_t{1} << 60;
  std::memcpy(far.data() + offsetof(Header, programs), &offset, sizeof offset);
  EXPECT_FALSE(program_at(far, 0));
}

}  // namespace
}  // namespace eb::simnpu
