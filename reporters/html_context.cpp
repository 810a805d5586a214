// What surrounds the numbers: machine and build, licences, what the fields mean.
#include "reporters/html_parts.h"
#include "reporters/text.h"

namespace eb {

namespace {

Markup html_libraries(const Run& run) {
  Markup html;
  const auto rows = library_rows(run);
  if (rows.empty()) return html;
  html.raw("<details id=\"libraries\"><summary>Libraries that were loaded</summary><dl>\n");
  for (const LibraryRow& row : rows) {
    html.raw("<dt>").text(row.path).raw("</dt><dd class=\"dim\">");
    html.text(row.version).text(row.version.empty() ? "" : " ").text(row.sha256).raw("</dd>\n");
  }
  html.raw("</dl></details>\n");
  return html;
}

}  // namespace

Markup html_context(const ReportPage& page) {
  Markup html;
  const auto rows = context_rows(page.run);
  if (rows.empty()) return html;
  html.raw("<section class=\"card\" id=\"context\"><h2>Context</h2><dl class=\"context\">\n");
  for (const ContextRow& row : rows) {
    html.raw("<div><dt").attr("title", row.doc).raw(">").text(row.label).raw("</dt><dd>").text(row.text);
    html.raw("</dd></div>\n");
  }
  html.raw("</dl>").append(html_libraries(page.run)).raw("</section>\n");
  return html;
}

Markup html_licences(const ReportPage& page) {
  Markup html;
  const auto licences = shared_texts(page.run.records, &RunRecord::licence);
  if (licences.empty()) return html;
  html.raw("<section class=\"card\" id=\"licences\"><h2>Licences</h2><ul class=\"plain\">\n");
  for (const Shared& licence : licences) {
    html.raw("<li>").text(licence.text).raw(" <span class=\"dim\">");
    const auto workloads = workloads_of(licence);
    for (const std::string& workload : workloads)
      html.text(&workload == &workloads.front() ? "" : ", ").text(workload);
    html.raw("</span></li>\n");
  }
  html.raw("</ul></section>\n");
  return html;
}

Markup html_glossary() {
  Markup html;
  html.raw(
      "<details class=\"card\" id=\"glossary\"><summary>What the numbers mean</summary><dl "
      "class=\"context\">\n");
  for (const Field& field : fields()) {
    html.raw("<div><dt>").text(field.name);
    if (!field.unit.empty()) html.raw(" <span class=\"unit\">").text(field.unit).raw("</span>");
    html.raw("</dt><dd>").text(field.doc).raw("</dd></div>\n");
  }
  html.raw("</dl></details>\n");
  return html;
}

Markup html_footer(const ReportPage& page) {
  Markup html;
  html.raw("<footer>Schema ").text(kRunSchema);
  const std::string version = context_text(page.run, "edgebench_version");
  const std::string commit = context_text(page.run, "edgebench_commit");
  if (!version.empty()) html.raw(" · edgebench ").text(version);
  if (!commit.empty()) html.raw(" · commit ").text(commit);
  html.raw(
      " · A value that was not measured is absent or –, never 0. ≤ is the 99 %-confidence upper "
      "bound.</footer>\n");
  return html;
}

}  // namespace eb
