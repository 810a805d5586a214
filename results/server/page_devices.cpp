// All devices, and one with its history.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "results/server/page_parts.h"

namespace eb::board {
namespace {

constexpr std::int64_t kMostDevices = 1000;

// A cell as history follows it.
std::string history_name(const RunRecord& r) {
  return fmt::format("{} · {} · {} · {} · {}", r.workload, r.backend, r.precision, r.scenario, r.tier);
}

struct DeviceView {
  std::string name{};
  std::vector<StoredRecord> records{};                              // newest first
  std::map<std::string, std::vector<const StoredRecord*>> cells{};  // into records
  std::string chosen{};                                             // key of cells
};

Result<DeviceView> view_of(const PageSource& source, const std::string& name, const Target& target) {
  DeviceView view{.name = name};
  EB_GET(view.records, newest_of_device(source.store, name));
  for (const StoredRecord& stored : view.records) view.cells[history_name(stored.record)].push_back(&stored);
  // What was measured last comes first, whenever it arrived.
  for (auto& [name_of_cell, history] : view.cells)
    std::stable_sort(history.begin(), history.end(), [](const StoredRecord* a, const StoredRecord* b) {
      return a->started_at > b->started_at;
    });
  view.chosen = target.parameter("cell");
  if (!view.cells.contains(view.chosen)) {
    const auto longest =
        std::max_element(view.cells.begin(), view.cells.end(),
                         [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
    view.chosen = longest->first;
  }
  return view;
}

// What the records say in different ways, at most a few.
template <class Text>
std::string distinct(const std::vector<StoredRecord>& records, Text text) {
  constexpr std::size_t kMost = 3;
  std::set<std::string> all;
  for (const StoredRecord& stored : records)
    if (const std::string one = text(stored); !one.empty()) all.insert(one);
  std::string joined;
  std::size_t count = 0;
  for (const std::string& one : all) {
    if (count++ == kMost) return joined + ", …";
    joined += (joined.empty() ? "" : ", ") + one;
  }
  return joined;
}

Markup fact(std::string_view name, const std::string& value) {
  Markup html;
  if (value.empty()) return html;
  return html.raw("<div><dt>").text(name).raw("</dt><dd>").text(one_line(value)).raw("</dd></div>");
}

Markup device_head(const DeviceView& view) {
  const auto of = [&](std::string RunRecord::*member) {
    return distinct(view.records, [member](const StoredRecord& stored) { return stored.record.*member; });
  };
  Markup html;
  html.raw("<div class=\"page-head\"><h1>").text(one_line(view.name)).raw("</h1>\n<dl class=\"facts\">");
  html.append(fact("Class", of(&RunRecord::device_kind)))
      .append(fact("Backends", of(&RunRecord::backend)))
      .append(fact("Machine", distinct(view.records, [](const StoredRecord& s) { return s.machine; })))
      .append(fact("Driver", of(&RunRecord::driver)))
      .append(fact("Runtime", of(&RunRecord::runtime)))
      .raw(
          "</dl>\n<form class=\"inline\" method=\"get\" action=\"/compare\"><input type=\"hidden\" "
          "name=\"first\"")
      .attr("value", view.name)
      .raw("><button class=\"plain\" type=\"submit\">Compare with another device</button></form></div>\n");
  return html;
}

Markup cell_row(const std::string& name, const std::vector<const StoredRecord*>& history, bool is_chosen,
                const std::string& device) {
  const StoredRecord& newest = *history.front();
  const RunRecord& r = newest.record;
  Markup html;
  if (is_chosen)
    html.raw("<tr class=\"chosen\">");
  else
    html.raw("<tr>");
  html.raw("<td class=\"workload\"><span class=\"main\">");
  html.append(link(make_url(device_url(device), {{"cell", name}}) + "#history", r.workload));
  html.raw("</span><span class=\"sub\">")
      .text(one_line(fmt::format("{} · {} · {} · {}", r.backend, r.precision, r.scenario, r.tier)))
      .raw("</span></td><td class=\"num\" data-label=\"Latency\">")
      .append(measured(r.latency_p50_ms, "ms"));
  if (r.latency_mean_low_ms)
    html.raw("<span class=\"sub\">mean ")
        .append(interval_text(r.latency_mean_low_ms, r.latency_mean_high_ms))
        .raw("</span>");
  html.raw("</td><td class=\"num\" data-label=\"Throughput\">").append(measured(r.throughput_sps, "/s"));
  html.raw("</td><td class=\"num\" data-label=\"TOPS\">").append(measured(r.effective_tops, ""));
  html.raw("</td><td class=\"num\" data-label=\"Energy\">").append(measured(r.energy_per_sample_mj, "mJ"));
  html.raw("</td><td class=\"num\" data-label=\"On device\">").append(placement_cell(r));
  html.raw("</td><td class=\"num\" data-label=\"Results\">").count(history.size());
  html.raw("</td><td class=\"trust\">").append(trust_badge(newest.trust));
  return html.raw("</td></tr>\n");
}

Markup cells_table(const DeviceView& view) {
  Markup html;
  html.raw("<h2>Newest result of each cell</h2>\n<div class=\"card scroll\"><table ")
      .raw("class=\"results\"><thead><tr><th scope=\"col\">Workload</th><th scope=\"col\" ")
      .raw("class=\"num\">Latency</th><th scope=\"col\" class=\"num\">Throughput</th><th scope=\"col\" ")
      .raw(
          "class=\"num\">TOPS</th><th scope=\"col\" class=\"num\">Energy</th><th scope=\"col\" "
          "class=\"num\">On ")
      .raw(
          "device</th><th scope=\"col\" class=\"num\">Results</th><th "
          "scope=\"col\">Trust</th></tr></thead>\n");
  html.raw("<tbody>\n");
  for (const auto& [name, history] : view.cells)
    html.append(cell_row(name, history, name == view.chosen, view.name));
  return html.raw("</tbody></table></div>\n");
}

Markup number_attr(Markup html, const RunRecord::Number& value) {
  return html.text(value ? fmt::format("{:.9g}", *value) : "");
}

// The table that the chart is drawn from; it is what there is without JavaScript.
Markup history(const DeviceView& view) {
  const auto& records = view.cells.at(view.chosen);
  Markup html;
  html.raw("<h2 id=\"history\">History</h2>\n<p class=\"lead small\">")
      .text(one_line(view.chosen))
      .raw("</p>\n");
  html.raw("<div class=\"card\"><div class=\"chart\" data-history=\"history-table\" hidden></div>\n<div ")
      .raw("class=\"scroll\"><table class=\"results\" id=\"history-table\"><thead><tr><th ")
      .raw("scope=\"col\">Started</th><th scope=\"col\" class=\"num\">Median, ms</th><th scope=\"col\" ")
      .raw("class=\"num\">Interval of the mean, ms</th><th scope=\"col\" class=\"num\">Launches</th><th ")
      .raw("scope=\"col\">Driver</th><th scope=\"col\">Trust</th></tr></thead>\n<tbody>\n");
  for (const StoredRecord* stored : records) {
    const RunRecord& r = stored->record;
    html.raw("<tr").attr("data-t", stored->started_at).raw(" data-y=\"");
    html.append(number_attr({}, r.latency_p50_ms)).raw("\" data-low=\"");
    html.append(number_attr({}, r.latency_mean_low_ms)).raw("\" data-high=\"");
    html.append(number_attr({}, r.latency_mean_high_ms)).raw("\"><td>");
    html.append(link(run_url(stored->run_id), stored->started_at.empty() ? "run" : stored->started_at));
    html.raw("</td><td class=\"num\" data-label=\"Median\">").append(measured(r.latency_p50_ms, "", 4));
    html.raw("</td><td class=\"num\" data-label=\"Interval\">")
        .append(r.latency_mean_low_ms ? interval_text(r.latency_mean_low_ms, r.latency_mean_high_ms)
                                      : measured({}, ""));
    html.raw("</td><td class=\"num\" data-label=\"Launches\">");
    if (r.launches) html.count(static_cast<std::size_t>(std::max<std::int64_t>(*r.launches, 0)));
    html.raw("</td><td class=\"wrap\" data-label=\"Driver\">").text(one_line(r.driver));
    html.raw("</td><td class=\"trust\">").append(trust_badge(stored->trust)).raw("</td></tr>\n");
  }
  return html.raw("</tbody></table></div></div>\n");
}

}  // namespace

Result<HttpAnswer> devices_page(const PageSource& source) {
  EB_GET(const auto devices, source.facets.of(source.store, "device_name", kMostDevices));
  Markup html;
  html.raw(
          "<div class=\"page-head\"><h1>Devices</h1><p class=\"lead\">Every device with a good result, by "
          "the name ")
      .raw("that its driver or system gives.</p></div>\n<div class=\"card scroll\"><table ")
      .raw("class=\"plain-table\"><thead><tr><th scope=\"col\">Device</th><th scope=\"col\" ")
      .raw("class=\"num\">Results</th></tr></thead>\n<tbody>\n");
  for (const ValueCount& device : devices)
    html.raw("<tr><td>")
        .append(link(device_url(device.value), device.value))
        .raw("</td><td class=\"num\">")
        .text(grouped(fmt::format("{}", device.records)))
        .raw("</td></tr>\n");
  html.raw("</tbody></table></div>\n");
  return page_answer("Devices", Section::devices, html);
}

Result<HttpAnswer> device_page(const PageSource& source, const std::string& name, const Target& target) {
  EB_GET(const DeviceView view, view_of(source, name, target));
  Markup html;
  html.append(device_head(view)).append(cells_table(view)).append(history(view));
  if (static_cast<std::int64_t>(view.records.size()) == kNewest)
    html.raw("<p class=\"note\">Of this device only the newest ")
        .count(kNewest)
        .raw(" results are shown.</p>\n");
  return page_answer(one_line(name), Section::devices, html);
}

}  // namespace eb::board
