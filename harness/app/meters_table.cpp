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
              {"reason", found.reason},
              {"use", is_here ? "--meter " + info.id : ""}};
  if (info.update_ns > 0) row["rate_hz"] = 1e9 / static_cast<double>(info.update_ns);
  return row;
}

// A kind of instrument, which is not here and not absent: nobody looks for it.
Json row_of(const InstrumentKind& kind) {
  return {
      {"id", kind.name},
      {"domain", kind.what},
      {"scope", ""},
      {"evidence_class", ""},
      {"quantity", ""},
      {"unit", ""},
      {"sampling", ""},
      {"rate_hz", nullptr},
      {"within", Json::array()},
      {"notes", {fmt::format("evidence class {}", kind.evidence), fmt::format("options: {}", kind.options)}},
      {"reason", "an instrument is not looked for: name it"},
      {"use", fmt::format("--meter '{}'", kind.example)}};
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

std::string instrument_text(int columns) {
  std::vector<AbsentLine> lines;
  for (const InstrumentKind& kind : instrument_kinds()) {
    lines.push_back({std::string(kind.name), fmt::format("{}; evidence class {}", kind.what, kind.evidence)});
    lines.push_back({"", fmt::format("--meter '{}'", kind.example)});
    if (!kind.options.empty()) lines.push_back({"", std::string(kind.options)});
  }
  lines.push_back({"all", std::string(common_instrument_options())});
  return labelled_lines("\nInstruments, which are not looked for but named:", lines, columns);
}

}  // namespace

Json meter_rows(const std::filesystem::path& root) {
  Json rows = Json::array();
  for (const FoundMeter& found : make_meters(root)) rows.push_back(row_of(found));
  for (const InstrumentKind& kind : instrument_kinds()) rows.push_back(row_of(kind));
  return rows;
}

std::string meter_text(const Json& rows, int columns) {
  Json lines = Json::array();
  std::vector<AbsentLine> absent;
  for (const Json& row : rows) {
    const auto reason = row["reason"].get<std::string>();
    if (reason.empty())
      lines.push_back(line_of(row));
    else if (row["use"].get<std::string>().empty())
      absent.push_back({row["id"].get<std::string>(), reason});
  }
  return table_with_absent(lines, absent, columns) + instrument_text(columns);
}

}  // namespace eb
