// Claimed, achievable and achieved: what a device's maker says, what edgebench probe measured, what workloads
// reached.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "reporters/html_parts.h"
#include "reporters/svg_plot.h"
#include "reporters/text.h"

namespace eb {
namespace {

constexpr std::size_t kMostPlots = 12;  // the table has them all

bool is_number(RunRecord::Number value) {
  return value && *value > 0 && !measured_text(value).empty();
}

// One device at one precision with one measured peak, and its good records that have a speed.
struct Roof {
  const RunRecord* first = nullptr;
  std::vector<const RunRecord*> records{};

  const RunRecord& best() const {
    return **std::max_element(records.begin(), records.end(), [](const RunRecord* a, const RunRecord* b) {
      return *a->effective_tops < *b->effective_tops;
    });
  }
};

bool is_same(const RunRecord& a, const RunRecord& b) {
  return a.backend == b.backend && a.device == b.device && a.precision == b.precision &&
         a.peak_tops == b.peak_tops && a.claimed_tops == b.claimed_tops;
}

std::vector<Roof> collect_roofs(const Run& run) {
  std::vector<Roof> roofs;
  for (const RunRecord& record : run.records) {
    if (record.status != RunStatus::ok || !is_number(record.effective_tops)) continue;
    if (!is_number(record.peak_tops) && !is_number(record.claimed_tops)) continue;
    auto at = std::find_if(roofs.begin(), roofs.end(),
                           [&](const Roof& roof) { return is_same(*roof.first, record); });
    if (at == roofs.end()) at = roofs.insert(roofs.end(), Roof{.first = &record});
    at->records.push_back(&record);
  }
  return roofs;
}

// Operations for each byte that must be moved.
std::optional<double> intensity(const RunRecord& record) {
  if (!is_number(record.gops_per_sample) || !is_number(record.traffic_mb_per_sample)) return std::nullopt;
  return *record.gops_per_sample * 1e3 / *record.traffic_mb_per_sample;
}

struct Point {
  double intensity = 0, tops = 0;
  const RunRecord* record = nullptr;
};

std::vector<Point> points_of(const Roof& roof) {
  std::vector<Point> points;
  for (const RunRecord* record : roof.records)
    if (const auto at = intensity(*record)) points.push_back({*at, *record->effective_tops, record});
  return points;
}

std::string title_of(const RunRecord& record) {
  return device_path(record) + " " + one_line(record.precision);
}

// A layer, by its own bytes.
struct LayerPoint {
  double intensity = 0, tops = 0;
  const Layer* layer = nullptr;
};

// Those of the roof's cells that do arithmetic, and take more than a hundredth of the time.
std::vector<LayerPoint> layer_points_of(const Run& run, const Roof& roof) {
  constexpr double kLeastShare = 0.01;
  constexpr std::size_t kMostPoints = 200;
  std::vector<const CellLayers*> cells;
  for (const RunRecord* record : roof.records) {
    const CellLayers* cell = layers_of(run, *record);
    if (cell != nullptr && std::find(cells.begin(), cells.end(), cell) == cells.end()) cells.push_back(cell);
  }
  std::vector<LayerPoint> points;
  for (const CellLayers* cell : cells) {
    const double sum_us = cell->times.sum_us();
    for (const Layer& layer : cell->times.layers) {
      const bool is_known = is_number(layer.macs) && is_number(layer.traffic_bytes) && layer.time_us > 0;
      if (!is_known || layer.time_us < kLeastShare * sum_us || points.size() == kMostPoints) continue;
      points.push_back({2 * *layer.macs / *layer.traffic_bytes, 2e-6 * *layer.macs / layer.time_us, &layer});
    }
  }
  return points;
}

void draw_layers(Markup& svg, const svg::Plot& plot, const std::vector<LayerPoint>& points) {
  for (const LayerPoint& point : points) {
    svg.raw("<circle class=\"layer\"").attr("cx", plot.px(point.intensity)).attr("cy", plot.py(point.tops));
    svg.raw(" r=\"2.2\"><title>");
    svg.text(fmt::format("{} {}: {} TOPS", one_line(point.layer->name), one_line(point.layer->op_type),
                         human_number(point.tops, 3)));
    svg.raw("</title></circle>");
  }
}

// The roofs: memory's slope up to where it meets the flat one of arithmetic.
void draw_roofs(Markup& svg, const svg::Plot& plot, double peak_tops, double peak_gbps) {
  const double ridge = std::clamp(peak_tops * 1e3 / peak_gbps, plot.x.low, plot.x.high);
  const double start_tops = std::max(plot.y.low, plot.x.low * peak_gbps * 1e-3);
  const double start = start_tops * 1e3 / peak_gbps;
  svg.raw("<path class=\"curve\" d=\"M").number(plot.px(start)).raw(" ").number(plot.py(start_tops));
  svg.raw("L").number(plot.px(ridge)).raw(" ").number(plot.py(peak_tops)).raw("H").number(svg::kRight);
  svg.raw("\"><title>");
  svg.text(fmt::format("{} GB/s, {} TOPS", human_number(peak_gbps, 3), human_number(peak_tops, 3)));
  svg.raw("</title></path>");
  svg::label(svg, {"mark end", svg::kRight, plot.py(peak_tops) - 7},
             fmt::format("{} TOPS measured", human_number(peak_tops, 3)));
}

Markup plot_of(const Run& run, const Roof& roof, std::size_t id) {
  Markup svg;
  const auto points = points_of(roof);
  const auto layers = layer_points_of(run, roof);
  if (points.empty() || !is_number(roof.first->peak_tops) || !is_number(roof.first->peak_gbps)) return svg;
  const double peak_tops = *roof.first->peak_tops, peak_gbps = *roof.first->peak_gbps;
  const double ridge = peak_tops * 1e3 / peak_gbps;
  std::vector<double> xs{ridge / 8, ridge * 8}, ys{peak_tops / 20, peak_tops * 2};
  for (const Point& point : points) {
    xs.push_back(point.intensity);
    ys.push_back(point.tops);
  }
  for (const LayerPoint& layer : layers) {
    xs.push_back(layer.intensity);
    ys.push_back(layer.tops);
  }
  svg::Plot plot;
  plot.x = make_axis(xs, {AxisStart::data, AxisEnds::round, 1, 6});
  plot.y = make_axis(ys, {AxisStart::data, AxisEnds::round, 1, 5});
  if (!plot.x.logarithmic || !plot.y.logarithmic) return svg;
  svg::open_svg(svg, id, "Roofline of " + title_of(*roof.first),
                fmt::format("Memory {} GB/s, arithmetic {} TOPS; {} records below",
                            human_number(peak_gbps, 3), human_number(peak_tops, 3), points.size()));
  svg::draw_y_axis(svg, plot, "TOPS");
  svg::draw_x_axis(svg, plot, "operations for each byte of model, inputs and outputs (both scales log)");
  draw_roofs(svg, plot, peak_tops, peak_gbps);
  draw_layers(svg, plot, layers);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double x = plot.px(points[i].intensity), y = plot.py(points[i].tops);
    svg.raw("<circle class=\"point\"").attr("cx", x).attr("cy", y).raw(" r=\"4\"><title>");
    svg.text(record_title(*points[i].record) + ": " + measured_text(points[i].tops) + " TOPS")
        .raw("</title></circle>");
    svg::label(svg, {"mark mid", x, y - 8}, fmt::format("{}", i + 1));
  }
  return std::move(svg.raw("</svg>"));
}

void append_figure(Markup& html, const Run& run, const Roof& roof, std::size_t id) {
  const Markup svg = plot_of(run, roof, id);
  if (svg.str().empty()) return;
  html.raw("<figure><figcaption>")
      .text(title_of(*roof.first))
      .raw("</figcaption>")
      .append(svg)
      .raw("<p class=\"note\">");
  const auto points = points_of(roof);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const RunRecord& record = *points[i].record;
    html.text(fmt::format("{}{} {}, {}", i == 0 ? "" : "; ", i + 1, one_line(record.workload),
                          one_line(record.scenario)));
  }
  html.raw("</p></figure>\n");
}

void append_cell(Markup& html, std::string_view title, const std::string& text) {
  html.raw("<td class=\"num\"")
      .attr("data-label", title)
      .raw(">")
      .text(text.empty() ? "–" : text)
      .raw("</td>");
}

std::string percent(RunRecord::Number share) {
  return is_number(share) ? human_number(*share * 100, 3) + " %" : "";
}

void append_row(Markup& html, const Roof& roof) {
  const RunRecord& best = roof.best();
  html.raw("<tr><td>").text(title_of(best)).raw("</td>");
  html.raw("<td class=\"num\" data-label=\"claimed\"").attr("title", one_line(best.claim)).raw(">");
  html.text(is_number(best.claimed_tops) ? measured_text(best.claimed_tops) : "–").raw("</td>");
  html.raw("<td class=\"num\" data-label=\"achievable\"").attr("title", one_line(best.peak_basis)).raw(">");
  html.text(is_number(best.peak_tops) ? measured_text(best.peak_tops) : "–").raw("</td>");
  append_cell(html, "achieved", measured_text(best.effective_tops));
  append_cell(html, "of achievable", percent(best.utilization));
  append_cell(html, "of claimed", percent(best.claimed_utilization));
  html.raw("<td data-label=\"by\">").append(workload_name(one_line(best.workload))).raw("</td></tr>\n");
}

void append_claims(Markup& html, const std::vector<Roof>& roofs) {
  std::vector<std::string> claims;
  for (const Roof& roof : roofs) {
    std::string claim = one_line(roof.first->claim);
    if (!claim.empty() && std::find(claims.begin(), claims.end(), claim) == claims.end())
      claims.push_back(claim);
  }
  for (const std::string& claim : claims) html.raw("<p class=\"note\">Claimed: ").text(claim).raw("</p>\n");
}

}  // namespace

Markup html_roofline(const ReportPage& page) {
  Markup html, plots;
  const auto roofs = collect_roofs(page.run);
  if (roofs.empty()) return html;
  html.raw(
      "<section class=\"card\" id=\"roofline\"><h2>Claimed, achievable, achieved</h2>\n<div "
      "class=\"scroll\">");
  html.raw("<table><thead><tr><th scope=\"col\">device, precision</th>");
  html.raw("<th scope=\"col\" class=\"num\">claimed<span class=\"unit\"> TOPS</span></th>");
  html.raw("<th scope=\"col\" class=\"num\">achievable<span class=\"unit\"> TOPS</span></th>");
  html.raw("<th scope=\"col\" class=\"num\">achieved<span class=\"unit\"> TOPS</span></th>");
  html.raw(
      "<th scope=\"col\" class=\"num\">of achievable</th><th scope=\"col\" class=\"num\">of claimed</th>");
  html.raw("<th scope=\"col\">by</th></tr></thead><tbody>\n");
  for (const Roof& roof : roofs) append_row(html, roof);
  html.raw("</tbody></table></div>\n");
  append_claims(html, roofs);
  html.raw(
      "<p class=\"note\">Achievable is what edgebench probe measured on this device; claimed is what its "
      "maker says ");
  html.raw(
      "for the chip. Operations are nominal, counted in the direct, dense form: kernels that need fewer ");
  html.raw("(Winograd, sparsity) may honestly be above 100 %.</p>\n");
  for (std::size_t i = 0; i < std::min(roofs.size(), kMostPlots); ++i)
    append_figure(plots, page.run, roofs[i], 9000 + i);
  if (!plots.str().empty()) {
    html.raw("<div class=\"charts roofs\">\n").append(plots).raw("</div>\n");
    html.raw(
        "<p class=\"note\">Under the slope memory is the limit, under the level part arithmetic. Bytes are "
        "those of ");
    html.raw(
        "the model, its inputs and outputs, each moved once: what stays in caches may be above the slope, "
        "and what ");
    html.raw("passes between layers is not counted.");
    if (plots.str().find("class=\"layer\"") != std::string::npos)
      html.raw(
          " Small dots are layers that take 1 % of the time or more, by the bytes of their own inputs, "
          "outputs "
          "and weights.");
    html.raw("</p>\n");
  }
  return std::move(html.raw("</section>\n"));
}

}  // namespace eb
