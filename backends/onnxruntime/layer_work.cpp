#include "backends/onnxruntime/layer_work.h"

#include <algorithm>
#include <map>
#include <optional>

namespace eb::ort {
namespace {

using Node = OperationCount::Node;

// The runtime's fusions name a node after the one that it was, or after what it makes.
std::string_view name_before_fusion(std::string_view name) {
  constexpr std::string_view kPrefix = "fused ", kSuffix = "_nchwc";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  return name;
}

// Its convolutions over blocks of channels are padded to whole blocks of at most 16.
bool is_padded(double whole, double part) {
  constexpr double kMostPadding = 15;
  return whole >= part && whole - part <= kMostPadding;
}

// Whether `padded` may be `plain` with its channels padded: [N, C, ...], weights [O, I, ...].
bool fits(const Node& padded, const Node& plain) {
  if (padded.outputs.empty() || plain.outputs.empty() || padded.inputs.size() < 2 || plain.inputs.size() < 2)
    return false;
  const auto same_but_channels = [](const std::vector<double>& a, const std::vector<double>& b,
                                    std::size_t channel_axes) {
    if (a.size() != b.size() || a.size() < 2) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
      if (i < 2 && (channel_axes >> i & 1U) ? !is_padded(a[i], b[i]) : a[i] != b[i]) return false;
    return true;
  };
  return same_but_channels(padded.outputs[0], plain.outputs[0], 0b10) &&
         same_but_channels(padded.inputs[1], plain.inputs[1], 0b11);
}

class Matcher {
 public:
  Matcher(const OperationCount& work, std::vector<ExecutedLayer>& layers)
      : work_(work), layers_(layers), is_used_(work.nodes.size()), is_settled_(layers.size()) {
    for (std::size_t i = 0; i < work.nodes.size(); ++i) {
      const auto [at, is_new] = by_name_.try_emplace(work.nodes[i].name, i);
      if (!is_new) at->second = kNone;
    }
  }

  void by_name() {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const auto node = find(layers_[i].layer.name);
      if (node != kNone && (layers_[i].layer.is_device_time || is_same_kind(layers_[i], node)))
        settle(i, node);
    }
  }

  void by_name_before_fusion() {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (is_settled_[i]) continue;
      const auto node = find(name_before_fusion(layers_[i].layer.name));
      if (node != kNone && work_.nodes[node].macs > 0) settle(i, node);
    }
  }

  // Of several that fit, the one with the least padding, the first of these.
  void by_shapes() {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (is_settled_[i] || layers_[i].layer.macs.value_or(0) <= 0) continue;
      std::size_t best = kNone;
      for (std::size_t n = 0; n < work_.nodes.size(); ++n) {
        const Node& node = work_.nodes[n];
        if (is_used_[n] || node.macs <= 0 || !fits(layers_[i].as, node)) continue;
        if (best == kNone || node.macs > work_.nodes[best].macs) best = n;
      }
      // The bytes stay those of the execution: what rides along, such as a residual, is among them.
      if (best != kNone) settle_macs(i, best);
    }
  }

  // The subgraphs of `provider`, in the order in which the runtime numbered what they became.
  void by_groups(std::span<const AssignedGroup> groups, std::string_view provider) {
    std::vector<std::size_t> compiled;
    for (std::size_t i = 0; i < layers_.size(); ++i)
      if (!is_settled_[i] && layers_[i].layer.provider == provider &&
          layers_[i].layer.op_type.starts_with(provider))  // then it is none of ONNX's operators
        compiled.push_back(i);
    for (const std::size_t i : compiled) layers_[i].layer.macs.reset();  // its own operator has none
    std::vector<const AssignedGroup*> ours;
    for (const AssignedGroup& group : groups)
      if (!group.empty() && group.front().provider == provider) ours.push_back(&group);
    if (compiled.size() != ours.size()) return;
    std::stable_sort(compiled.begin(), compiled.end(),
                     [&](std::size_t a, std::size_t b) { return number_of(a) < number_of(b); });
    for (std::size_t k = 0; k < ours.size(); ++k) settle_group(compiled[k], *ours[k]);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::size_t find(std::string_view name) const {
    const auto at = name.empty() ? by_name_.end() : by_name_.find(name);
    return at == by_name_.end() || (at->second != kNone && is_used_[at->second]) ? kNone : at->second;
  }

  bool is_same_kind(const ExecutedLayer& layer, std::size_t node) const {
    return work_.nodes[node].op_type == layer.layer.op_type || work_.nodes[node].macs > 0;
  }

  bool is_counted(const Node& node) const {
    return std::find(work_.uncounted.begin(), work_.uncounted.end(), node.op_type) == work_.uncounted.end();
  }

  void settle_macs(std::size_t layer, std::size_t node) {
    is_used_[node] = is_settled_[layer] = true;
    const Node& from = work_.nodes[node];
    layers_[layer].layer.macs = is_counted(from) ? std::optional(from.macs) : std::nullopt;
  }

  void settle(std::size_t layer, std::size_t node) {
    settle_macs(layer, node);
    Layer& to = layers_[layer].layer;
    to.traffic_bytes = work_.nodes[node].traffic_bytes();
    if (to.is_device_time) to.op_type = work_.nodes[node].op_type;
  }

  // "EdgebenchSimNpu_123_7" is its seventh.
  int number_of(std::size_t layer) const {
    const std::string& text = layers_[layer].layer.op_type;
    const auto last = text.find_last_not_of("0123456789");
    const std::string digits = text.substr(last == std::string::npos ? 0 : last + 1).substr(0, 8);
    int number = 0;
    for (const char digit : digits) number = number * 10 + (digit - '0');
    return number;
  }

  void settle_group(std::size_t layer, const AssignedGroup& group) {
    double macs = 0;
    std::optional<double> weight_bytes = 0;
    for (const AssignedNode& assigned : group) {
      const std::size_t n = find(assigned.name);
      if (n == kNone || !is_counted(work_.nodes[n])) return;
      macs += work_.nodes[n].macs;
      if (weight_bytes)
        weight_bytes = work_.nodes[n].weight_bytes
                           ? std::optional(*weight_bytes + *work_.nodes[n].weight_bytes)
                           : std::nullopt;
    }
    ExecutedLayer& to = layers_[layer];
    to.layer.macs = macs;
    to.layer.traffic_bytes.reset();
    if (weight_bytes && to.as.tensor_bytes) to.layer.traffic_bytes = *weight_bytes + *to.as.tensor_bytes;
    is_settled_[layer] = true;
    if (group.size() > 1) {
      to.layer.op_type = std::to_string(group.size()) + " nodes";
    } else {
      to.layer.op_type = group.front().op_type;
    }
    to.layer.name = group.front().name;
  }

  const OperationCount& work_;
  std::vector<ExecutedLayer>& layers_;
  std::vector<bool> is_used_, is_settled_;  // of the work's nodes; of the layers
  std::map<std::string, std::size_t, std::less<>> by_name_{};
};

}  // namespace

void add_work(const OperationCount& work, std::span<const AssignedGroup> groups,
              std::string_view named_provider, std::vector<ExecutedLayer>& layers) {
  Matcher matcher(work, layers);
  matcher.by_name();
  matcher.by_name_before_fusion();
  matcher.by_shapes();
  matcher.by_groups(groups, named_provider);
}

}  // namespace eb::ort
