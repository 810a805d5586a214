#include "harness/meters/trace_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kVersion = "# edgebench.power/1", kColumns = "time_ns,meter,value,problem";
constexpr std::size_t kMostMeters = 256, kLongestProblem = 200;

template <class Enum>
std::optional<Enum> from_name(std::string_view name, std::initializer_list<Enum> all) {
  for (const Enum value : all)
    if (name_of(value) == name) return value;
  return std::nullopt;
}

Json to_json(const MeterInfo& info) {
  Json json = {{"id", info.id},
               {"domain", info.domain},
               {"scope", info.scope},
               {"evidence_class", name_of(info.evidence)},
               {"quantity", name_of(info.quantity)},
               {"unit", unit_of(info.quantity)},
               {"sampling", name_of(info.sampling)},
               {"update_ns", info.update_ns},
               {"resolution", info.resolution},
               {"counter_range", info.counter_range},
               {"lowest", info.lowest},
               {"highest", info.highest},
               {"within", info.within},
               {"notes", info.notes}};
  if (info.gain_limit) json["gain_limit"] = *info.gain_limit;
  if (info.offset_limit_w) json["offset_limit_w"] = *info.offset_limit_w;
  return json;
}

std::optional<MeterInfo> info_from_json(const Json& json) {
  try {
    MeterInfo info{.id = json.at("id"), .domain = json.at("domain"), .scope = json.at("scope")};
    const auto evidence = from_name<EvidenceClass>(
        json.at("evidence_class").get<std::string>(),
        {EvidenceClass::p0, EvidenceClass::p1, EvidenceClass::p2, EvidenceClass::p3, EvidenceClass::p4});
    const auto quantity = from_name<Quantity>(
        json.at("quantity").get<std::string>(),
        {Quantity::energy_j, Quantity::power_w, Quantity::temperature_c, Quantity::clock_mhz});
    const auto sampling =
        from_name<Sampling>(json.at("sampling").get<std::string>(),
                            {Sampling::accumulating, Sampling::averaging, Sampling::instantaneous});
    if (!evidence || !quantity || !sampling) return std::nullopt;
    info.evidence = *evidence;
    info.quantity = *quantity;
    info.sampling = *sampling;
    info.update_ns = json.at("update_ns");
    info.resolution = json.at("resolution");
    info.counter_range = json.at("counter_range");
    info.lowest = json.at("lowest");
    info.highest = json.at("highest");
    info.within = json.at("within").get<std::vector<std::string>>();
    info.notes = json.at("notes").get<std::vector<std::string>>();
    if (json.contains("gain_limit")) info.gain_limit = json["gain_limit"].get<double>();
    if (json.contains("offset_limit_w")) info.offset_limit_w = json["offset_limit_w"].get<double>();
    return info;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

// One CSV cell without quotes.
std::string plain(std::string text) {
  text.resize(std::min(text.size(), kLongestProblem));
  for (char& c : text)
    if (c == ',' || c == '"' || static_cast<unsigned char>(c) < ' ') c = ';';
  return text;
}

template <class T>
bool read_whole(std::string_view text, T& value) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  return problem == std::errc() && end == text.data() + text.size();
}

std::string_view cut_cell(std::string_view& line) {
  const std::size_t end = std::min(line.find(','), line.size());
  const std::string_view cell = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return cell;
}

bool add_line(std::string_view line, std::vector<Trace>& traces) {
  std::int64_t time_ns = 0;
  std::size_t meter = 0;
  if (!read_whole(cut_cell(line), time_ns) || !read_whole(cut_cell(line), meter) || meter >= traces.size())
    return false;
  const std::string value_text(cut_cell(line));
  if (value_text.empty()) {
    traces[meter].add(time_ns, Error{ErrorKind::device, plain(std::string(line))});
    return true;
  }
  const Json value = parse_json(value_text);
  if (!value.is_number()) return false;
  traces[meter].add(time_ns, value.get<double>());
  return true;
}

}  // namespace

std::string trace_head(std::span<const MeterInfo> meters) {
  std::string text = std::string(kVersion) + "\n";
  for (const MeterInfo& info : meters)
    text += "# " + to_json(info).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return text + std::string(kColumns) + "\n";
}

std::string trace_line(std::size_t meter, std::int64_t time_ns, const Result<double>& value) {
  if (!value) return fmt::format("{},{},,{}\n", time_ns, meter, plain(value.error().message));
  if (!std::isfinite(*value)) return fmt::format("{},{},,{} is no number\n", time_ns, meter, *value);
  return fmt::format("{},{},{},\n", time_ns, meter, *value);
}

Result<std::vector<Trace>> traces_from_text(std::string_view text, std::string_view name) {
  const Error bad{ErrorKind::invalid, fmt::format("{} is no file of meter readings", name)};
  std::vector<Trace> traces;
  std::size_t number = 0;
  bool in_head = true;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (++number == 1) {
      if (line != kVersion) return bad;
    } else if (in_head && line.starts_with("# ")) {
      auto info = info_from_json(parse_json(line.substr(2)));
      if (!info || traces.size() == kMostMeters) return bad;
      traces.emplace_back(*std::move(info));
    } else if (in_head) {
      if (line != kColumns) return bad;
      in_head = false;
    } else if (!add_line(line, traces)) {
      return Error{ErrorKind::invalid, fmt::format("{}: line {} is no reading", name, number)};
    }
  }
  return in_head ? Result<std::vector<Trace>>(bad) : Result<std::vector<Trace>>(std::move(traces));
}

}  // namespace eb
