// The support matrix, and why cells are not ok.
#include <fmt/format.h>

#include <algorithm>

#include "reporters/html_parts.h"
#include "reporters/matrix.h"
#include "reporters/text.h"

namespace eb {
namespace {

Markup matrix_cell(const std::vector<MatrixEntry>& entries, const std::string& device) {
  Markup html;
  html.raw("<td").attr("data-label", device);
  if (entries.empty())
    return std::move(html.raw(" class=\"untried\"><span class=\"dim\" title=\"not tried\">–</span></td>"));
  html.raw(">");
  for (const MatrixEntry& entry : entries) {
    const RunRecord& record = *entry.record;
    const std::string reason = one_line(record.reason);
    html.raw("<div class=\"entry\"");
    if (!reason.empty()) html.attr("title", reason);
    html.raw("><span");
    html.attr("class", fmt::format("badge {}", tone_class(tone_of(record.status)))).raw(">");
    html.text(status_glyph(record.status)).raw(" ").text(status_name(record.status)).raw("</span>");
    for (const std::string& part : {entry.precision, placed_text(record)})
      if (!part.empty()) html.raw(" <span class=\"dim\">").text(part).raw("</span>");
    html.raw("</div>");
  }
  return std::move(html.raw("</td>"));
}

Markup reason_items(std::span<const RunRecord> records) {
  Markup html;
  for (const Shared& reason : shared_texts(records, &RunRecord::reason)) {
    const RunStatus status = reason.records.front()->status;
    html.raw("<li>").append(status_badge(status)).raw(" ").text(reason.text).raw(" <span class=\"dim\">(");
    constexpr std::size_t kMostNamed = 3;
    const std::size_t named = std::min(reason.records.size(), kMostNamed);
    for (std::size_t i = 0; i < named; ++i)
      html.text(i == 0 ? "" : ", ").text(record_title(*reason.records[i]));
    if (reason.records.size() > named) html.text(fmt::format(" and {} more", reason.records.size() - named));
    html.raw(")</span></li>\n");
  }
  return html;
}

}  // namespace

Markup html_matrix(const ReportPage& page) {
  Markup html;
  const SupportMatrix matrix = support_matrix(page.run.records);
  if (matrix.rows.empty()) return html;
  html.raw("<section class=\"card\" id=\"support\"><h2>Support</h2>");
  html.raw(
      "<p class=\"dim\">How every workload went on every device, with the share of MACs that ran there.</p>");
  html.raw("<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th scope=\"col\">workload</th>");
  for (const std::string& device : matrix.devices) html.raw("<th scope=\"col\">").text(device).raw("</th>");
  html.raw("</tr></thead><tbody>\n");
  for (const SupportMatrix::Row& row : matrix.rows) {
    html.raw("<tr><th scope=\"row\">").append(workload_name(row.workload)).raw("</th>");
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      html.append(matrix_cell(row.cells[i], matrix.devices[i]));
    html.raw("</tr>\n");
  }
  html.raw("</tbody></table></div>\n");
  const Markup reasons = reason_items(page.run.records);
  if (!reasons.str().empty()) html.raw("<ul class=\"plain why\">\n").append(reasons).raw("</ul>\n");
  return std::move(html.raw("</section>\n"));
}

}  // namespace eb
