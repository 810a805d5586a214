// report.html: one file with everything in it, to look at, to send and to print. No script, nothing fetched.
#include <fmt/format.h>

#include "reporters/html_parts.h"
#include "reporters/reporters.h"
#include "reporters/text.h"

namespace eb {
namespace {

void append_head(Markup& html, const Run& run) {
  html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:; base-uri 'none'; form-action 'none'\">\n");
  html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.raw(
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" "
      "content=\"edgebench\">\n");
  html.raw("<title>edgebench: ").text(one_line(machine_title(run))).raw("</title>\n");
}

class HtmlReporter final : public Reporter {
 public:
  std::string_view format() const override { return "html"; }
  std::string_view file_name() const override { return "report.html"; }
  Result<std::string> render(const Run& run) const override {
    const ReportPage page{run, group_records(run.records)};
    Markup head, body;
    append_head(head, run);
    body.raw("</head>\n<body>\n").append(html_header(page)).raw("<main>\n");
    body.append(html_notices(page)).append(html_results(page)).append(html_matrix(page));
    body.append(html_comparison(page)).append(html_roofline(page)).append(html_variants(page));
    body.append(html_workloads(page)).append(html_context(page)).append(html_licences(page));
    body.append(html_glossary()).raw("</main>\n").append(html_footer(page)).raw("</body>\n</html>\n");
    return fmt::format("{}<style>\n{}</style>\n{}", head.str(), html_style(), body.str());
  }
};

}  // namespace

std::unique_ptr<Reporter> make_html_reporter() {
  return std::make_unique<HtmlReporter>();
}

}  // namespace eb
