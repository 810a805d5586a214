// results.csv: one line a record (RFC 4180), for spreadsheets and data frames.
#include <cmath>

#include "reporters/reporters.h"
#include "reporters/rows.h"

namespace eb {
namespace {

// Enough to give back every decimal number of up to 15 digits as it was.
constexpr int kSignificant = 15;
constexpr std::string_view kLineEnd = "\r\n";

bool is_plot_data(const Field& field) {
  return std::holds_alternative<std::vector<double> RunRecord::*>(field.member);
}

bool is_free_text(const Field& field) {
  return std::holds_alternative<std::string RunRecord::*>(field.member) ||
         std::holds_alternative<RunRecord::Texts RunRecord::*>(field.member);
}

bool is_infinite(const Field& field, const RunRecord& record) {
  const auto* member = std::get_if<RunRecord::Number RunRecord::*>(&field.member);
  return member != nullptr && record.**member && !std::isfinite(*(record.**member));
}

std::string cell_text(const Field& field, const RunRecord& record) {
  if (is_infinite(field, record)) return "";
  std::string text = field_text(field, record, kSignificant);
  return is_free_text(field) ? csv_cell(text) : text;
}

template <class Cell>
void append_line(std::string& csv, Cell cell) {
  bool first = true;
  for (const Field& field : fields()) {
    if (is_plot_data(field)) continue;
    if (!first) csv += ',';
    first = false;
    csv += cell(field);
  }
  csv += kLineEnd;
}

class CsvReporter final : public Reporter {
 public:
  std::string_view format() const override { return "csv"; }
  std::string_view file_name() const override { return "results.csv"; }
  Result<std::string> render(const Run& run) const override {
    std::string csv;
    append_line(csv, [](const Field& field) { return field.name; });
    for (const RunRecord& record : run.records)
      append_line(csv, [&](const Field& field) { return cell_text(field, record); });
    return csv;
  }
};

}  // namespace

std::unique_ptr<Reporter> make_csv_reporter() {
  return std::make_unique<CsvReporter>();
}

}  // namespace eb
