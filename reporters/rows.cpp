#include "reporters/rows.h"

#include "reporters/text.h"

namespace eb {
namespace {

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

}  // namespace

std::string csv_cell(std::string_view any) {
  std::string text = valid_utf8(any);
  std::erase(text, '\0');
  return quoted(defused(std::move(text)));
}

std::string rows_as_csv(const TextTable& rows) {
  std::string csv;
  for (std::size_t i = 0; i < rows.columns.size(); ++i)
    csv += (i == 0 ? "" : ",") + csv_cell(rows.columns[i].title);
  csv += "\r\n";
  for (const auto& row : rows.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) csv += ',';
      // A negative number is no formula.
      csv += rows.columns[i].right_aligned ? row[i] : csv_cell(row[i]);
    }
    csv += "\r\n";
  }
  return csv;
}

std::string rows_as_table(TextTable rows, int width_columns, bool colour) {
  for (auto& row : rows.rows)
    for (std::string& cell : row) cell = one_line(cell);
  return text_table(rows, width_columns, colour);
}

}  // namespace eb
