#include "harness/app/meters_table.h"

#include <fmt/format.h>

#include <algorithm>

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
  std::size_t width = 0;
  const auto is_absent = [](const Json& row) { return !row["reason"].get_ref<const std::string&>().empty(); };
  for (const Json& row : rows) {
    if (is_absent(row))
      width = std::max(width, row["id"].get_ref<const std::string&>().size());
    else
      lines.push_back(line_of(row));
  }
  std::string text = table_text(lines);
  if (width > 0) text += lines.empty() ? "Not here:\n" : "\nNot here:\n";
  for (const Json& row : rows)
    if (is_absent(row))
      text += wrapped(fmt::format("  {:<{}}  ", row["id"].get<std::string>(), width),
                      row["reason"].get<std::string>(), columns);
  return text;
}

}  // namespace eb
