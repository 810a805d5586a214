#include "harness/run/job.h"

#include <algorithm>

#include "harness/base/json.h"
#include "harness/run/audit_names.h"
#include "harness/run/layer_lines.h"
#include "harness/run/node_lines.h"

namespace eb {
namespace {

using Json = nlohmann::json;

Json rule_json(const WindowRule& rule) {
  return {{"min_queries", rule.min_queries},
          {"min_duration_ns", rule.min_duration_ns},
          {"max_duration_ns", rule.max_duration_ns}};
}

// A list of one number, or an empty one where it is absent.
Json number_json(const std::optional<double>& value) {
  return value ? Json::array({*value}) : Json::array();
}

std::optional<double> number_from_json(const Json& json) {
  const auto& list = json.get_ref<const Json::array_t&>();
  return list.empty() ? std::nullopt : std::optional(list.front().get<double>());
}

Json load_json(const LoadOptions& load) {
  return {{"rate_qps", number_json(load.rate_qps)},
          {"latency_target_ms", number_json(load.latency_target_ms)},
          {"streams", load.streams},
          {"seed", load.seed}};
}

LoadOptions load_from_json(const Json& json) {
  return {number_from_json(json.at("rate_qps")), number_from_json(json.at("latency_target_ms")),
          json.at("streams"), json.at("seed")};
}

Json ep_json(const EpSettings& settings) {
  Json json = {{"libraries", Json::object()}, {"options", settings.options}, {"retune", settings.retune}};
  for (const auto& [backend, library] : settings.libraries) json["libraries"][backend] = library.string();
  return json;
}

EpSettings ep_from_json(const Json& json) {
  EpSettings settings;
  for (const auto& [backend, library] : json.at("libraries").items())
    settings.libraries[backend] = library.get<std::string>();
  settings.options = json.at("options");
  settings.retune = json.at("retune");
  return settings;
}

Json placement_json(const PlacementRules& rules) {
  return {{"gate_percent", rules.gate_percent},
          {"is_strict", rules.is_strict},
          {"tells_nodes", rules.tells_nodes}};
}

PlacementRules placement_from_json(const Json& json) {
  return {json.at("gate_percent"), json.at("is_strict"), json.at("tells_nodes")};
}

bool take_facts(const Json& json, Said& said) {
  auto facts = window_facts_from_json(json);
  if (!facts || !json.contains("scenario") || !json["scenario"].is_string()) return false;
  said.what = Said::What::facts;
  said.scenario = json["scenario"];
  said.facts = *std::move(facts);
  return true;
}

}  // namespace

bool is_search(const ScenarioJob& scenario) {
  return scenario.name == "server" && !scenario.load.rate_qps;
}

std::string to_text(const Job& job) {
  Json json = {{"workload", job.workload},
               {"backend", job.backend},
               {"device", job.device},
               {"precision", job.precision},
               {"user_model", job.user_model.string()},
               {"dims", job.dims},
               {"threads", job.threads},
               {"raw_folder", job.raw_folder.string()},
               {"models_folder", job.models_folder.string()},
               {"zoo_folder", job.zoo_folder.string()},
               {"ep", ep_json(job.ep)},
               {"placement", placement_json(job.placement)},
               {"audits", job.audits},
               {"slot_s", number_json(job.slot_s)},
               {"layers", static_cast<int>(job.layers)},
               {"measures_meter_effect", job.measures_meter_effect},
               {"probe_s", job.probe_s},
               {"scenarios", Json::array()}};
  for (const ScenarioJob& s : job.scenarios)
    json["scenarios"].push_back({{"name", s.name},
                                 {"rule", rule_json(s.rule)},
                                 {"raw_file", s.raw_file},
                                 {"load", load_json(s.load)},
                                 {"part_ns", s.part_ns}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);  // a path need not be UTF-8
}

Result<Job> job_from_text(std::string_view text) {
  // Our own words: a job that does not fit its form is our bug, and one message serves for all.
  try {
    const Json json = Json::parse(text);
    Job job{json.at("workload"),
            json.at("backend"),
            json.at("device"),
            json.at("precision"),
            json.at("user_model").get<std::string>(),
            json.at("dims"),
            json.at("threads")};
    job.raw_folder = json.at("raw_folder").get<std::string>();
    job.models_folder = json.at("models_folder").get<std::string>();
    job.zoo_folder = json.at("zoo_folder").get<std::string>();
    job.ep = ep_from_json(json.at("ep"));
    job.placement = placement_from_json(json.at("placement"));
    auto audits = select_audits(json.at("audits"));
    if (!audits) return audits.error();
    job.audits = *std::move(audits);
    job.slot_s = number_from_json(json.at("slot_s"));
    const int layers = json.at("layers");
    job.layers = static_cast<LayerTiming>(std::clamp(layers, 0, static_cast<int>(LayerTiming::on)));
    job.measures_meter_effect = json.at("measures_meter_effect");
    job.probe_s = json.at("probe_s");
    for (const Json& s : json.at("scenarios").get_ref<const Json::array_t&>()) {
      const Json& rule = s.at("rule");
      job.scenarios.push_back(
          {s.at("name"),
           {rule.at("min_queries"), rule.at("min_duration_ns"), rule.at("max_duration_ns")},
           s.at("raw_file"),
           load_from_json(s.at("load")),
           s.at("part_ns")});
    }
    return job;
  } catch (const Json::exception&) {
    return Error{ErrorKind::internal,
                 "this command is edgebench's own: it expects a job on its standard input"};
  }
}

std::string say_phase(std::string_view phase) {
  return Json{{"phase", phase}}.dump();
}

std::string say_begin(std::string_view scenario) {
  return Json{{"begin", scenario}}.dump();
}

std::string say_end(std::string_view scenario) {
  return Json{{"end", scenario}}.dump();
}

std::string say_first_run(double first_run_s) {
  return Json{{"first_run_s", first_run_s}}.dump();
}

std::string say_pulse(bool is_running) {
  return Json{{"pulse", is_running}}.dump();
}

std::string say_meter(bool is_wanted) {
  return Json{{"meter", is_wanted}}.dump();
}

std::string say_facts(std::string_view scenario, const WindowFacts& facts) {
  Json json = to_json(facts);
  json["scenario"] = scenario;
  return Json{{"facts", std::move(json)}}.dump();
}

std::string say_record(const RunRecord& record) {
  return nlohmann::ordered_json{{"record", to_json(record)}}.dump(-1, ' ', false,
                                                                  Json::error_handler_t::replace);
}

std::string say_devices(const Json& devices) {
  return Json{{"devices", devices}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string say_probe(const nlohmann::ordered_json& probe) {
  return nlohmann::ordered_json{{"probe", probe}}.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Said hear(std::string_view line) {
  Said said;
  const Json json = parse_json(line);
  if (!json.is_object() || json.size() != 1) return said;
  const auto take_text = [&](const char* key, Said::What what, std::string& text) {
    if (!json.contains(key) || !json[key].is_string()) return false;
    said.what = what;
    text = json[key];
    return true;
  };
  if (take_text("phase", Said::What::phase, said.phase) ||
      take_text("begin", Said::What::begin, said.scenario) ||
      take_text("end", Said::What::end, said.scenario) ||
      (json.contains("facts") && take_facts(json["facts"], said)))
    return said;
  if (json.contains("pulse") && json["pulse"].is_boolean()) {
    said.what = Said::What::pulse;
    said.is_running = json["pulse"];
  } else if (json.contains("meter") && json["meter"].is_boolean()) {
    said.what = Said::What::meter;
    said.is_meter_wanted = json["meter"];
  } else if (json.contains("first_run_s") && json["first_run_s"].is_number()) {
    said.what = Said::What::first_run;
    said.first_run_s = json["first_run_s"];
  } else if (json.contains("devices") && json["devices"].is_array()) {
    said.what = Said::What::devices;
    said.devices = json["devices"];
  } else if (json.contains("probe") && json["probe"].is_object()) {
    said.what = Said::What::probe;
    said.probe = json["probe"];
  } else if (json.contains("nodes")) {
    if (auto nodes = nodes_from_json(json["nodes"])) {
      said.what = Said::What::nodes;
      said.nodes = *std::move(nodes);
    }
  } else if (json.contains("layers")) {
    if (auto layers = layers_of_line(json["layers"])) {
      said.what = Said::What::layers;
      said.layers = *std::move(layers);
    }
  } else if (json.contains("record")) {
    if (auto record = record_from_json(json["record"])) {
      said.what = Said::What::record;
      said.record = *std::move(record);
    }
  }
  return said;
}

}  // namespace eb
