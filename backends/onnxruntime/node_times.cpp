#include "backends/onnxruntime/node_times.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "harness/base/json.h"

namespace eb::ort {
namespace {

// Of the profile's clock, in microseconds.
struct Span {
  double begin_us = 0, end_us = 0;
  bool is_named = false;  // of the provider that is looked for
};

std::optional<Span> span_of(const nlohmann::json& event) {
  const auto ts = event.find("ts"), dur = event.find("dur");
  if (ts == event.end() || dur == event.end() || !ts->is_number() || !dur->is_number()) return std::nullopt;
  const double begin_us = ts->get<double>(), length_us = dur->get<double>();
  if (!(length_us >= 0)) return std::nullopt;
  return Span{begin_us, begin_us + length_us};
}

bool is_named(const nlohmann::json& event, std::string_view name) {
  const auto at = event.find("name");
  return at != event.end() && at->is_string() && at->get_ref<const std::string&>() == name;
}

std::optional<Span> node_of(const nlohmann::json& event, std::string_view provider) {
  const auto name = event.find("name"), args = event.find("args");
  if (name == event.end() || !name->is_string() || args == event.end() || !args->is_object())
    return std::nullopt;
  const auto by = args->find("provider");
  if (!name->get_ref<const std::string&>().ends_with("_kernel_time") || by == args->end() || !by->is_string())
    return std::nullopt;
  auto span = span_of(event);
  if (span) span->is_named = by->get_ref<const std::string&>() == provider;
  return span;
}

}  // namespace

Result<double> time_share_from_profile(std::string_view profile, std::string_view provider) {
  const auto events = parse_json(profile);
  if (!events.is_array()) return Error{ErrorKind::device, "ONNX Runtime's profile is not a JSON array"};
  std::optional<Span> last_run;
  std::vector<Span> nodes;
  for (const auto& event : events) {
    if (!event.is_object()) continue;
    if (const auto node = node_of(event, provider)) nodes.push_back(*node);
    if (!is_named(event, "model_run")) continue;
    if (const auto run = span_of(event); run && (!last_run || run->begin_us > last_run->begin_us))
      last_run = run;
  }
  if (!last_run) return Error{ErrorKind::device, "ONNX Runtime's profile has no run"};
  std::stable_sort(nodes.begin(), nodes.end(), [](const Span& a, const Span& b) {
    return std::pair(a.begin_us, -a.end_us) < std::pair(b.begin_us, -b.end_us);
  });
  double all_us = 0, named_us = 0, outer_end_us = last_run->begin_us;
  for (const Span& node : nodes) {
    if (node.begin_us < outer_end_us || node.end_us > last_run->end_us) continue;
    outer_end_us = node.end_us;
    all_us += node.end_us - node.begin_us;
    if (node.is_named) named_us += node.end_us - node.begin_us;
  }
  if (all_us <= 0) return Error{ErrorKind::device, "ONNX Runtime's profile has no times of nodes"};
  return named_us / all_us;
}

}  // namespace eb::ort
