// Networks against the one that they are variants of.
#include "reporters/html_parts.h"
#include "reporters/text.h"
#include "reporters/variants.h"

namespace eb {
namespace {

void append_head(Markup& html) {
  html.raw("<div class=\"scroll\"><table><thead><tr>");
  for (const VariantColumn& column : variant_columns()) {
    html.raw("<th scope=\"col\"").attr("class", column.right_aligned ? "num" : "").raw(">");
    html.text(column.title);
    if (!column.unit.empty()) html.raw("<span class=\"unit\"> ").text(column.unit).raw("</span>");
    html.raw("</th>");
  }
  html.raw("</tr></thead><tbody>\n");
}

void append_row(Markup& html, const RunRecord& record, const RunRecord& base) {
  html.raw("<tr>");
  for (const VariantColumn& column : variant_columns()) {
    const std::string text = column.text(record, base);
    html.raw("<td").attr("class", column.right_aligned ? "num" : "").attr("data-label", column.title);
    html.raw(">").text(text.empty() ? "–" : text).raw("</td>");
  }
  html.raw("</tr>\n");
}

}  // namespace

Markup html_variants(const ReportPage& page) {
  Markup html;
  const auto tables = variant_tables(page.run.records);
  if (tables.empty()) return html;
  html.raw("<section class=\"card\" id=\"variants\"><h2>Against the original</h2>\n");
  for (const VariantTable& table : tables) {
    html.raw("<h3>").text(table.title).raw("</h3>\n");
    append_head(html);
    for (const RunRecord* record : table.records) append_row(html, *record, *table.base);
    html.raw("</tbody></table></div>\n");
  }
  html.raw("<p class=\"note\">").text(variants_note()).raw("</p>\n");
  return std::move(html.raw("</section>\n"));
}

}  // namespace eb
