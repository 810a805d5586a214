#include "reporters/html_sustained.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "reporters/summary.h"
#include "reporters/svg_plot.h"
#include "reporters/text.h"

namespace eb {
namespace {

using namespace svg;
using R = RunRecord;
using Values = std::vector<double>;

constexpr std::size_t kFewestParts = 3, kMostParts = 2000;
constexpr double kSecondsInMinute = 60;

struct Line {
  std::string_view css_class, name, unit;
  Values R::*values;
};
constexpr Line kLatencies[] = {{"curve", "p50", "ms", &R::part_p50_ms},
                               {"curve second", "p90", "ms", &R::part_p90_ms}};
constexpr Line kThroughput[] = {{"curve", "throughput", "/s", &R::part_throughput_sps}};
constexpr Line kState[] = {{"curve hot", "temperature", "°C", &R::part_temperature_c},
                           {"curve", "clock", "MHz", &R::part_clock_mhz},
                           {"curve second", "power", "W", &R::part_power_w}};

// A run.json may be anybody's.
bool is_drawable(const R& record, const Values& values) {
  return record.part_s && std::isfinite(*record.part_s) && *record.part_s > 0 &&
         values.size() >= kFewestParts && values.size() <= kMostParts &&
         std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v) && v > 0; });
}

std::span<const Line> speed_lines(const R& record) {
  if (is_drawable(record, record.part_p50_ms)) return kLatencies;
  return kThroughput;
}

// Time in minutes, or in seconds of a short window.
struct TimeScale {
  double per_part = 0;
  std::string name{};
};
TimeScale time_scale(const R& record, std::size_t parts) {
  const bool in_minutes = *record.part_s * static_cast<double>(parts) >= 5 * kSecondsInMinute;
  return {*record.part_s / (in_minutes ? kSecondsInMinute : 1), in_minutes ? "minutes" : "seconds"};
}

Axis time_axis(const TimeScale& scale, std::size_t parts) {
  return make_axis(std::array{0.0, scale.per_part * static_cast<double>(parts)},
                   {AxisStart::zero, AxisEnds::tight, 0, 8});
}

// One point in the middle of each part.
void draw_line(Markup& svg, const Plot& plot, const Line& line, const Values& values,
               const TimeScale& scale) {
  Markup points;
  for (std::size_t i = 0; i < values.size(); ++i)
    points.raw(" ")
        .number(plot.px((static_cast<double>(i) + 0.5) * scale.per_part))
        .raw(",")
        .number(plot.py(values[i]));
  svg.raw("<polyline").attr("class", line.css_class);
  svg.attr("points", std::string_view(points.str()).substr(1)).raw("/>");
}

// In the line above the plot, to its right end. Each entry is as wide as its text on a phone, where letters
// are largest.
void draw_legend(Markup& svg, const std::vector<std::pair<const Line*, std::string>>& entries) {
  constexpr double kStroke = 14, kGap = 4, kLetter = 7.6, kBetween = 8;
  const auto width = [&](const std::string& text) {
    return kStroke + kGap + kLetter * static_cast<double>(text.size()) + kBetween;
  };
  double x = kRight + kBetween;
  for (const auto& [entry, text] : entries) x -= width(text);
  for (const auto& [entry, text] : entries) {
    svg.raw("<polyline").attr("class", entry->css_class);
    Markup ends;
    ends.number(x).raw(",").number(kTop - 20).raw(" ").number(x + kStroke).raw(",").number(kTop - 20);
    svg.attr("points", ends.str()).raw("/>");
    label(svg, {"tick", x + kStroke + kGap, kTop - 16}, text);
    x += width(text);
  }
}

void draw_knee(Markup& svg, const Plot& plot, const R& record, const TimeScale& scale) {
  if (!record.knee_s || !std::isfinite(*record.knee_s)) return;
  const double x = plot.px(*record.knee_s / *record.part_s * scale.per_part);
  svg.raw("<path class=\"mark-line\" d=\"M")
      .number(x)
      .raw(" ")
      .number(kTop)
      .raw("V")
      .number(kBottom)
      .raw("\"/>");
  label(svg, {"mark", std::min(x + 5, kRight - 110), kTop + 12},
        fmt::format("slows down, {} s", short_number(*record.knee_s)));
}

std::string speed_sentence(const R& record) {
  std::string text;
  if (record.retention_percent)
    text = fmt::format("{} % of the first speed is left", human_number(*record.retention_percent, 3));
  return text;
}

}  // namespace

bool has_sustained_charts(const R& record) {
  return is_drawable(record, record.part_p50_ms) || is_drawable(record, record.part_throughput_sps);
}

Markup sustained_speed(const R& record, std::size_t id) {
  Markup svg;
  if (!has_sustained_charts(record)) return svg;
  Values all;
  std::vector<std::pair<const Line*, std::string>> legend;
  const auto lines = speed_lines(record);
  for (const Line& one : lines) {
    if (!is_drawable(record, record.*one.values)) continue;
    all.insert(all.end(), (record.*one.values).begin(), (record.*one.values).end());
    legend.emplace_back(&one, std::string(one.name));
  }
  const TimeScale scale = time_scale(record, (record.*lines.front().values).size());
  Plot plot;
  plot.x = time_axis(scale, (record.*lines.front().values).size());
  plot.y = make_axis(all, {AxisStart::zero, AxisEnds::round, 0, 6});
  open_svg(svg, id, "Speed over time of " + record_title(record), speed_sentence(record));
  draw_y_axis(svg, plot, lines.front().unit);
  draw_x_axis(svg, plot, scale.name);
  for (const auto& [one, text] : legend) draw_line(svg, plot, *one, record.*one->values, scale);
  draw_legend(svg, legend);
  draw_knee(svg, plot, record, scale);
  svg.raw("</svg>");
  return svg;
}

Markup sustained_state(const R& record, std::size_t id) {
  Markup svg;
  std::vector<std::pair<const Line*, std::string>> legend;
  std::size_t parts = 0;
  for (const Line& one : kState) {
    const Values& values = record.*one.values;
    if (!is_drawable(record, values)) continue;
    parts = std::max(parts, values.size());
    const double highest = *std::max_element(values.begin(), values.end());
    legend.emplace_back(&one, fmt::format("{} {} {}", one.name, human_number(highest, 3), one.unit));
  }
  if (legend.empty()) return svg;
  const TimeScale scale = time_scale(record, parts);
  Plot plot;
  plot.x = time_axis(scale, parts);
  plot.y = make_axis(std::array{0.0, 100.0}, {AxisStart::zero, AxisEnds::tight, 0, 5});
  open_svg(svg, id, "Heat, clock and power over time of " + record_title(record), "");
  draw_y_axis(svg, plot, "%");
  draw_x_axis(svg, plot, scale.name);
  for (const auto& [one, text] : legend) {
    Values percent = record.*one->values;
    const double highest = *std::max_element(percent.begin(), percent.end());
    for (double& value : percent) value *= 100 / highest;
    draw_line(svg, plot, *one, percent, scale);
  }
  draw_legend(svg, legend);
  svg.raw("</svg>");
  return svg;
}

}  // namespace eb
