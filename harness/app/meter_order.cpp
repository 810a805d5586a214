#include "harness/app/meter_order.h"

#include <nlohmann/json.hpp>

#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::json;

std::vector<std::string> texts_of(const Json& json, const char* key) {
  std::vector<std::string> texts;
  if (!json.contains(key) || !json[key].is_array()) return texts;
  for (const Json& text : json[key])
    if (text.is_string()) texts.push_back(text);
  return texts;
}

// Else it was named rightly, and cannot be read now.
bool is_misnamed(const Error& error) {
  return error.kind == ErrorKind::invalid || error.kind == ErrorKind::not_found;
}

}  // namespace

std::string to_text(const MeterOrder& order) {
  return Json{{"root", order.root.string()},
              {"names", order.names},
              {"file", order.file.string()},
              {"period_ns", order.period_ns},
              {"seed", order.seed}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<MeterOrder> meter_order_from_text(std::string_view text) {
  // Our own words, as in job_from_text.
  try {
    const Json json = Json::parse(text);
    return MeterOrder{json.at("root").get<std::string>(), json.at("names"),
                      json.at("file").get<std::string>(), json.at("period_ns"), json.at("seed")};
  } catch (const Json::exception&) {
    return Error{ErrorKind::internal,
                 "this command is edgebench's own: it expects an order on its standard input"};
  }
}

std::string say_choice(const Result<MeterChoice>& choice) {
  Json json;
  if (choice) {
    json = {{"power", choice->power}, {"sensors", choice->sensors}};
  } else {
    json = {{"error", choice.error().message}, {"is_absent", !is_misnamed(choice.error())}};
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<MeterChoice> hear_choice(std::string_view line) {
  const Json json = parse_json(line);
  if (!json.is_object()) return Error{ErrorKind::device, "the process that looks for meters said nothing"};
  if (json.contains("error") && json["error"].is_string()) {
    const bool is_absent = json.contains("is_absent") && json["is_absent"] == true;
    return Error{is_absent ? ErrorKind::unavailable : ErrorKind::invalid, json["error"]};
  }
  return MeterChoice{texts_of(json, "power"), texts_of(json, "sensors")};
}

}  // namespace eb
