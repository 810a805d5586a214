#include <algorithm>

#include "tests/backends/gpu/ops/reference.h"

namespace eb::gpu::test {
namespace {

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

struct Layer {
  std::string op_type = "LSTM";
  std::int64_t time = 3, batch = 2, input = 5, hidden = 4;
  std::string direction = "forward";
  bool has_bias = true, has_initial = true, has_peepholes = false;
  bool linear_before_reset = false;
  double clip = 1e30;

  std::int64_t gates() const { return op_type == "LSTM" ? 4 : op_type == "GRU" ? 3 : 1; }
  std::int64_t directions() const { return direction == "bidirectional" ? 2 : 1; }
};

struct Tensors {
  Tensor x, w, r, b, h, c, p;
};

Tensors tensors_of(const Layer& layer) {
  const std::int64_t d = layer.directions(), gh = layer.gates() * layer.hidden;
  const double reach = 1 / std::sqrt(double(layer.hidden));
  return {random(1, {layer.time, layer.batch, layer.input}),
          constant(random(2, {d, gh, layer.input}, -0.5, 0.5)),
          constant(random(3, {d, gh, layer.hidden}, -reach, reach)),
          constant(random(4, {d, 2 * gh}, -0.5, 0.5)),
          random(5, {d, layer.batch, layer.hidden}, -1, 1),
          random(6, {d, layer.batch, layer.hidden}, -1, 1),
          constant(random(7, {d, 3 * layer.hidden}, -1, 1))};
}

// One direction of one item of the batch, by ONNX's formulas.
class Reference {
 public:
  Reference(const Layer& layer, const Tensors& given, std::int64_t direction, std::int64_t item)
      : layer_(layer), given_(given), d_(direction), b_(item) {
    for (std::int64_t j = 0; j < layer.hidden; ++j) {
      h_.push_back(layer.has_initial ? at(given.h, {d_, b_, j}) : 0);
      c_.push_back(layer.has_initial ? at(given.c, {d_, b_, j}) : 0);
    }
  }

  const std::vector<double>& step(std::int64_t t) {
    std::vector<double> next = h_, reset(h_.size());
    const auto h_at = [&](std::int64_t k) { return h_[static_cast<std::size_t>(k)]; };
    for (std::int64_t j = 0; j < layer_.hidden; ++j) {
      const auto u = static_cast<std::size_t>(j);
      if (layer_.op_type == "LSTM") next[u] = lstm(t, j);
      if (layer_.op_type == "RNN") next[u] = std::tanh(clipped(input(t, 0, j) + recurrent(0, j, h_at)));
      if (layer_.op_type == "GRU") reset[u] = sigmoid(clipped(input(t, 1, j) + recurrent(1, j, h_at)));
    }
    for (std::int64_t j = 0; layer_.op_type == "GRU" && j < layer_.hidden; ++j) {
      const auto u = static_cast<std::size_t>(j);
      const double z = sigmoid(clipped(input(t, 0, j) + recurrent(0, j, h_at)));
      const double part =
          layer_.linear_before_reset
              ? reset[u] * recurrent(2, j, h_at)
              : recurrent(2, j, [&](std::int64_t k) { return reset[static_cast<std::size_t>(k)] * h_at(k); });
      next[u] = (1 - z) * std::tanh(clipped(input(t, 2, j) + part)) + z * h_[u];
    }
    return h_ = next;
  }
  const std::vector<double>& cell() const { return c_; }

 private:
  double clipped(double x) const { return std::clamp(x, -layer_.clip, layer_.clip); }
  double input(std::int64_t t, std::int64_t gate, std::int64_t j) const {
    const std::int64_t row = gate * layer_.hidden + j;
    double sum = layer_.has_bias ? at(given_.b, {d_, row}) : 0;
    for (std::int64_t k = 0; k < layer_.input; ++k)
      sum += at(given_.w, {d_, row, k}) * at(given_.x, {t, b_, k});
    return sum;
  }
  double recurrent(std::int64_t gate, std::int64_t j, const std::function<double(std::int64_t)>& h) const {
    const std::int64_t row = gate * layer_.hidden + j;
    double sum = layer_.has_bias ? at(given_.b, {d_, layer_.gates() * layer_.hidden + row}) : 0;
    for (std::int64_t k = 0; k < layer_.hidden; ++k) sum += at(given_.r, {d_, row, k}) * h(k);
    return sum;
  }
  double lstm(std::int64_t t, std::int64_t j) {
    const auto h = [&](std::int64_t k) { return h_[static_cast<std::size_t>(k)]; };
    const auto peephole = [&](std::int64_t gate) {
      return layer_.has_peepholes ? at(given_.p, {d_, gate * layer_.hidden + j}) : 0;
    };
    double& c = c_[static_cast<std::size_t>(j)];
    const double i = sigmoid(clipped(input(t, 0, j) + recurrent(0, j, h) + peephole(0) * c));
    const double f = sigmoid(clipped(input(t, 2, j) + recurrent(2, j, h) + peephole(2) * c));
    c = f * c + i * std::tanh(clipped(input(t, 3, j) + recurrent(3, j, h)));
    return sigmoid(clipped(input(t, 1, j) + recurrent(1, j, h) + peephole(1) * c)) * std::tanh(c);
  }

  const Layer& layer_;
  const Tensors& given_;
  std::int64_t d_, b_;
  std::vector<double> h_{}, c_{};
};

std::vector<Tensor> expected_of(const Layer& layer, const Tensors& given) {
  const std::int64_t d = layer.directions(), h = layer.hidden;
  Tensor y = random(0, {layer.time, d, layer.batch, h}), last = random(0, {d, layer.batch, h}), cell = last;
  for (std::int64_t direction = 0; direction < d; ++direction)
    for (std::int64_t b = 0; b < layer.batch; ++b) {
      Reference reference(layer, given, direction, b);
      const bool backwards = direction == 1 || layer.direction == "reverse";
      for (std::int64_t i = 0; i < layer.time; ++i) {
        const std::int64_t t = backwards ? layer.time - 1 - i : i;
        const auto& made = reference.step(t);
        for (std::int64_t j = 0; j < h; ++j) {
          const auto u = static_cast<std::size_t>(j);
          y.numbers[static_cast<std::size_t>(offset_of(y.shape, {t, direction, b, j}))] = made[u];
          last.numbers[static_cast<std::size_t>(offset_of(last.shape, {direction, b, j}))] = made[u];
          cell.numbers[static_cast<std::size_t>(offset_of(last.shape, {direction, b, j}))] =
              reference.cell()[u];
        }
      }
    }
  if (layer.op_type != "LSTM") return {y, last};
  return {y, last, cell};
}

OpCase recurrent_case(const Layer& layer) {
  const Tensors given = tensors_of(layer);
  const Tensor lengths =
      constant(tensor(Type::i32, {layer.batch},
                      std::vector<double>(static_cast<std::size_t>(layer.batch), double(layer.time))));
  OpCase test{.op_type = layer.op_type,
              .inputs = {given.x, given.w, given.r},
              .outputs = expected_of(layer, given),
              .attributes = {{"hidden_size", layer.hidden}, {"direction", layer.direction}},
              .rtol = 1e-4,
              .atol = 1e-5};
  test.inputs.push_back(layer.has_bias ? given.b : absent());
  test.inputs.push_back(layer.has_bias ? lengths : absent());
  test.inputs.push_back(layer.has_initial ? given.h : absent());
  if (layer.op_type == "LSTM") {
    test.inputs.push_back(layer.has_initial ? given.c : absent());
    test.inputs.push_back(layer.has_peepholes ? given.p : absent());
  }
  if (layer.linear_before_reset) test.attributes["linear_before_reset"] = std::int64_t{1};
  if (layer.clip < 1e30) test.attributes["clip"] = static_cast<float>(layer.clip);
  return test;
}

TEST(Recurrent, EveryCellInEveryDirection) {
  for (const std::string op_type : {"LSTM", "GRU", "RNN"})
    for (const std::string direction : {"forward", "reverse", "bidirectional"}) {
      SCOPED_TRACE(op_type + " " + direction);
      Layer layer{.op_type = op_type, .direction = direction};
      expect_op(recurrent_case(layer));
      layer.hidden = 16;
      layer.has_bias = layer.has_initial = false;
      expect_op(recurrent_case(layer));
    }
}

TEST(Recurrent, OneStepOf128) {
  for (const std::string op_type : {"LSTM", "GRU"}) {
    const OpCase test =
        recurrent_case({.op_type = op_type, .time = 1, .batch = 1, .input = 128, .hidden = 128});
    expect_op(test);
    expect_op_as_gpu(test);
  }
}

TEST(Recurrent, ManyStepsOfOddSizes) {
  for (const std::string op_type : {"LSTM", "GRU"})
    expect_op(recurrent_case({.op_type = op_type, .time = 25, .batch = 3, .input = 7, .hidden = 37}));
}

TEST(LSTM, PeepholesAndClip) {
  Layer layer{.has_peepholes = true};
  expect_op(recurrent_case(layer));
  layer.clip = 0.3;
  expect_op(recurrent_case(layer));
}

TEST(GRU, ResetAfterTheProduct) {
  Layer layer{.op_type = "GRU", .linear_before_reset = true};
  for (const std::string direction : {"forward", "reverse", "bidirectional"}) {
    layer.direction = direction;
    layer.has_bias = true;
    expect_op(recurrent_case(layer));
    layer.has_bias = false;
    expect_op(recurrent_case(layer));
  }
}

TEST(Recurrent, OutputsMayBeLeftOut) {
  OpCase test = recurrent_case({});
  test.outputs[0] = absent();
  expect_op(test);
  test = recurrent_case({});
  test.outputs[1] = absent();
  test.outputs.pop_back();
  expect_op(test);
}

TEST(Recurrent, Refusals) {
  const OpCase good = recurrent_case({});
  OpCase test = good;
  test.attributes["activations"] = std::string("Sigmoid,Relu,Tanh");
  EXPECT_EQ(refused(test), "activations are not the default ones");
  test.attributes["activations"] = std::string("Sigmoid,Tanh,Tanh");
  EXPECT_EQ(refused(test), "");
  test = good;
  test.inputs[4] = constant(tensor(Type::i32, {2}, {3, 2}));
  EXPECT_EQ(refused(test), "sequences of different lengths");
  test = good;
  test.inputs[1].is_constant = false;
  EXPECT_EQ(refused(test), "weights or sequence lengths are not constant");
  test = good;
  test.attributes["layout"] = std::int64_t{1};
  EXPECT_EQ(refused(test), "batch comes first");
}

}  // namespace
}  // namespace eb::gpu::test
