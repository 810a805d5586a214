#pragma once
// One operator on every device that is here, against numbers of the test's own: a graph of one node is
// planned, loaded, run and compared. A case is one line:
//
//   expect_op({.op_type = "Add", .inputs = {random(1, {2, 3}), constant(random(2, {3}))}, .outputs = {...}});
//
// Numbers are doubles whatever the tensor's type, so int64 is exact to 2^53. `each` makes the expected tensor
// of an operator that works element by element, with broadcasting.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "backends/gpu/half.h"
#include "backends/gpu/ops.h"
#include "backends/gpu/plan.h"
#include "backends/gpu/program.h"
#include "tests/backends/gpu/devices.h"

namespace eb::gpu::test {

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Tensor {
  Type type = Type::f32;
  Shape shape{};
  std::vector<double> numbers{};
  bool is_constant = false;
  bool is_absent = false;  // an optional input or output that is left out
};

inline Tensor tensor(Type type, Shape shape, std::vector<double> numbers) {
  return {.type = type, .shape = std::move(shape), .numbers = std::move(numbers)};
}

inline Tensor reals(Shape shape, std::vector<double> numbers) {
  return tensor(Type::f32, std::move(shape), std::move(numbers));
}

inline Tensor constant(Tensor tensor) {
  tensor.is_constant = true;
  return tensor;
}

inline Tensor absent() {
  return {.is_absent = true};
}

// Evenly distributed f32 numbers; the same for the same seed.
inline Tensor random(unsigned seed, Shape shape, double low = -2, double high = 2) {
  std::mt19937 engine(seed);
  Tensor made = reals(std::move(shape), {});
  made.numbers.resize(static_cast<std::size_t>(elements(made.shape)));
  for (double& number : made.numbers) {
    const double unit = static_cast<double>(engine()) / 4294967296.0;
    number = static_cast<double>(static_cast<float>(low + unit * (high - low)));
  }
  return made;
}

// Whole numbers in [low, high].
inline Tensor random_integers(unsigned seed, Type type, Shape shape, double low, double high) {
  Tensor made = random(seed, std::move(shape), low, high + 1);
  made.type = type;
  for (double& number : made.numbers) number = std::min(std::floor(number), high);
  return made;
}

// numpy's broadcasting of two shapes that agree.
inline Shape broadcast_shape(Shape a, Shape b) {
  if (a.size() < b.size()) std::swap(a, b);
  const std::size_t lead = a.size() - b.size();
  for (std::size_t i = 0; i < b.size(); ++i) a[lead + i] = std::max(a[lead + i], b[i]);
  return a;
}

// The element of `from` that meets element `index` of a tensor of shape `to`.
inline double broadcast_number(const Tensor& from, const Shape& to, std::int64_t index) {
  std::int64_t at = 0, stride = 1;
  for (std::size_t i = to.size(); i-- > 0;) {
    const std::int64_t position = index % to[i];
    index /= to[i];
    if (i + from.shape.size() < to.size()) continue;
    const std::int64_t extent = from.shape[i + from.shape.size() - to.size()];
    if (extent != 1) at += position * stride;
    stride *= extent;
  }
  return from.numbers[static_cast<std::size_t>(at)];
}

using Each = std::function<double(const std::vector<double>& arguments)>;

inline Tensor each(Type type, const std::vector<Tensor>& inputs, const Each& function) {
  Tensor made{.type = type};
  for (const Tensor& input : inputs) made.shape = broadcast_shape(made.shape, input.shape);
  std::vector<double> arguments(inputs.size());
  for (std::int64_t index = 0; index < elements(made.shape); ++index) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      arguments[i] = broadcast_number(inputs[i], made.shape, index);
    made.numbers.push_back(function(arguments));
  }
  return made;
}

struct OpCase {
  std::string op_type{};
  std::vector<Tensor> inputs{};
  std::vector<Tensor> outputs{};  // as expected
  std::map<std::string, Attribute> attributes{};
  std::string domain{};
  int since_version = 21;
  // Puts a 1x1 MaxPool before each f32 or f16 input of rank 3 to 5 that is no constant, which leaves it in
  // the image layout.
  bool as_image = false;
  Precision precision = Precision::model;
  std::optional<DeviceType> planned_for{};  // another type of device than it is
  double rtol = 1e-5, atol = 1e-6;
};

// --- How numbers become bytes
// -------------------------------------------------------------------------------------

inline std::uint16_t to_half(double number) {
  if (std::isnan(number)) return 0x7e00;
  std::uint16_t below =
      0;  // the largest half that is not above |number|; all of them are ordered as their bits
  for (int bit = 14; bit >= 0; --bit) {
    const auto tried = static_cast<std::uint16_t>(below | (1 << bit));
    if (tried <= 0x7c00 && static_cast<double>(half_to_float(tried)) <= std::abs(number)) below = tried;
  }
  const double low = static_cast<double>(half_to_float(below));
  const double high =
      below >= 0x7bff ? 65536.0 : static_cast<double>(half_to_float(static_cast<std::uint16_t>(below + 1)));
  const double rest = std::abs(number) - low;
  if (below < 0x7c00 &&
      (rest > high - std::abs(number) || (rest == high - std::abs(number) && (below & 1) != 0)))
    ++below;
  return static_cast<std::uint16_t>(below | (std::signbit(number) ? 0x8000 : 0));
}

template <class T>
void put(std::vector<std::byte>& bytes, T value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof(T));
}

template <class T>
T get(const std::byte* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

inline std::vector<std::byte> to_bytes(const Tensor& tensor) {
  std::vector<std::byte> bytes;
  for (const double number : tensor.numbers) switch (tensor.type) {
      case Type::f32:
        put(bytes, static_cast<float>(number));
        break;
      case Type::f16:
        put(bytes, to_half(number));
        break;
      case Type::i8:
        put(bytes, static_cast<std::int8_t>(number));
        break;
      case Type::u8:
        put(bytes, static_cast<std::uint8_t>(number));
        break;
      case Type::boolean:
        put(bytes, static_cast<std::uint8_t>(number != 0));
        break;
      case Type::i32:
        put(bytes, static_cast<std::int32_t>(number));
        break;
      case Type::i64:
        put(bytes, static_cast<std::int64_t>(number));
        break;
    }
  return bytes;
}

inline double number_at(const std::vector<std::byte>& bytes, Type type, std::size_t index) {
  const std::byte* at = bytes.data() + index * type_bytes(type);
  switch (type) {
    case Type::f32:
      return static_cast<double>(get<float>(at));
    case Type::f16:
      return static_cast<double>(half_to_float(get<std::uint16_t>(at)));
    case Type::i8:
      return get<std::int8_t>(at);
    case Type::u8:
    case Type::boolean:
      return get<std::uint8_t>(at);
    case Type::i32:
      return get<std::int32_t>(at);
    case Type::i64:
      return static_cast<double>(get<std::int64_t>(at));
  }
  return kNan;
}

// --- The graph
// ----------------------------------------------------------------------------------------------------

// The graph borrows the constants' bytes, so both stay together and in one place.
class OneNodeGraph {
 public:
  explicit OneNodeGraph(const OpCase& test) {
    Node node{.name = "node", .op_type = test.op_type, .domain = test.domain};
    node.since_version = test.since_version;
    node.attributes = test.attributes;
    bytes_.reserve(test.inputs.size());
    for (const Tensor& input : test.inputs) node.inputs.push_back(add_input(input, test.as_image));
    for (const Tensor& output : test.outputs) {
      node.outputs.push_back(output.is_absent ? kNoValue : add_value(output));
      if (!output.is_absent) graph_.outputs.push_back(node.outputs.back());
    }
    graph_.nodes.push_back(std::move(node));
  }
  OneNodeGraph(const OneNodeGraph&) = delete;
  OneNodeGraph& operator=(const OneNodeGraph&) = delete;

  const Graph& graph() const { return graph_; }
  const Node& node() const { return graph_.nodes.back(); }

 private:
  ValueId add_value(const Tensor& tensor) {
    const auto id = static_cast<ValueId>(graph_.values.size());
    graph_.values.push_back({.name = "v" + std::to_string(id), .type = tensor.type, .shape = tensor.shape});
    return id;
  }

  ValueId add_input(const Tensor& input, bool as_image) {
    if (input.is_absent) return kNoValue;
    const ValueId id = add_value(input);
    if (input.is_constant) {
      bytes_.push_back(to_bytes(input));
      graph_.values.back().constant = std::span<const std::byte>(bytes_.back());
      return id;
    }
    graph_.inputs.push_back(id);
    const std::size_t rank = input.shape.size();
    if (!as_image || (input.type != Type::f32 && input.type != Type::f16) || rank < 3 || rank > 5) return id;
    Node pool{.name = "pool", .op_type = "MaxPool", .inputs = {id}};
    pool.since_version = 12;
    pool.attributes["kernel_shape"] = std::vector<std::int64_t>(rank - 2, 1);
    pool.outputs.push_back(add_value(input));
    graph_.nodes.push_back(pool);
    return pool.outputs[0];
  }

  Graph graph_{};
  std::vector<std::vector<std::byte>> bytes_{};
};

// --- The comparison
// -----------------------------------------------------------------------------------------------

inline bool near(double got, double expected, const OpCase& test) {
  if (std::isnan(expected) || std::isnan(got)) return std::isnan(expected) && std::isnan(got);
  if (std::isinf(expected) || std::isinf(got)) return got == expected;
  return std::abs(got - expected) <= test.atol + test.rtol * std::abs(expected);
}

inline void expect_near(const std::vector<std::byte>& got, const Tensor& expected, const OpCase& test) {
  int wrong = 0;
  for (std::size_t i = 0; i < expected.numbers.size(); ++i) {
    const double number = number_at(got, expected.type, i);
    if (near(number, expected.numbers[i], test)) continue;
    if (++wrong <= 4) {
      ADD_FAILURE() << test.op_type << ": element " << i << " is " << number << ", expected "
                    << expected.numbers[i]
                    << (test.inputs[0].numbers.size() == expected.numbers.size()
                            ? " for " + std::to_string(test.inputs[0].numbers[i])
                            : "");
    }
  }
  EXPECT_EQ(wrong, 0) << test.op_type << ": elements that are wrong, of " << expected.numbers.size();
}

inline void run_on(ComputeDevice& device, const OpCase& test) {
  const OneNodeGraph one(test);
  DeviceInfo info = device.info();
  info.type = test.planned_for.value_or(info.type);
  const auto plan = make_plan(one.graph(), info, {}, test.precision);
  ASSERT_TRUE(plan) << test.op_type << ": " << plan.error().message;
  auto program = load_program(device, *plan);
  ASSERT_TRUE(program) << test.op_type << ": " << program.error().message;

  std::vector<std::vector<std::byte>> in, out;
  for (const Tensor& input : test.inputs)
    if (!input.is_constant && !input.is_absent) in.push_back(to_bytes(input));
  for (const Tensor& output : test.outputs)
    if (!output.is_absent) out.emplace_back(output.numbers.size() * type_bytes(output.type));
  const std::vector<std::span<const std::byte>> in_spans(in.begin(), in.end());
  const std::vector<std::span<std::byte>> out_spans(out.begin(), out.end());
  // Twice: what the first run leaves behind must not matter.
  for (int run = 0; run < 2; ++run) {
    const Status status = (*program)->run(in_spans, out_spans);
    ASSERT_TRUE(status) << test.op_type << ": " << status.error().message;
  }
  std::size_t next = 0;
  for (const Tensor& output : test.outputs)
    if (!output.is_absent) expect_near(out[next++], output, test);
}

// Why the operator is refused; "" if it is not.
inline std::string refused(const OpCase& test) {
  const OneNodeGraph one(test);
  return refusal(one.graph(), one.node()).value_or("");
}

// Skips where there is no device.
inline void expect_op(const OpCase& test) {
  ASSERT_EQ(refused(test), "") << test.op_type;
  const auto devices = open_devices();
  if (devices.empty()) GTEST_SKIP() << "no Vulkan and no OpenCL device";
  for (ComputeDevice* device : devices) {
    SCOPED_TRACE(device->info().name);
    run_on(*device, test);
  }
}

}  // namespace eb::gpu::test
