// Two devices, or two runs, side by side.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/base/ascii.h"
#include "results/compare/compare.h"
#include "results/server/page_parts.h"
#include "results/server/query.h"

namespace eb::board {
namespace {

constexpr std::int64_t kMostChoices = 1000;

// The newest good record of each cell of a device, as one run.
Result<NamedRun> newest_of(Store& store, const std::string& device) {
  EB_GET(const auto records, newest_of_device(store, device));
  NamedRun named{.name = device};
  std::set<std::string> seen;
  for (const StoredRecord& stored : records) {
    const RunRecord& r = stored.record;
    const std::string cell =
        fmt::format("{}\n{}\n{}\n{}\n{}", r.workload, r.backend, r.precision, r.scenario, r.tier);
    if (seen.insert(cell).second) named.run.records.push_back(r);
  }
  EB_GET(const auto newest, store.run(records.front().run_id));
  if (newest) named.run.context = newest->run.context;
  return named;
}

Result<NamedRun> side(Store& store, const std::string& name) {
  if (!is_sha256(name)) return newest_of(store, name);
  EB_GET(auto run, store.run(name));
  if (!run) return Error{ErrorKind::not_found, fmt::format("there is no run {}", name)};
  return NamedRun{fmt::format("run {}", name.substr(0, 12)), std::move(run->run)};
}

Result<Markup> choice(const PageSource& source, std::string_view first, std::string_view other) {
  EB_GET(const auto devices, source.facets.of(source.store, "device_name", kMostChoices));
  Markup html;
  html.raw("<form class=\"card filters\" method=\"get\" action=\"/compare\"><div class=\"fields two\">")
      .append(labelled_select("first", "First device", options(devices, first, "Choose a device")))
      .append(labelled_select("other", "Other device", options(devices, other, "Choose a device")))
      .raw("</div><div class=\"actions\"><button type=\"submit\">Compare</button></div></form>\n");
  return html;
}

// Right of the middle the other is faster, left of it the first; a factor of 4 fills a side.
Markup ratio_bar(const Ratio& ratio) {
  constexpr double kHalf = 60, kFull = 4;
  const auto at = [&](double value) {
    if (!(value > 0)) return -kHalf;
    return std::clamp(std::log(value) / std::log(kFull), -1.0, 1.0) * kHalf;
  };
  const double end = at(ratio.value);
  Markup html;
  html.raw("<svg class=\"ratio\" viewBox=\"0 0 120 14\" aria-hidden=\"true\"><rect class=\"track\" y=\"3\" ")
      .raw("width=\"120\" height=\"8\" rx=\"2\"/><rect");
  if (end >= 0)
    html.raw(" class=\"fill other\"");
  else
    html.raw(" class=\"fill\"");
  html.raw(" y=\"3\" height=\"8\"")
      .attr("x", kHalf + std::min(end, 0.0))
      .attr("width", std::abs(end))
      .raw("/>");
  if (ratio.interval) {
    const double low = kHalf + at(ratio.interval->low), high = kHalf + at(ratio.interval->high);
    html.raw("<line class=\"whisker\" y1=\"7\" y2=\"7\"").attr("x1", low).attr("x2", std::max(high, low + 1));
    html.raw("/>");
  }
  return html.raw("<line class=\"middle\" x1=\"60\" x2=\"60\" y1=\"0\" y2=\"14\"/></svg>");
}

Markup ratio_cell(const std::optional<Ratio>& ratio) {
  Markup html;
  if (!ratio) return measured({}, "");
  html.raw("<span class=\"value\">")
      .text(human_number(ratio->value, 3))
      .raw("×</span>")
      .append(ratio_bar(*ratio));
  if (ratio->interval)
    html.raw("<span class=\"sub\">")
        .append(interval_text(ratio->interval->low, ratio->interval->high))
        .raw("</span>");
  return html;
}

Markup verdict_badge(const Comparison& comparison) {
  Markup html;
  if (comparison.verdict == CompareVerdict::faster || comparison.verdict == CompareVerdict::slower)
    html.raw("<span class=\"badge accent\">");
  else
    html.raw("<span class=\"badge quiet\">");
  html.text(verdict_name(comparison.verdict)).raw("</span>");
  if (!comparison.reason.empty())
    html.raw("<span class=\"sub\">").text(one_line(comparison.reason)).raw("</span>");
  return html;
}

Markup cell_row(const Comparison& comparison, const RunComparison& compared) {
  const RunRecord &a = comparison.first, &b = comparison.other;
  Markup html;
  html.raw("<tr><td class=\"workload\"><span class=\"main\">").text(one_line(a.workload));
  html.raw("</span><span class=\"sub\">")
      .text(one_line(fmt::format("{} · {} · {}", a.precision, a.scenario, a.tier)))
      .raw("</span></td><td class=\"num\"")
      .attr("data-label", one_line(compared.first))
      .raw(">");
  html.append(measured(a.latency_p50_ms, "ms")).raw("<span class=\"sub\">").text(one_line(a.backend));
  html.raw("</span></td><td class=\"num\"").attr("data-label", one_line(compared.other)).raw(">");
  html.append(measured(b.latency_p50_ms, "ms"));
  html.raw("<span class=\"sub\">").text(one_line(b.backend)).raw("</span></td><td class=\"num\" ");
  html.raw("data-label=\"Speed ratio\">").append(ratio_cell(comparison.speed));
  html.raw("</td><td class=\"num\" data-label=\"Energy ratio\">").append(ratio_cell(comparison.energy));
  return html.raw("</td><td data-label=\"Verdict\">").append(verdict_badge(comparison)).raw("</td></tr>\n");
}

Markup cells_table(const RunComparison& compared) {
  Markup html;
  if (compared.cells.empty())
    return html
        .raw("<div class=\"card empty\"><h2>Nothing in common</h2><p>They have no workload in the same ")
        .raw("precision and scenario.</p></div>\n");
  html.raw(
          "<div class=\"card scroll\"><table class=\"results\"><thead><tr><th "
          "scope=\"col\">Workload</th><th ")
      .raw("scope=\"col\" class=\"num\">")
      .text(one_line(compared.first))
      .raw("</th><th scope=\"col\" class=\"num\">")
      .text(one_line(compared.other))
      .raw("</th><th scope=\"col\" class=\"num\">Speed ratio</th><th scope=\"col\" class=\"num\">Energy ")
      .raw("ratio</th><th scope=\"col\">")
      .text(one_line(compared.other))
      .raw(" is</th></tr></thead>\n<tbody>\n");
  for (const Comparison& cell : compared.cells) html.append(cell_row(cell, compared));
  return html.raw("</tbody></table></div>\n");
}

Markup list(std::string_view title, const std::vector<std::string>& items) {
  Markup html;
  if (items.empty()) return html;
  html.raw("<h2>").text(title).raw("</h2>\n<ul class=\"card bullets\">");
  for (const std::string& item : items) html.raw("<li>").text(one_line(item)).raw("</li>");
  return html.raw("</ul>\n");
}

Markup groups_table(const RunComparison& compared) {
  Markup html;
  if (compared.groups.empty()) return html;
  html.raw(
          "<h2>Geometric means</h2>\n<div class=\"card scroll\"><table class=\"plain-table\"><thead><tr><th ")
      .raw(
          "scope=\"col\">Task</th><th scope=\"col\">Precision</th><th scope=\"col\" "
          "class=\"num\">Cells</th><th ")
      .raw("scope=\"col\" class=\"num\">Speed ratio</th></tr></thead>\n<tbody>\n");
  for (const GroupRatio& group : compared.groups) {
    if (!group.task.empty() && group.cells < 2) continue;  // of one cell: it stands above
    html.raw("<tr><td>")
        .text(group.task.empty() ? "all" : one_line(group.task))
        .raw("</td><td>")
        .text(one_line(group.precision))
        .raw("</td><td class=\"num\">")
        .count(group.cells)
        .raw("</td><td class=\"num\">")
        .append(ratio_cell(group.ratio))
        .raw("</td></tr>\n");
  }
  return html.raw("</tbody></table></div>\n");
}

std::vector<std::string> causes_of(const RunComparison& compared) {
  std::vector<std::string> sentences;
  for (const Explanation& explanation : compared.explanations)
    for (const Cause& cause : explanation.causes) {
      std::string sentence = cause.sentence;
      if (cause.up_to)
        sentence += fmt::format(", which can make {} times ({})", human_number(*cause.up_to, 3), cause.basis);
      sentences.push_back(fmt::format("{}: {}", explanation.device, sentence));
    }
  return sentences;
}

Result<Markup> comparison(Store& store, const std::string& first, const std::string& other) {
  EB_GET(const NamedRun one, side(store, first));
  EB_GET(const NamedRun two, side(store, other));
  const RunComparison compared = compare_runs(one, two, {.may_devices_differ = true});
  Markup html;
  html.append(cells_table(compared))
      .append(groups_table(compared))
      .append(list("What differs, and may explain it", causes_of(compared)))
      .append(list(fmt::format("Only {} has", compared.first), compared.only_first))
      .append(list(fmt::format("Only {} has", compared.other), compared.only_other))
      .raw(
          "<p class=\"note\">Of each device the newest good result of every cell, with its median latency. "
          "Ratios above 1: ")
      .text(one_line(compared.other))
      .raw(" is faster, or takes less energy; whiskers: 99 % interval over the means of launches.</p>\n");
  return html;
}

}  // namespace

Result<HttpAnswer> compare_page(const PageSource& source, const Target& target) {
  const std::string first(target.parameter("first")), other(target.parameter("other"));
  EB_GET(const Markup form, choice(source, first, other));
  Markup html;
  html.raw(
          "<div class=\"page-head\"><h1>Compare</h1><p class=\"lead\">Two devices, cell by cell: which is "
          "faster, and ")
      .raw("is it sure?</p></div>\n")
      .append(form);
  if (!first.empty() && !other.empty()) {
    EB_GET(const Markup compared, comparison(source.store, first, other));
    html.append(compared);
  }
  return page_answer("Compare", Section::compare, html);
}

}  // namespace eb::board
