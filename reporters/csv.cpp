// results.csv: one line a record (RFC 4180), for spreadsheets and data frames.
#include <cmath>

#include "reporters/reporters.h"
#include "reporters/text.h"

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

// Spreadsheets run a cell that begins with one of these, blanks before it or not. An apostrophe makes it
// text.
std::string defused(std::string text) {
  constexpr std::string_view kBlanks = " \t\r\n\v\f", kFormulaStarts = "=+-@";
  constexpr std::string_view kFullWidthStarts[] = {"＝", "＋", "－", "＠"};
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string::npos) return text;
  bool is_formula = text[0] == '\t' || text[0] == '\r' || text[0] == '\n';
  is_formula = is_formula || kFormulaStarts.find(text[first]) != std::string_view::npos;
  for (const std::string_view start : kFullWidthStarts)
    is_formula = is_formula || text.compare(first, start.size(), start) == 0;
  if (is_formula) text.insert(0, 1, '\'');
  return text;
}

std::string quoted(const std::string& text) {
  const bool needs_quotes = text.find_first_of(",\"\r\n") != std::string::npos ||
                            (!text.empty() && (text.front() == ' ' || text.back() == ' '));
  if (!needs_quotes) return text;
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

std::string cell_text(const Field& field, const RunRecord& record) {
  if (is_infinite(field, record)) return "";
  std::string text = valid_utf8(field_text(field, record, kSignificant));
  std::erase(text, '\0');
  return is_free_text(field) ? quoted(defused(std::move(text))) : text;
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
