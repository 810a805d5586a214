#include "reporters/reporters.h"

namespace eb {

std::vector<std::unique_ptr<Reporter>> make_reporters() {
  std::vector<std::unique_ptr<Reporter>> reporters;
  reporters.push_back(make_json_reporter());
  reporters.push_back(make_html_reporter());
  reporters.push_back(make_markdown_reporter());
  reporters.push_back(make_csv_reporter());
  reporters.push_back(make_google_benchmark_reporter());
  return reporters;
}

}  // namespace eb
