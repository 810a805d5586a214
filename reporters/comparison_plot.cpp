#include "reporters/comparison_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reporters/html_parts.h"
#include "reporters/text.h"

namespace eb {
namespace {

constexpr std::size_t kMostRows = 60;  // more are no picture any more; the table has them all
constexpr double kLeastReach = 1.02, kMostReach = 1e4;  // of the axis
constexpr double kRoom = 1.08;                          // beyond the last interval, by logarithms

double reach_of(const Ratio& ratio) {
  double most = std::max(ratio.value, 1 / ratio.value);
  if (ratio.interval) most = std::max({most, ratio.interval->high, 1 / ratio.interval->low});
  return std::isfinite(most) ? most : 1;
}

void append_span(Markup& html, std::string_view css_class, double from, double to) {
  html.raw("<i").attr("class", css_class).raw(" style=\"left:").number(from * 100).raw("%;width:");
  html.number(std::max(0.0, to - from) * 100).raw("%\"></i>");
}

std::string_view tone_of(const Ratio& ratio) {
  switch (verdict_of(ratio)) {
    case CompareVerdict::faster:
      return "good";
    case CompareVerdict::slower:
      return "bad";
    default:
      return "quiet";
  }
}

void append_row(Markup& html, const Comparison& cell, double most) {
  const Ratio& ratio = *cell.speed;
  const std::string tone(tone_of(ratio));
  html.raw("<div class=\"bar-row\"><div class=\"bar-label\">")
      .append(workload_name(one_line(cell.first.workload)));
  html.raw("</div><div class=\"track\">");
  append_span(html, "equal", 0.5, 0.5);
  const double at = plot_position(ratio.value, most);
  if (ratio.interval)
    append_span(html, "between " + tone, plot_position(ratio.interval->low, most),
                plot_position(ratio.interval->high, most));
  append_span(html, ratio.interval ? "dot " + tone : "dot unsure", at, at);
  html.raw("</div><div class=\"bar-value\">").text(tone == "quiet" ? "–" : times_text(ratio.value));
  html.raw("</div></div>\n");
}

void append_axis(Markup& html, double most) {
  html.raw(
      "<div class=\"bar-row bar-axis\" aria-hidden=\"true\"><div class=\"bar-label\"></div><div "
      "class=\"ticks\">");
  const auto tick = [&](double ratio, const std::string& text) {
    const double place = plot_position(ratio, most);
    html.raw("<span").attr("class", place > 0.9 ? "last" : place < 0.1 ? "first" : "");
    html.raw(" style=\"left:").number(place * 100).raw("%\">").text(text).raw("</span>");
  };
  tick(1, "equal");
  for (const double ratio : plot_ticks(most)) {
    const bool is_outer = ratio == plot_ticks(most).back();
    const std::string times = short_number(ratio, 3) + "x";
    tick(ratio, times + (is_outer ? " faster" : ""));
    tick(1 / ratio, times + (is_outer ? " slower" : ""));
  }
  html.raw("</div><div class=\"bar-value\"></div></div>\n");
}

}  // namespace

double plot_position(double ratio, double most) {
  if (!(ratio > 0)) return 0;
  return std::clamp(0.5 + std::log(ratio) / (2 * std::log(most)), 0.0, 1.0);
}

std::vector<double> plot_ticks(double most) {
  constexpr double kRound[] = {1.005, 1.01, 1.02, 1.05, 1.1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000, 1e4};
  std::vector<double> ticks;
  for (const double outer : kRound)
    if (outer <= most) ticks = {outer};
  if (ticks.empty()) return ticks;
  // One more about half way, where it is far enough from both.
  for (const double inner : kRound) {
    const double share = std::log(inner) / std::log(most), outer = std::log(ticks.back()) / std::log(most);
    if (share >= 0.3 && share <= outer - 0.25) {
      ticks.insert(ticks.begin(), inner);
      break;
    }
  }
  return ticks;
}

Markup comparison_plot(const CellGroup& group) {
  Markup html;
  std::vector<const Comparison*> cells;
  double most = kLeastReach;
  for (const Comparison* cell : group.cells) {
    if (!cell->speed || cells.size() >= kMostRows) continue;
    cells.push_back(cell);
    most = std::max(most, reach_of(*cell->speed));
  }
  if (cells.empty()) return html;
  most = std::min(std::pow(most, kRoom), kMostReach);
  html.raw(
      "<figure class=\"bars ratios\"><figcaption class=\"dim\">Dot at the ratio of speeds, bar over its 99 % "
      "interval; a hollow ");
  html.raw("dot has none. Right is faster. Logarithmic scale.");
  if (group.cells.size() > kMostRows)
    html.text(fmt::format(" The first {} of {}.", cells.size(), group.cells.size()));
  html.raw("</figcaption>\n");
  for (const Comparison* cell : cells) append_row(html, *cell, most);
  append_axis(html, most);
  return std::move(html.raw("</figure>\n"));
}

}  // namespace eb
