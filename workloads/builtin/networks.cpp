#include "workloads/builtin/networks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/core/onnx_writer.h"
#include "workloads/builtin/numbers.h"

namespace eb {
namespace {

using onnx::Shape;
using onnx::Type;
using Names = std::vector<std::string>;

// A scale of uniform weights that keeps the deviation of what is summed over `inputs` products: the power of
// two nearest to sqrt(gain / inputs). Powers of two, since every processor rounds them alike: not at all.
float scale_for(std::int64_t inputs, std::int64_t gain) {
  float scale = 1;
  for (std::int64_t quarter = 4; quarter * gain <= 2 * inputs; quarter *= 4) scale /= 2;
  return scale;
}
constexpr std::int64_t kPlain = 3;      // a uniform number has a third of its range as variance
constexpr std::int64_t kAfterRelu = 6;  // which takes half of it

// Layers in order; each gives the name of its output.
class Layers {
 public:
  explicit Layers(std::uint64_t seed) : numbers_(seed) {}

  void input(const std::string& name, Type type, const Shape& shape) { graph_.add_input(name, type, shape); }
  std::string model(const std::string& name) {
    graph_.add_output("logits", Type::f32, {1, kBuiltinAnswers});
    return graph_.model(name);
  }

  std::string add(std::string_view op, const Names& inputs,
                  std::initializer_list<onnx::Message> attributes = {}) {
    std::string name = next(op);
    graph_.add_node(onnx::node(op, name, inputs, name, attributes));
    return name;
  }

  std::string weights(const std::string& name, const Shape& shape, float scale) {
    std::vector<float> values(static_cast<std::size_t>(onnx::count_of(shape)));
    for (float& value : values) value = numbers_.unit() * scale;
    graph_.add_weights(onnx::tensor<float>(name, Type::f32, shape, values));
    return name;
  }

  void constant(const std::string& name, float value) {
    graph_.add_weights(onnx::tensor<float>(name, Type::f32, {}, {&value, 1}));
  }

  // Rows by columns, with a border that keeps the size at stride 1 (for an even side: one more after than
  // before).
  struct Window {
    std::int64_t rows = 3, columns = 3, stride = 1;
  };
  std::string conv(const std::string& x, std::int64_t from, std::int64_t to, Window window,
                   bool is_depthwise = false) {
    const std::string name = next("Conv");
    const std::int64_t each = is_depthwise ? 1 : from;
    const std::int64_t inputs = each * window.rows * window.columns;
    const std::int64_t top = (window.rows - 1) / 2, left = (window.columns - 1) / 2;
    const Names all = {
        x, weights(name + ".weight", {to, each, window.rows, window.columns}, scale_for(inputs, kAfterRelu)),
        weights(name + ".bias", {to}, kBias)};
    graph_.add_node(
        onnx::node("Conv", name, all, name,
                   {onnx::integers("kernel_shape", {window.rows, window.columns}),
                    onnx::integers("strides", {window.stride, window.stride}),
                    onnx::integers("pads", {top, left, window.rows - 1 - top, window.columns - 1 - left}),
                    onnx::integer("group", is_depthwise ? from : 1)}));
    return add("Relu", {name});
  }
  std::string separable(const std::string& x, std::int64_t from, std::int64_t to, std::int64_t stride) {
    return conv(conv(x, from, from, {3, 3, stride}, true), from, to, {1, 1, 1});
  }

  std::string matmul(const std::string& x, std::int64_t from, std::int64_t to, std::int64_t gain = kPlain) {
    std::string name = next("MatMul");
    graph_.add_node(
        onnx::node("MatMul", name, {x, weights(name + ".weight", {from, to}, scale_for(from, gain))}, name));
    return name;
  }
  std::string biased(const std::string& x, std::int64_t channels) {
    return add("Add", {x, weights(x + ".bias", {channels}, kBias)});
  }
  std::string normalized(const std::string& x, std::int64_t channels) {
    const std::vector<float> ones(static_cast<std::size_t>(channels), 1);
    std::string name = next("LayerNormalization");
    graph_.add_weights(onnx::tensor<float>(name + ".scale", Type::f32, {channels}, ones));
    graph_.add_node(onnx::node("LayerNormalization", name,
                               {x, name + ".scale", weights(name + ".bias", {channels}, kBias)}, name));
    return name;
  }
  std::string reshaped(const std::string& x, const Shape& shape) {
    std::string name = next("Reshape");
    const Shape length = {static_cast<std::int64_t>(shape.size())};
    graph_.add_weights(onnx::tensor<std::int64_t>(name + ".shape", Type::i64, length, shape));
    graph_.add_node(onnx::node("Reshape", name, {x, name + ".shape"}, name));
    return name;
  }
  // The last layer.
  void answer(const std::string& x, std::int64_t from) {
    const Names all = {x, weights("logits.weight", {from, kBuiltinAnswers}, scale_for(from, kPlain)),
                       weights("logits.bias", {kBuiltinAnswers}, kBias)};
    graph_.add_node(onnx::node("Gemm", "logits", all, "logits"));
  }
  void answer_mean_of_pixels(const std::string& x, std::int64_t channels) {
    answer(add("Flatten", {add("GlobalAveragePool", {x})}, {onnx::integer("axis", 1)}), channels);
  }

 private:
  static constexpr float kBias = 1.0F / 8;

  std::string next(std::string_view op) { return fmt::format("{}{}", op, count_++); }

  Numbers numbers_;
  onnx::Graph graph_;
  int count_ = 0;
};

std::string vision() {
  Layers net(1);
  net.input("input", Type::f32, {1, 3, 64, 64});
  std::string x = net.conv("input", 3, 32, {3, 3, 2});
  x = net.separable(x, 32, 64, 1);
  x = net.separable(x, 64, 128, 2);
  x = net.separable(x, 128, 128, 1);
  x = net.separable(x, 128, 256, 2);
  net.answer_mean_of_pixels(x, 256);
  return net.model("vision");
}

std::string speech() {
  Layers net(2);
  net.input("input", Type::f32, {1, 1, 49, 10});
  std::string x = net.conv("input", 1, 64, {10, 4, 2});
  for (int i = 0; i < 4; ++i) x = net.separable(x, 64, 64, 1);
  net.answer_mean_of_pixels(x, 64);
  return net.model("speech");
}

constexpr std::int64_t kTokens = 64, kChannels = 64, kHeads = 4, kWide = 256;

std::string attention(Layers& net, const std::string& x) {
  const auto heads_of = [&](const std::vector<std::int64_t>& order) {
    const std::string all = net.biased(net.matmul(x, kChannels, kChannels), kChannels);
    return net.add("Transpose", {net.reshaped(all, {1, kTokens, kHeads, kChannels / kHeads})},
                   {onnx::integers("perm", order)});
  };
  const std::string query = heads_of({0, 2, 1, 3});
  const std::string key = heads_of({0, 2, 3, 1});
  const std::string value = heads_of({0, 2, 1, 3});
  const std::string near = net.add("Softmax", {net.add("Mul", {net.add("MatMul", {query, key}), "quarter"})},
                                   {onnx::integer("axis", -1)});
  const std::string mixed =
      net.add("Transpose", {net.add("MatMul", {near, value})}, {onnx::integers("perm", {0, 2, 1, 3})});
  return net.matmul(net.reshaped(mixed, {1, kTokens, kChannels}), kChannels, kChannels);
}

std::string nlp() {
  Layers net(3);
  net.input("input", Type::i64, {1, kTokens});
  net.constant("quarter", 0.25F);
  std::string x =
      net.add("Gather", {net.weights("bytes", {256, kChannels}, 1), "input"}, {onnx::integer("axis", 0)});
  x = net.add("Add", {x, net.weights("places", {kTokens, kChannels}, 1)});
  for (int i = 0; i < 2; ++i) {
    x = net.add("Add", {x, attention(net, net.normalized(x, kChannels))});
    const std::string wide = net.biased(net.matmul(net.normalized(x, kChannels), kChannels, kWide), kWide);
    x = net.add("Add", {x, net.matmul(net.add("Relu", {wide}), kWide, kChannels, kAfterRelu)});
  }
  x = net.normalized(x, kChannels);
  net.answer(net.add("ReduceMean", {x}, {onnx::integers("axes", {1}), onnx::integer("keepdims", 0)}),
             kChannels);
  return net.model("nlp");
}

struct Row {
  std::string_view name;
  std::string (*make)();
};
constexpr Row kRows[] = {{"vision", vision}, {"speech", speech}, {"nlp", nlp}};

}  // namespace

std::vector<std::string_view> builtin_networks() {
  std::vector<std::string_view> names;
  for (const Row& row : kRows) names.push_back(row.name);
  return names;
}

Result<std::string> builtin_model(std::string_view network) {
  const auto row =
      std::find_if(std::begin(kRows), std::end(kRows), [&](const Row& r) { return r.name == network; });
  if (row == std::end(kRows))
    return Error{ErrorKind::not_found, fmt::format("there is no network '{}'; known: {}", network,
                                                   fmt::join(builtin_networks(), ", "))};
  return row->make();
}

}  // namespace eb
