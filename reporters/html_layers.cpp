// Where the time of a run goes, layer by layer, and what bounds each.
#include <fmt/format.h>

#include <algorithm>

#include "reporters/html_parts.h"
#include "reporters/layers.h"
#include "reporters/text.h"

namespace eb {
namespace {

constexpr LayerBound kBounds[] = {LayerBound::compute, LayerBound::memory, LayerBound::overhead,
                                  LayerBound::unknown};

void append_bar(Markup& html, std::string_view bound, double share) {
  html.raw("<i").attr("class", bound).raw(" style=\"width:").number(100 * std::clamp(share, 0.0, 1.0));
  html.raw("%\"></i>");
}

// "compute 61 %, memory 32 %, overhead 7 %", with a bar of the same.
void append_bounds(Markup& html, const LayerSummary& summary) {
  Markup bar, legend;
  for (const LayerBound bound : kBounds) {
    const double share = summary.bound_shares[static_cast<std::size_t>(bound)];
    if (share <= 0) continue;
    append_bar(bar, bound_name(bound), share);
    legend.raw("<span><i").attr("class", bound_name(bound)).raw("></i>").text(bound_name(bound)).raw(" ");
    legend.text(share_text(share)).raw("</span>");
  }
  html.raw("<div class=\"bounds\" aria-hidden=\"true\">").append(bar).raw("</div><p class=\"bound-legend\">");
  html.text("Time bound by ").append(legend).raw("</p>\n");
}

void append_speed(Markup& html, std::string_view title, const std::optional<double>& speed,
                  const std::optional<double>& share) {
  html.raw("<td class=\"num\"").attr("data-label", title).raw(">");
  html.text(speed && *speed > 0 ? human_number(*speed, 3) : "–");
  if (share) html.raw(" <span class=\"dim\">").text(peak_share_text(share)).raw("</span>");
  html.raw("</td>");
}

void append_time(Markup& html, double time_us, double share) {
  html.raw("<td class=\"num\" data-label=\"µs\">").text(microseconds_text(time_us)).raw("</td>");
  html.raw("<td class=\"num\" data-label=\"share\">").text(share_text(share)).raw("</td>");
}

void append_row(Markup& html, const LayerRow& row, double longest_us) {
  const Layer& layer = *row.layer;
  const std::string name = one_line(layer.name), op = one_line(layer.op_type);
  html.raw("<tr><td class=\"who\"")
      .attr("title", one_line(layer.provider))
      .raw("><span class=\"layer-name\">");
  html.text(name.empty() ? op : name).raw("</span> <span class=\"dim\">").text(op).raw("</span>");
  html.raw("<div class=\"layer-bar\">");
  append_bar(html, bound_name(row.speed.bound), longest_us > 0 ? layer.time_us / longest_us : 0);
  html.raw("</div></td>");
  append_time(html, layer.time_us, row.share);
  html.raw("<td class=\"num\" data-label=\"MACs\">");
  html.text(layer.macs && *layer.macs > 0 ? human_number(*layer.macs * 1e-6, 3) + " M" : "–").raw("</td>");
  append_speed(html, "GOP/s", row.speed.gops_per_s, row.speed.compute_share);
  append_speed(html, "GB/s", row.speed.gbytes_per_s, row.speed.memory_share);
  html.raw("<td data-label=\"bound by\"><span")
      .attr("class", fmt::format("bound-label {}", bound_name(row.speed.bound)))
      .raw(">");
  html.text(bound_name(row.speed.bound)).raw("</span></td></tr>\n");
}

void append_table(Markup& html, const LayerSummary& summary) {
  html.raw("<table class=\"layers\"><thead><tr><th scope=\"col\">layer, operator</th>");
  html.raw("<th scope=\"col\" class=\"num\">time<span class=\"unit\"> µs</span></th>");
  html.raw("<th scope=\"col\" class=\"num\">share</th><th scope=\"col\" class=\"num\">MACs</th>");
  html.raw("<th scope=\"col\" class=\"num\">GOP/s<span class=\"unit\"> of peak</span></th>");
  html.raw("<th scope=\"col\" class=\"num\">GB/s<span class=\"unit\"> of peak</span></th>");
  html.raw("<th scope=\"col\">bound by</th></tr></thead><tbody>\n");
  const double longest_us = summary.slowest.empty() ? 0 : summary.slowest.front().layer->time_us;
  for (const LayerRow& row : summary.slowest) append_row(html, row, longest_us);
  if (summary.others > 0) {
    html.raw("<tr><td class=\"who dim\">").text(counted(summary.others, "other layer")).raw("</td>");
    append_time(html, summary.others_us, summary.others_share);
    html.raw("<td></td><td></td><td></td><td></td></tr>\n");
  }
  html.raw("</tbody></table>\n");
}

// Why some layers have no bound, and whose clock it was.
std::string basis_text(const LayerSummary& summary, const RooflinePeaks& peaks) {
  std::string text = summary.has_device_time ? "Times of kernels are by the device's clock. "
                                             : "Times are by the host's clock, around each node. ";
  if (!peaks.tops || !peaks.gbps)
    text += "What bounds a layer is unknown: this device was not probed (edgebench probe). ";
  return text +
         "Work is nominal; bytes are a layer's inputs, outputs and weights, each once: what stays in caches "
         "may be "
         "above 100 %. Overhead is less than 20 µs, and ten times what the roofline allows.";
}

}  // namespace

Markup html_layers(const Run& run, const RecordGroup& group) {
  Markup html;
  const CellLayers* cell = layers_of(run, *group.records.front());
  if (cell == nullptr) return html;
  html.raw("<h4 class=\"layers-title\">Layers</h4>\n");
  if (cell->times.layers.empty()) {
    html.raw("<p class=\"note\">Not timed: ").text(one_line(cell->times.reason)).raw("</p>\n");
    return html;
  }
  const RooflinePeaks peaks = peaks_of(run, *cell);
  const LayerSummary summary = summarize_layers(*cell, peaks);
  const auto single = std::find_if(group.records.begin(), group.records.end(), [](const RunRecord* record) {
    return record->scenario == "single-stream";
  });
  const auto latency_ms = single == group.records.end() ? std::nullopt : (*single)->latency_mean_ms;
  html.raw("<p class=\"layers-sum\">").text(layer_sum_text(*cell, latency_ms)).raw("</p>\n");
  append_bounds(html, summary);
  append_table(html, summary);
  html.raw("<p class=\"note layers-note\">").text(basis_text(summary, peaks)).raw("</p>\n");
  return html;
}

}  // namespace eb
