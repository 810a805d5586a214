#include "reporters/html_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "reporters/distribution.h"
#include "reporters/summary.h"
#include "reporters/svg_plot.h"
#include "reporters/text.h"

namespace eb {
namespace {

using namespace svg;

constexpr std::size_t kBins = 44;

struct Mark {
  std::string_view label;
  double percent;
  RunRecord::Number RunRecord::*point;
  RunRecord::Number RunRecord::*bound;
};
constexpr std::array<Mark, 4> kMarks = {
    Mark{"p50", 50, &RunRecord::latency_p50_ms, &RunRecord::latency_p50_bound_ms},
    Mark{"p90", 90, &RunRecord::latency_p90_ms, &RunRecord::latency_p90_bound_ms},
    Mark{"p95", 95, &RunRecord::latency_p95_ms, &RunRecord::latency_p95_bound_ms},
    Mark{"p99", 99, &RunRecord::latency_p99_ms, &RunRecord::latency_p99_bound_ms}};

// Moves label centres apart to at least `gap`, right of the axis's name and inside the plot.
void spread(std::vector<double>& centres, double gap) {
  if (!centres.empty()) centres.front() = std::max(centres.front(), kLeft + 4);
  for (std::size_t i = 1; i < centres.size(); ++i) centres[i] = std::max(centres[i], centres[i - 1] + gap);
  double limit = kRight - gap / 2;
  for (auto centre = centres.rbegin(); centre != centres.rend(); ++centre) {
    *centre = std::min(*centre, limit);
    limit = *centre - gap;
  }
}

void draw_marks(Markup& svg, const Plot& plot, const RunRecord& record) {
  std::vector<const Mark*> marks;
  std::vector<double> centres;
  for (const Mark& mark : kMarks) {
    const auto value = record.*mark.point;
    if (!value || mark.percent == 95 || *value > plot.x.high) continue;
    marks.push_back(&mark);
    centres.push_back(plot.px(*value));
  }
  spread(centres, 40);
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const double x = plot.px(*(record.*marks[i]->point));
    svg.raw("<path class=\"mark-line\" d=\"M")
        .number(centres[i])
        .raw(" ")
        .number(kTop - 15)
        .raw("L")
        .number(x);
    svg.raw(" ").number(kTop - 3).raw("V").number(kBottom).raw("\"/>");
    label(svg, {"mark mid", centres[i], kTop - 19}, marks[i]->label);
  }
}

void draw_bars(Markup& svg, const Plot& plot, const Histogram& histogram) {
  for (std::size_t i = 0; i < histogram.shares.size(); ++i) {
    const double share = histogram.shares[i];
    if (share <= 0) continue;
    const double from = histogram.low + histogram.bin_width * static_cast<double>(i);
    const double to = from + histogram.bin_width, left = plot.px(from), top = plot.py(share * 100);
    svg.raw("<rect class=\"bin\"").attr("x", left).attr("y", top);
    svg.attr("width", std::max(0.5, plot.px(to) - left - 0.8)).attr("height", kBottom - top).raw("><title>");
    svg.text(
        fmt::format("{} to {} ms: {} %", human_number(from), human_number(to), human_number(share * 100, 2)));
    svg.raw("</title></rect>");
  }
}

// Percentiles on a scale of -log10(1 - p): the step from 90 to 99 is as wide as that from 0 to 90. The
// maximum has no finite place there, so it has one of its own behind a gap.
constexpr double kMaximumPlace = 2.4;
double tail_place(double percent) {
  return percent >= 100 ? kMaximumPlace : -std::log10(1 - percent / 100);
}

Axis tail_axis() {
  Axis axis;
  axis.low = 0;
  axis.high = kMaximumPlace + 0.06;
  return axis;
}

void draw_tail_axis(Markup& svg, const Plot& plot) {
  line(svg, "base", {kLeft, kBottom, kRight, kBottom});
  for (const auto& [name, percent] : {std::pair<std::string_view, double>{"min", 0},
                                      {"p50", 50},
                                      {"p75", 75},
                                      {"p90", 90},
                                      {"p95", 95},
                                      {"p99", 99},
                                      {"max", 100}}) {
    const double x = plot.px(tail_place(percent));
    line(svg, "grid", {x, kTop, x, kBottom});
    label(svg, {"tick mid", x, kBottom + 18}, name);
  }
  label(svg, {"axis-name mid", (kLeft + kRight) / 2, kHeight - 8},
        "share of queries that were as fast (tail stretched)");
}

void draw_curve(Markup& svg, const Plot& plot, const Quantiles& quantiles) {
  const auto values = quantiles.values();
  Markup points;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    points.raw(" ").number(plot.px(tail_place(static_cast<double>(i))));
    points.raw(",").number(plot.py(values[i]));
  }
  svg.raw("<polyline class=\"curve\"").attr("points", std::string_view(points.str()).substr(1)).raw("/>");
  const double last = plot.px(tail_place(99)), maximum = plot.px(kMaximumPlace);
  line(svg, "curve-gap", {last, plot.py(values[99]), maximum, plot.py(quantiles.most())});
  svg.raw("<circle class=\"maximum\"").attr("cx", maximum).attr("cy", plot.py(quantiles.most()));
  svg.raw(" r=\"3.5\"><title>")
      .text("max " + human_number(quantiles.most()) + " ms")
      .raw("</title></circle>");
}

void draw_points(Markup& svg, const Plot& plot, const RunRecord& record) {
  for (const Mark& mark : kMarks) {
    const auto point = record.*mark.point, bound = record.*mark.bound;
    if (!point) continue;
    const double x = plot.px(tail_place(mark.percent)), y = plot.py(*point);
    if (bound) {
      const double top = plot.py(*bound);
      line(svg, "bound", {x, y, x, top});
      line(svg, "bound", {x - 6, top, x + 6, top});
    }
    svg.raw("<circle class=\"point\"").attr("cx", x).attr("cy", y).raw(" r=\"4\"><title>");
    svg.text(fmt::format("{}: {} ms", mark.label, point_and_bound(point, bound))).raw("</title></circle>");
    if (mark.percent == 95) continue;
    // Left of the point, where no bound is; the first one has no room there beside the axis.
    const bool is_first = mark.percent == 50;
    label(svg, {is_first ? "mark mid" : "mark end", is_first ? x : x - 8, is_first ? y - 12 : y - 8},
          human_number(*point, 3));
  }
}

std::string marks_sentence(const RunRecord& record) {
  std::string sentence;
  for (const Mark& mark : kMarks) {
    const std::string value = point_and_bound(record.*mark.point, record.*mark.bound);
    if (!value.empty())
      sentence += fmt::format("{}{} {} ms", sentence.empty() ? "" : ", ", mark.label, value);
  }
  return sentence;
}

}  // namespace

bool has_latency_charts(const RunRecord& record) {
  return Quantiles::from(record.latency_quantiles_ms).has_value();
}

Markup latency_histogram(const RunRecord& record, std::size_t id) {
  Markup svg;
  const auto quantiles = Quantiles::from(record.latency_quantiles_ms);
  if (!quantiles) return svg;
  const Histogram histogram = make_histogram(*quantiles, kBins);
  const double end = histogram.low + histogram.bin_width * static_cast<double>(histogram.shares.size());
  const double highest = *std::max_element(histogram.shares.begin(), histogram.shares.end()) * 100;
  Plot plot;
  plot.x = make_axis(std::array{histogram.low, end}, {AxisStart::data, AxisEnds::tight, 0, 6});
  plot.y = make_axis(std::array{0.0, highest}, {AxisStart::zero, AxisEnds::round, 0, 5});
  open_svg(svg, id, "Latency distribution of " + record_title(record), marks_sentence(record));
  draw_y_axis(svg, plot, "%");
  draw_bars(svg, plot, histogram);
  draw_x_axis(svg, plot, "latency of a query, ms");
  draw_marks(svg, plot, record);
  if (histogram.share_above > 0.001)
    label(svg, {"mark end", kRight, kTop + 14},
          fmt::format("{} % up to {} ms →", human_number(histogram.share_above * 100, 2),
                      human_number(quantiles->most(), 3)));
  svg.raw("</svg>");
  return svg;
}

Markup percentile_curve(const RunRecord& record, std::size_t id) {
  Markup svg;
  const auto quantiles = Quantiles::from(record.latency_quantiles_ms);
  if (!quantiles) return svg;
  std::vector<double> values = {quantiles->least(), quantiles->most()};
  for (const Mark& mark : kMarks)
    for (const auto member : {mark.point, mark.bound})
      if (record.*member) values.push_back(*(record.*member));
  Plot plot;
  plot.x = tail_axis();
  plot.y = make_axis(values, {AxisStart::data, AxisEnds::round, 12, 6});
  open_svg(svg, id, "Latency percentiles of " + record_title(record), marks_sentence(record));
  draw_y_axis(svg, plot, plot.y.logarithmic ? "ms (log)" : "ms");
  draw_tail_axis(svg, plot);
  draw_curve(svg, plot, *quantiles);
  draw_points(svg, plot, record);
  svg.raw("</svg>");
  return svg;
}

}  // namespace eb
