#include "results/server/page_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/server/assets.h"

namespace eb::board {
namespace {

struct Entry {
  Section section;
  const char* url;
  const char* name;
};
constexpr Entry kEntries[] = {{Section::board, "/", "Leaderboard"},
                              {Section::devices, "/devices", "Devices"},
                              {Section::compare, "/compare", "Compare"},
                              {Section::chips, "/chips", "Chips"},
                              {Section::about, "/about", "About"}};

Markup head(std::string_view title) {
  Markup html;
  html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>")
      .text(title)
      .raw(" · edgebench</title>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
      .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" type=\"image/svg+xml\"")
      .attr("href", asset_url("favicon.svg"))
      .raw(">\n<link rel=\"stylesheet\"")
      .attr("href", asset_url("uplot.css"))
      .raw(">\n<link rel=\"stylesheet\"")
      .attr("href", asset_url("style.css"))
      .raw(">\n<script defer")
      .attr("src", asset_url("uplot.js"))
      .raw("></script>\n<script defer")
      .attr("src", asset_url("board.js"))
      .raw("></script>\n</head>\n");
  return html;
}

Markup header(Section section) {
  Markup html;
  html.raw(
          "<a class=\"skip\" href=\"#main\">Skip to content</a>\n<header class=\"top\"><div "
          "class=\"wide\">\n")
      .raw(
          "<a class=\"brand\" href=\"/\"><svg viewBox=\"0 0 20 20\" aria-hidden=\"true\"><path d=\"M2 "
          "17V9h4v8zM8 17V3h4v14zM14 17v-5h4v5z\"/></svg>edgebench</a>\n<nav aria-label=\"Main\">");
  for (const Entry& entry : kEntries) {
    html.raw("<a").attr("href", entry.url);
    if (entry.section == section) html.raw(" aria-current=\"page\"");
    html.raw(">").text(entry.name).raw("</a>");
  }
  return html.raw("</nav>\n</div></header>\n");
}

constexpr double kBarWidth = 132, kBarHeight = 14;

}  // namespace

HttpAnswer page_answer(std::string_view title, Section section, const Markup& content) {
  Markup html = head(title);
  html.raw("<body>\n").append(header(section)).raw("<main id=\"main\" class=\"wide\">\n").append(content);
  html.raw("</main>\n<footer class=\"wide\"><p>Every number here was measured by edgebench; what was not ")
      .raw("measured is absent. <a href=\"/about\">How to read it</a> · <a ")
      .raw("href=\"/api/v1/openapi.json\">API</a></p></footer>\n</body>\n</html>\n");
  return {.status = 200, .content_type = "text/html; charset=utf-8", .body = html.str()};
}

Markup trust_badge(Trust trust) {
  Markup html;
  html.raw("<span class=\"badge ");
  if (trust == Trust::audited)
    html.raw("good\" title=\"Looked into by an administrator\">");
  else if (trust == Trust::reproduced)
    html.raw("accent\" title=\"Another key's run agrees within the intervals\">");
  else
    html.raw("quiet\" title=\"Sent by somebody; passed the validator\">");
  return html.text(trust_name(trust)).raw("</span>");
}

Markup status_badge(RunStatus status) {
  Markup html;
  html.raw("<span class=\"badge ");
  switch (status) {
    case RunStatus::ok:
      html.raw("good\">");
      break;
    case RunStatus::unsupported:
    case RunStatus::unavailable:
    case RunStatus::skipped:
      html.raw("quiet\">");
      break;
    case RunStatus::fallback:
      html.raw("doubtful\">");
      break;
    default:
      html.raw("bad\">");
  }
  return html.text(status_name(status)).raw("</span>");
}

Markup measured(const RunRecord::Number& value, std::string_view unit, int significant) {
  Markup html;
  if (!value || !std::isfinite(*value))
    return html.raw("<span class=\"absent\" title=\"not measured\">–</span>");
  html.raw("<span class=\"value\">").text(grouped(human_number(*value, significant))).raw("</span>");
  if (!unit.empty()) html.raw(" <span class=\"unit\">").text(unit).raw("</span>");
  return html;
}

Markup interval_text(const RunRecord::Number& low, const RunRecord::Number& high) {
  Markup html;
  if (!low || !high) return html;
  return html.text(human_number(*low, 3)).raw(" to ").text(human_number(*high, 3));
}

Markup link(const std::string& url, std::string_view text) {
  Markup html;
  return html.raw("<a").attr("href", url).raw(">").text(one_line(text)).raw("</a>");
}

Markup placement_cell(const RunRecord& record) {
  const auto share = record.placement_macs ? record.placement_macs : record.placement_nodes;
  Markup html;
  if (!share) return measured({}, "");
  const double percent = std::clamp(*share, 0.0, 1.0) * 100;
  html.raw("<span class=\"placed\">").append(measured(percent, "%", 3));
  html.raw(
          "<svg class=\"share\" viewBox=\"0 0 40 6\" aria-hidden=\"true\"><rect class=\"track\" "
          "width=\"40\" ")
      .raw("height=\"6\" rx=\"3\"/><rect class=\"fill\" height=\"6\" rx=\"3\"")
      .attr("width", percent * 0.4)
      .raw("/></svg></span>");
  if (!record.placement_evidence.empty())
    html.raw("<span class=\"sub\">").text(one_line(record.placement_evidence)).raw("</span>");
  return html;
}

Result<std::vector<StoredRecord>> newest_of_device(Store& store, const std::string& name) {
  EB_GET(auto records, store.find({.where = {{"device_name", Condition::Op::equal, name},
                                             {"status", Condition::Op::equal, "ok"}},
                                   .is_descending = true,
                                   .limit = kNewest}));
  if (records.empty())
    return Error{ErrorKind::not_found, fmt::format("there are no results of a device '{}'", name)};
  return records;
}

std::string name_of_device(const RunRecord& record) {
  return record.device_name.empty() ? record.device : record.device_name;
}

std::string backend_and_kind(const RunRecord& record) {
  if (record.backend == record.device_kind) return one_line(record.backend);
  return one_line(fmt::format("{} · {}", record.backend, record.device_kind));
}

std::string device_url(std::string_view name) {
  return fmt::format("/devices/{}", url_encode(name));
}

std::string run_url(std::string_view id) {
  return fmt::format("/runs/{}", url_encode(id));
}

std::string day_of(std::string_view iso_time) {
  return std::string(iso_time.substr(0, 10));
}

Markup bar(const Bar& bar) {
  const auto at = [&](double value) {
    return bar.most > 0 && std::isfinite(value) ? std::clamp(value / bar.most, 0.0, 1.0) * kBarWidth : 0;
  };
  Markup html;
  html.raw("<svg class=\"bar\" role=\"img\" viewBox=\"0 0 132 14\" preserveAspectRatio=\"none\"")
      .attr("aria-label", bar.label);
  html.raw(
          "><rect class=\"track\" y=\"3\" width=\"132\" height=\"8\" rx=\"2\"/><rect class=\"fill\" y=\"3\" ")
      .raw("height=\"8\" rx=\"2\"")
      .attr("width", at(bar.value))
      .raw("/>");
  if (bar.low && bar.high) {
    const double low = at(*bar.low), high = std::max(at(*bar.high), low + 1);
    const auto line = [&](double x1, double x2, double y1, double y2) {
      html.raw("<line class=\"whisker\"")
          .attr("x1", x1)
          .attr("x2", x2)
          .attr("y1", y1)
          .attr("y2", y2)
          .raw("/>");
    };
    const double middle = kBarHeight / 2;
    line(low, high, middle, middle);
    line(low, low, middle - 4, middle + 4);
    line(high, high, middle - 4, middle + 4);
  }
  return html.raw("</svg>");
}

Markup options(const std::vector<ValueCount>& values, std::string_view chosen, std::string_view all) {
  Markup html;
  if (!all.empty()) html.raw("<option value=\"\">").text(all).raw("</option>");
  bool is_offered = chosen.empty();
  const auto option = [&](std::string_view value) {
    html.raw("<option").attr("value", value);
    if (value == chosen) html.raw(" selected");
    html.raw(">").text(one_line(value)).raw("</option>");
    is_offered = is_offered || value == chosen;
  };
  for (const ValueCount& value : values) option(value.value);
  if (!is_offered) option(chosen);
  return html;
}

Markup labelled_select(std::string_view name, std::string_view label, const Markup& all) {
  Markup html;
  html.raw("<label class=\"field\"><span>").text(label).raw("</span><select").attr("name", name).raw(">");
  return html.append(all).raw("</select></label>\n");
}

}  // namespace eb::board
