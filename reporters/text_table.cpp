#include "reporters/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "reporters/text.h"

namespace eb {
namespace {

constexpr int kGapWidth = 2;
constexpr int kLeastWidth = 8;  // of a column that is cut

std::vector<int> fitted_widths(const TextTable& table, int width_columns) {
  std::vector<int> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    widths.push_back(display_width(table.columns[c].title));
    for (const auto& row : table.rows) widths[c] = std::max(widths[c], display_width(row[c]));
  }
  const auto total = [&] {
    return std::accumulate(widths.begin(), widths.end(), kGapWidth * (static_cast<int>(widths.size()) - 1));
  };
  while (width_columns > 0 && total() > width_columns) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    if (widest == widths.end() || *widest <= kLeastWidth) break;
    --*widest;
  }
  return widths;
}

std::string line_of(const TextTable& table, const std::vector<int>& widths,
                    const std::vector<std::string>& cells) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::string text = cut_to_width(cells[c], widths[c]);
    const std::string blanks(static_cast<std::size_t>(std::max(0, widths[c] - display_width(text))), ' ');
    line += c == 0 ? "" : std::string(kGapWidth, ' ');
    line += table.columns[c].right_aligned ? blanks + text : text + blanks;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

}  // namespace

std::string text_table(const TextTable& table, int width_columns, bool colour) {
  const std::vector<int> widths = fitted_widths(table, width_columns);
  std::vector<std::string> titles;
  for (const auto& column : table.columns) titles.push_back(column.title);
  std::string head = line_of(table, widths, titles);
  if (colour) head = fmt::format("\x1b[1m{}\x1b[0m\n", head.substr(0, head.size() - 1));
  std::string text = head;
  for (const auto& row : table.rows) text += line_of(table, widths, row);
  return text;
}

}  // namespace eb
