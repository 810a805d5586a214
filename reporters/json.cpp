// run.json: the whole run, for programs. The other formats can be made from it again.
#include <algorithm>
#include <cmath>

#include "reporters/reporters.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity and no NaN; such a number was not measured, so it is absent.
bool is_finite(const Json& value) {
  if (value.is_number_float()) return std::isfinite(value.get<double>());
  return !value.is_array() || std::all_of(value.begin(), value.end(), is_finite);
}

void drop_infinite(Json& object) {
  for (auto at = object.begin(); at != object.end();) {
    if (is_finite(*at))
      ++at;
    else
      at = object.erase(at);
  }
}

class JsonReporter final : public Reporter {
 public:
  std::string_view format() const override { return "json"; }
  std::string_view file_name() const override { return "run.json"; }
  Result<std::string> render(const Run& run) const override {
    Json json = to_json(run);
    if (json["context"].is_object()) drop_infinite(json["context"]);
    for (Json& record : json["records"]) drop_infinite(record);
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
};

}  // namespace

std::unique_ptr<Reporter> make_json_reporter() {
  return std::make_unique<JsonReporter>();
}

}  // namespace eb
