#include "backends/onnxruntime/operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/base/json.h"

namespace eb::ort {
namespace {

using Shape = std::vector<double>;

struct Shapes {
  std::vector<Shape> in, out;
};

double product(const Shape& shape, std::size_t from = 0) {
  double n = 1;
  for (std::size_t i = from; i < shape.size(); ++i) n *= shape[i];
  return n;
}

bool has(const Shapes& s, std::size_t inputs) {
  return s.in.size() >= inputs && !s.out.empty();
}

using Macs = std::optional<double>;

// Every output element takes one weight filter: weight [O, I/group, k...].
template <std::size_t kWeight>
Macs conv(const Shapes& s) {
  if (!has(s, kWeight + 1) || s.in[kWeight].size() < 2) return std::nullopt;
  return product(s.out[0]) * product(s.in[kWeight], 1);
}

// Every input element meets one weight filter: weight [I, O/group, k...].
Macs conv_transpose(const Shapes& s) {
  if (!has(s, 2) || s.in[1].size() < 2) return std::nullopt;
  return product(s.in[0]) * product(s.in[1], 1);
}

// A [.., M, K] x B [.., K, N]: K is A's last dimension. A one-dimensional A or B is a vector of length K.
template <std::size_t kB>
Macs matmul(const Shapes& s) {
  if (!has(s, kB + 1) || s.in[0].empty() || s.in[kB].empty()) return std::nullopt;
  return product(s.out[0]) * s.in[0].back();
}

// As matmul, but A may lie on its side, [.., K, M]: it does where its last dimension but one is not Y's.
Macs fused_matmul(const Shapes& s) {
  const Macs plain = matmul<1>(s);
  if (!plain || s.in[0].size() < 2 || s.out[0].size() < 2) return plain;
  const double second_last = s.in[0][s.in[0].size() - 2];
  return second_last == s.out[0][s.out[0].size() - 2] ? plain : product(s.out[0]) * second_last;
}

// Y [M, N] = A' x B': whichever way A lies, it has M * K elements.
template <std::size_t kB>
Macs gemm(const Shapes& s) {
  if (!has(s, kB + 1) || s.out[0].size() != 2 || s.out[0][0] <= 0) return std::nullopt;
  return product(s.out[0]) * product(s.in[0]) / s.out[0][0];
}

// X [T, B, I], W [D, gates * H, I], R [D, gates * H, H]: each step multiplies both matrices.
Macs recurrent(const Shapes& s) {
  if (!has(s, 3) || s.in[0].size() != 3 || s.in[1].size() != 3 || s.in[2].size() != 3) return std::nullopt;
  return s.in[0][0] * s.in[0][1] * (product(s.in[1]) + product(s.in[2]));
}

// com.microsoft.Attention: X [B, S, I], weights [I, 3H]: three projections, then Q x K and scores x V.
Macs attention(const Shapes& s) {
  if (!has(s, 2) || s.in[0].size() != 3 || s.in[1].size() != 2 || s.out[0].size() != 3) return std::nullopt;
  const double rows = s.in[0][0] * s.in[0][1];
  return rows * product(s.in[1]) + 2 * rows * s.in[0][1] * s.out[0][2];
}

// Q [B, S, H], K [B, T, H], V [B, T, H']: Q x K and scores x V.
Macs multi_head_attention(const Shapes& s) {
  if (!has(s, 3) || s.in[0].size() != 3 || s.in[1].size() != 3 || s.out[0].size() != 3) return std::nullopt;
  return s.in[0][0] * s.in[0][1] * s.in[1][1] * (s.in[0][2] + s.out[0][2]);
}

Macs never(const Shapes&) {
  return std::nullopt;
}

// Operators that multiply matrices. The rest does no MACs.
struct Rule {
  std::string_view op_type;
  Macs (*macs)(const Shapes&);
};
constexpr Rule kRules[] = {
    {"Conv", conv<1>},
    {"FusedConv", conv<1>},
    {"ConvInteger", conv<1>},
    {"QLinearConv", conv<3>},
    {"ConvTranspose", conv_transpose},
    {"MatMul", matmul<1>},
    {"FusedMatMul", fused_matmul},
    {"MatMulInteger", matmul<1>},
    {"MatMulIntegerToFloat", matmul<1>},
    {"DynamicQuantizeMatMul", matmul<1>},
    {"QLinearMatMul", matmul<3>},
    {"Gemm", gemm<1>},
    {"FusedGemm", gemm<1>},
    {"QGemm", gemm<3>},
    {"LSTM", recurrent},
    {"GRU", recurrent},
    {"RNN", recurrent},
    {"DynamicQuantizeLSTM", never},
    {"Attention", attention},
    {"MultiHeadAttention", multi_head_attention},
    {"Einsum", never},
    {"DeformConv", never},
    {"MatMulNBits", never},
    {"QAttention", never},
    {"GroupQueryAttention", never},
};

// "[{"float": [1, 3]}, {"int64": []}]" -> {{1, 3}, {}}
std::vector<Shape> shapes_of(const nlohmann::json& args, const char* key) {
  std::vector<Shape> shapes;
  const auto list = args.find(key);
  if (list == args.end() || !list->is_array()) return shapes;
  for (const auto& item : *list) {
    Shape shape;
    if (item.is_object() && !item.empty() && item.begin()->is_array())
      for (const auto& d : *item.begin()) shape.push_back(d.is_number() ? d.get<double>() : 0);
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

// Sizes are texts in the runtime's profile.
std::optional<double> bytes_of(const nlohmann::json& args, const char* key) {
  const auto at = args.find(key);
  if (at == args.end() || !at->is_string()) return std::nullopt;
  const auto& text = at->get_ref<const std::string&>();
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return static_cast<double>(bytes);
}

}  // namespace

std::optional<OperationCount::Node> node_of_event(const nlohmann::json& event,
                                                  std::vector<std::string>& uncounted) {
  constexpr std::string_view kSuffix = "_kernel_time";
  if (!event.is_object() || !event.contains("name") || !event["name"].is_string()) return std::nullopt;
  const auto args = event.find("args");
  std::string name = event["name"].get<std::string>();
  if (!name.ends_with(kSuffix) || args == event.end() || !args->is_object()) return std::nullopt;
  name.resize(name.size() - kSuffix.size());
  const auto op = args->find("op_name");
  if (op == args->end() || !op->is_string()) return std::nullopt;
  OperationCount::Node node{.name = std::move(name), .op_type = op->get<std::string>()};
  node.inputs = shapes_of(*args, "input_type_shape");
  node.outputs = shapes_of(*args, "output_type_shape");
  const auto in_bytes = bytes_of(*args, "activation_size"), out_bytes = bytes_of(*args, "output_size");
  if (in_bytes && out_bytes) node.tensor_bytes = *in_bytes + *out_bytes;
  node.weight_bytes = bytes_of(*args, "parameter_size");
  const auto rule = std::find_if(std::begin(kRules), std::end(kRules),
                                 [&](const Rule& r) { return r.op_type == node.op_type; });
  if (rule == std::end(kRules)) return node;
  const auto macs = rule->macs({node.inputs, node.outputs});
  if (macs) {
    node.macs = *macs;
  } else if (std::find(uncounted.begin(), uncounted.end(), node.op_type) == uncounted.end()) {
    uncounted.push_back(node.op_type);
  }
  return node;
}

Result<OperationCount> count_from_profile(std::string_view profile) {
  const auto events = parse_json(profile);
  if (!events.is_array()) return Error{ErrorKind::device, "ONNX Runtime's profile is not a JSON array"};
  OperationCount count;
  for (const auto& event : events)
    if (auto node = node_of_event(event, count.uncounted)) count.nodes.push_back(*std::move(node));
  return count;
}

Placement place(std::span<const AssignedNode> assigned, const OperationCount& work,
                std::string_view named_provider) {
  std::map<std::string, Placement::Share> by_provider;
  std::map<std::string, std::string> provider_of;  // empty where one name is on several
  for (const AssignedNode& node : assigned) {
    ++by_provider[node.provider].nodes;
    const auto [at, is_new] = provider_of.emplace(node.name, node.provider);
    if (!is_new && at->second != node.provider) at->second.clear();
  }
  bool all_known = true;
  for (const auto& node : work.nodes) {
    if (node.macs == 0) continue;
    const auto at = provider_of.find(node.name);
    if (at != provider_of.end() && !at->second.empty()) {
      by_provider[at->second].macs += node.macs;
    } else if (by_provider.size() == 1) {
      by_provider.begin()->second.macs += node.macs;
    } else {
      all_known = false;
    }
  }
  Placement placement;
  placement.named_provider = named_provider;
  placement.evidence = "assigned";
  for (auto& [provider, share] : by_provider) {
    share.provider = provider;
    placement.shares.push_back(share);
  }
  const auto larger = [](const auto& a, const auto& b) {
    return std::pair(a.macs, a.nodes) > std::pair(b.macs, b.nodes);
  };
  std::stable_sort(placement.shares.begin(), placement.shares.end(), larger);
  const auto named = by_provider.find(std::string(named_provider));
  const bool is_there = named != by_provider.end();
  if (!assigned.empty())
    placement.nodes =
        is_there ? static_cast<double>(named->second.nodes) / static_cast<double>(assigned.size()) : 0.0;
  if (all_known && work.macs() > 0) placement.macs = is_there ? named->second.macs / work.macs() : 0.0;
  return placement;
}

}  // namespace eb::ort
