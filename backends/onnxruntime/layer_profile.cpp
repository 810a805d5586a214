#include "backends/onnxruntime/layer_profile.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>

#include "harness/base/json.h"

namespace eb::ort {
namespace {

using Json = nlohmann::json;

struct Event {
  double begin_us = 0, length_us = 0;  // by the profile's clock
  const Json* json = nullptr;
  bool is_kernel = false;

  double end_us() const { return begin_us + length_us; }
};

std::string_view text_of(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? std::string_view(at->get_ref<const std::string&>())
                                               : std::string_view();
}

std::optional<Event> event_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto ts = json.find("ts"), dur = json.find("dur");
  if (ts == json.end() || dur == json.end() || !ts->is_number() || !dur->is_number()) return std::nullopt;
  Event event{ts->get<double>(), dur->get<double>(), &json};
  if (!(event.length_us >= 0)) return std::nullopt;
  return event;
}

// What our providers add to the profile: see backends/gpu/ep_profile.h. The profile's own unit is a
// microsecond, which is coarse for a kernel.
std::optional<Event> kernel_of(const Json& json) {
  if (!json.is_object() || text_of(json, "cat") != "Kernel") return std::nullopt;
  const auto args = json.find("args");
  if (args == json.end() || !args->is_object() || !args->contains("node")) return std::nullopt;
  auto event = event_of(json);
  if (!event) return std::nullopt;
  event->is_kernel = true;
  const std::string_view text = text_of(*args, "duration_ns");
  std::uint64_t ns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ns);
  if (error == std::errc() && end == text.data() + text.size())
    event->length_us = static_cast<double>(ns) * 1e-3;
  return event;
}

struct Events {
  std::vector<Event> runs{}, nodes{};  // by time
};

Events read_events(const Json& list, std::string_view named_provider) {
  Events events;
  std::vector<Event> kernels;
  for (const Json& json : list) {
    if (const auto kernel = kernel_of(json)) kernels.push_back(*kernel);
    const auto event = event_of(json);
    if (!event) continue;
    const std::string_view name = text_of(json, "name");
    if (name == "model_run") events.runs.push_back(*event);
    if (name.ends_with("_kernel_time")) events.nodes.push_back(*event);
  }
  if (!kernels.empty()) {
    std::erase_if(events.nodes, [&](const Event& node) {
      const auto args = node.json->find("args");
      return args != node.json->end() && args->is_object() && text_of(*args, "provider") == named_provider;
    });
    events.nodes.insert(events.nodes.end(), kernels.begin(), kernels.end());
  }
  const auto earlier = [](const Event& a, const Event& b) {
    return std::pair(a.begin_us, -a.end_us()) < std::pair(b.begin_us, -b.end_us());
  };
  std::stable_sort(events.runs.begin(), events.runs.end(), earlier);
  std::stable_sort(events.nodes.begin(), events.nodes.end(), earlier);
  return events;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The layers of all runs, each with its time in each run.
class Collector {
 public:
  Collector(std::size_t runs, std::string_view named_provider) : runs_(runs), named_(named_provider) {}

  void add(const Event& event, std::size_t run) {
    const std::size_t i = event.is_kernel ? kernel(*event.json) : node(*event.json);
    if (i != kNone) times_[i][run] += event.length_us;
  }

  std::vector<ExecutedLayer> finish() {
    for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].layer.time_us = median(times_[i]);
    return std::move(layers_);
  }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  // Kind, name, operator, and the runtime's number of the node: names may be empty.
  using Key = std::tuple<bool, std::string, std::string, std::string>;

  std::size_t place_of(Key key, ExecutedLayer&& layer) {
    const auto [at, is_new] = places_.try_emplace(std::move(key), layers_.size());
    if (is_new) {
      layers_.push_back(std::move(layer));
      times_.emplace_back(runs_);
    }
    return at->second;
  }

  // All kernels of a node of the model; those of no node by their own name.
  std::size_t kernel(const Json& json) {
    const std::string_view node = text_of(json["args"], "node"), name = text_of(json, "name");
    ExecutedLayer made;
    made.layer.name = node.empty() ? name : node;
    made.layer.op_type = name;
    made.layer.provider = named_;
    made.layer.is_device_time = true;
    made.as.name = made.layer.name;
    return place_of({true, std::string(node), node.empty() ? std::string(name) : "", ""}, std::move(made));
  }

  std::size_t node(const Json& json) {
    std::vector<std::string> uncounted;
    auto node = node_of_event(json, uncounted);
    if (!node) return kNone;
    const Json& args = json["args"];
    const auto index = args.find("node_index");
    ExecutedLayer made;
    made.layer.name = node->name;
    made.layer.op_type = node->op_type;
    made.layer.provider = text_of(args, "provider");
    if (uncounted.empty()) made.layer.macs = node->macs;
    made.layer.traffic_bytes = node->traffic_bytes();
    made.as = *std::move(node);
    return place_of({false, made.as.name, made.as.op_type, index == args.end() ? "" : index->dump()},
                    std::move(made));
  }

  std::size_t runs_;
  std::string named_;
  std::map<Key, std::size_t> places_{};
  std::vector<ExecutedLayer> layers_{};
  std::vector<std::vector<double>> times_{};  // of each layer: one a run
};

}  // namespace

Result<ExecutedLayers> layers_from_profile(std::string_view profile, std::string_view named_provider) {
  const auto list = parse_json(profile);
  if (!list.is_array()) return Error{ErrorKind::device, "ONNX Runtime's profile is not a JSON array"};
  Events events = read_events(list, named_provider);
  if (events.runs.size() < 2) return Error{ErrorKind::device, "ONNX Runtime's profile has no warm run"};
  events.runs.erase(events.runs.begin());
  Collector collector(events.runs.size(), named_provider);
  std::vector<double> run_times_us;
  auto event = events.nodes.begin();
  for (std::size_t run = 0; run < events.runs.size(); ++run) {
    const Event& span = events.runs[run];
    run_times_us.push_back(span.length_us);
    double outer_end_us = span.begin_us;
    for (; event != events.nodes.end() && event->begin_us <= span.end_us(); ++event) {
      // The clocks of kernels and of nodes are not the same: no kernel holds another.
      if (event->begin_us < (event->is_kernel ? span.begin_us : outer_end_us)) continue;
      if (!event->is_kernel) outer_end_us = event->end_us();
      collector.add(*event, run);
    }
  }
  ExecutedLayers executed;
  executed.layers = collector.finish();
  executed.runs = static_cast<std::int64_t>(run_times_us.size());
  executed.run_us = median(std::move(run_times_us));
  if (executed.layers.empty())
    return Error{ErrorKind::device, "ONNX Runtime's profile has no times of nodes"};
  return executed;
}

}  // namespace eb::ort
