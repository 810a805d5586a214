#include "harness/app/meters_table.h"

#include <fmt/format.h>

#include "harness/app/devices_table.h"
#include "harness/meters/meters.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

Json row_of(const FoundMeter& found) {
  const MeterInfo& info = found.info;
  const bool is_here = found.meter != nullptr;
  Json row = {{"id", info.id},
              {"domain", info.domain},
              {"scope", info.scope},
              {"evidence_class", is_here ? name_of(info.evidence) : ""},
              {"quantity", is_here ? name_of(info.quantity) : ""},
              {"unit", is_here ? unit_of(info.quantity) : ""},
              {"sampling", is_here ? name_of(info.sampling) : ""},
              {"rate_hz", nullptr},
              {"within", info.within},
              {"notes", info.notes},
              {"reason", found.reason}};
  if (info.update_ns > 0) row["rate_hz"] = 1e9 / static_cast<double>(info.update_ns);
  return row;
}

std::string joined(const Json& texts) {
  std::string all;
  for (const Json& text : texts) all += (all.empty() ? "" : ", ") + text.get<std::string>();
  return all;
}

// One line of the table; temperatures and clocks have no evidence class or scope worth a column of their own.
Json line_of(const Json& row) {
  const Json& rate = row["rate_hz"];
  return {{"id", row["id"]},
          {"scope", row["scope"]},
          {"class", row["evidence_class"]},
          {"unit", row["unit"]},
          {"kind", row["sampling"]},
          {"rate", rate.is_null() ? std::string("unknown") : fmt::format("{:.6g} Hz", rate.get<double>())},
          {"within", joined(row["within"])},
          {"notes", joined(row["notes"])}};
}

}  // namespace

Json meter_rows(const std::filesystem::path& root) {
  Json rows = Json::array();
  for (const FoundMeter& found : make_meters(root)) rows.push_back(row_of(found));
  return rows;
}

std::string meter_text(const Json& rows, int columns) {
  Json lines = Json::array();
  std::vector<AbsentLine> absent;
  for (const Json& row : rows) {
    const auto reason = row["reason"].get<std::string>();
    if (reason.empty())
      lines.push_back(line_of(row));
    else
      absent.push_back({row["id"].get<std::string>(), reason});
  }
  return table_with_absent(lines, absent, columns);
}

}  // namespace eb
