// Records as text and as JSON, by the table of fields.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "harness/core/record.h"

namespace eb {
namespace {

using R = RunRecord;

std::string number_text(double value, int significant) {
  return fmt::format("{:.{}g}", value, significant);
}

template <class T, class F>
std::string joined(const std::vector<T>& items, std::string_view separator, F text) {
  std::string all;
  for (const T& item : items) {
    if (!all.empty()) all += separator;
    all += text(item);
  }
  return all;
}

struct ToText {
  const R& record;
  int significant;
  std::string operator()(std::string R::*m) const { return record.*m; }
  std::string operator()(R::Count R::*m) const { return record.*m ? fmt::format("{}", *(record.*m)) : ""; }
  std::string operator()(R::Number R::*m) const {
    return record.*m ? number_text(*(record.*m), significant) : "";
  }
  std::string operator()(bool R::*m) const { return record.*m ? "true" : "false"; }
  std::string operator()(RunStatus R::*m) const { return std::string(status_name(record.*m)); }
  std::string operator()(R::Texts R::*m) const {
    return joined(record.*m, "; ", [](const std::string& s) { return s; });
  }
  std::string operator()(std::vector<double> R::*m) const {
    return joined(record.*m, " ", [this](double v) { return number_text(v, significant); });
  }
};

// Adds at the end: looking first whether the key is there would cost most of the time.
struct ToJson {
  const R& record;
  nlohmann::ordered_json::object_t& json;
  std::string_view key;
  template <class T>
  void operator()(std::vector<T> R::*m) const {
    if (!(record.*m).empty()) json.emplace_back(key, record.*m);
  }
  void operator()(R::Count R::*m) const {
    if (record.*m) json.emplace_back(key, *(record.*m));
  }
  void operator()(R::Number R::*m) const {
    if (record.*m && std::isfinite(*(record.*m))) json.emplace_back(key, *(record.*m));
  }
  void operator()(std::string R::*m) const {
    if (!(record.*m).empty()) json.emplace_back(key, record.*m);
  }
  void operator()(bool R::*m) const { json.emplace_back(key, record.*m); }
  void operator()(RunStatus R::*m) const { json.emplace_back(key, status_name(record.*m)); }
};

// Each overload takes the value if its type fits.
struct FromJson {
  R& record;
  const nlohmann::json& value;
  bool operator()(std::string R::*m) const {
    if (value.is_string()) record.*m = value.get<std::string>();
    return value.is_string();
  }
  bool operator()(R::Count R::*m) const {
    constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const bool fits =
        value.is_number_unsigned() ? value.get<std::uint64_t>() <= kMost : value.is_number_integer();
    if (fits) record.*m = value.get<std::int64_t>();
    return fits;
  }
  bool operator()(R::Number R::*m) const {
    if (value.is_number()) record.*m = value.get<double>();
    return value.is_number();
  }
  bool operator()(bool R::*m) const {
    if (value.is_boolean()) record.*m = value.get<bool>();
    return value.is_boolean();
  }
  bool operator()(RunStatus R::*m) const {
    const auto status = value.is_string() ? status_from_name(value.get<std::string>()) : std::nullopt;
    if (status) record.*m = *status;
    return status.has_value();
  }
  template <class T>
  bool operator()(std::vector<T> R::*m) const {
    const auto fits = [](const nlohmann::json& item) {
      return std::is_same_v<T, std::string> ? item.is_string() : item.is_number();
    };
    if (!value.is_array() || !std::all_of(value.begin(), value.end(), fits)) return false;
    record.*m = value.get<std::vector<T>>();
    return true;
  }
};

}  // namespace

std::string field_text(const Field& field, const RunRecord& record, int significant) {
  return std::visit(ToText{record, significant}, field.member);
}

nlohmann::ordered_json to_json(const RunRecord& record) {
  nlohmann::ordered_json::object_t json;
  for (const Field& field : fields()) std::visit(ToJson{record, json, field.name}, field.member);
  return json;
}

Result<RunRecord> record_from_json(const nlohmann::json& json) {
  if (!json.is_object()) return Error{ErrorKind::invalid, "a record is not a JSON object"};
  RunRecord record;
  for (const Field& field : fields()) {
    const auto at = json.find(field.name);
    if (at == json.end()) continue;
    if (!std::visit(FromJson{record, *at}, field.member))
      return Error{ErrorKind::invalid,
                   fmt::format("field '{}' of a record has the wrong type or is out of range", field.name)};
  }
  if (record.workload.empty() || !json.contains("status"))
    return Error{ErrorKind::invalid, "a record lacks its workload or status"};
  return record;
}

}  // namespace eb
