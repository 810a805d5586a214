// report.html: one file with everything in it, to look at, to send and to print. No script, nothing fetched.
#include <fmt/format.h>

#include "reporters/html_parts.h"
#include "reporters/reporters.h"
#include "reporters/text.h"

namespace eb {

std::string html_page(std::string_view title, const Markup& body, std::string_view more_style) {
  Markup head, end;
  head.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  head.raw(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "img-src data:; base-uri 'none'; form-action 'none'\">\n");
  head.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  head.raw(
      "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"generator\" "
      "content=\"edgebench\">\n");
  head.raw("<title>edgebench: ").text(one_line(title)).raw("</title>\n");
  return fmt::format("{}<style>\n{}{}</style>\n</head>\n<body>\n{}</body>\n</html>\n", head.str(),
                     html_style(), more_style, body.str());
}

namespace {

class HtmlReporter final : public Reporter {
 public:
  std::string_view format() const override { return "html"; }
  std::string_view file_name() const override { return "report.html"; }
  Result<std::string> render(const Run& run) const override {
    const ReportPage page{run, group_records(run.records)};
    Markup body;
    body.append(html_header(page)).raw("<main>\n");
    body.append(html_notices(page)).append(html_results(page)).append(html_matrix(page));
    body.append(html_comparison(page)).append(html_roofline(page)).append(html_variants(page));
    body.append(html_workloads(page)).append(html_context(page)).append(html_licences(page));
    body.append(html_glossary()).raw("</main>\n").append(html_footer(page));
    return html_page(machine_title(run), body);
  }
};

}  // namespace

std::unique_ptr<Reporter> make_html_reporter() {
  return std::make_unique<HtmlReporter>();
}

}  // namespace eb
