// All good records against each other: bars that start at zero, or dots where only a logarithmic scale shows
// all.
#include <fmt/format.h>

#include <algorithm>

#include "reporters/axis.h"
#include "reporters/html_parts.h"
#include "reporters/text.h"

namespace eb {
namespace {

// More rows than this are no picture any more; the table has them all.
constexpr std::size_t kMostRows = 60;

struct Bar {
  const RunRecord* record = nullptr;
  std::size_t group = 0;
  double value = 0;
  RunRecord::Number reach{};  // a second value of the same unit, further out
};

struct Chart {
  std::string_view title, unit, legend;
  RunRecord::Number RunRecord::*value;
  RunRecord::Number RunRecord::*reach;  // or null
};

constexpr Chart kCharts[] = {
    {"Latency of a query", "ms", "Filled to p50, light to p99.", &RunRecord::latency_p50_ms,
     &RunRecord::latency_p99_ms},
    {"Throughput", "samples/s", "Filled to the mean over the window.", &RunRecord::throughput_sps, nullptr},
};

bool is_drawable(RunRecord::Number value) {
  return value && *value > 0 && !measured_text(value).empty();
}

std::vector<Bar> collect_bars(const ReportPage& page, const Chart& chart) {
  std::vector<Bar> bars;
  for (std::size_t i = 0; i < page.groups.size(); ++i) {
    for (const RunRecord* record : page.groups[i].records) {
      if (record->status != RunStatus::ok || !is_drawable(record->*chart.value)) continue;
      Bar bar{record, i, *(record->*chart.value), {}};
      if (chart.reach != nullptr && is_drawable(record->*chart.reach)) bar.reach = record->*chart.reach;
      bars.push_back(bar);
    }
  }
  return bars;
}

void append_span(Markup& html, std::string_view css_class, double from, double to) {
  html.raw("<i").attr("class", css_class).raw(" style=\"left:").number(from * 100).raw("%;width:");
  html.number(std::max(0.0, to - from) * 100).raw("%\"></i>");
}

void append_row(Markup& html, const Bar& bar, const Axis& axis, std::string_view unit) {
  const RunRecord& record = *bar.record;
  std::string details = device_path(record);
  for (const std::string* part : {&record.precision, &record.scenario})
    if (!one_line(*part).empty()) details += " · " + one_line(*part);
  if (!one_line(record.beside).empty()) details += " · beside " + one_line(record.beside);
  html.raw("<div class=\"bar-row\"><div class=\"bar-label\"><a").attr("href", "#" + group_anchor(bar.group));
  html.raw(">")
      .append(workload_name(one_line(record.workload)))
      .raw("</a> <span class=\"dim\">")
      .text(details);
  html.raw("</span></div><div class=\"track\">");
  const double value = axis.position(bar.value);
  if (bar.reach) append_span(html, "reach", value, axis.position(*bar.reach));
  if (axis.logarithmic) {
    append_span(html, "guide", 0, value);
    append_span(html, "dot", value, value);
  } else {
    append_span(html, "fill", 0, value);
  }
  html.raw("</div><div class=\"bar-value\">")
      .text(grouped(human_number(bar.value)))
      .raw(" <span class=\"unit\">");
  html.text(unit).raw("</span></div></div>\n");
}

void append_axis(Markup& html, const Axis& axis) {
  html.raw(
      "<div class=\"bar-row bar-axis\" aria-hidden=\"true\"><div class=\"bar-label\"></div><div "
      "class=\"ticks\">");
  for (const double tick : axis.ticks) {
    const double place = axis.position(tick);
    html.raw("<span").attr("class", place > 0.97 ? "last" : place < 0.03 ? "first" : "");
    html.raw(" style=\"left:").number(place * 100).raw("%\">").text(grouped(tick_text(tick))).raw("</span>");
  }
  html.raw("</div><div class=\"bar-value\"></div></div>\n");
}

Markup figure(const Chart& chart, std::vector<Bar> bars) {
  Markup html;
  const std::size_t all = bars.size();
  if (all < 2) return html;
  bars.resize(std::min(all, kMostRows));
  std::vector<double> values;
  for (const Bar& bar : bars) {
    values.push_back(bar.value);
    if (bar.reach) values.push_back(*bar.reach);
  }
  const Axis axis = make_axis(values, {AxisStart::zero, AxisEnds::round, 40, 6});
  std::string legend(axis.logarithmic ? (chart.reach != nullptr ? "Dot at p50, bar to p99." : "")
                                      : chart.legend);
  if (axis.logarithmic) legend += std::string(legend.empty() ? "" : " ") + "Logarithmic scale.";
  if (all > bars.size()) legend += fmt::format(" The first {} of {}.", bars.size(), all);
  html.raw("<figure class=\"bars\"><figcaption><strong>")
      .text(chart.title)
      .raw("</strong>, ")
      .text(chart.unit);
  html.raw(" <span class=\"dim\">").text(legend).raw("</span></figcaption>\n");
  for (const Bar& bar : bars) append_row(html, bar, axis, chart.unit);
  append_axis(html, axis);
  html.raw("</figure>\n");
  return html;
}

}  // namespace

Markup html_comparison(const ReportPage& page) {
  Markup figures, html;
  for (const Chart& chart : kCharts) figures.append(figure(chart, collect_bars(page, chart)));
  if (figures.str().empty()) return html;
  html.raw("<section class=\"card\" id=\"comparison\"><h2>Side by side</h2>\n").append(figures);
  html.raw("</section>\n");
  return html;
}

}  // namespace eb
