#pragma once
// A plain table of texts for a terminal: UTF-8, columns by display width.
#include <string>
#include <vector>

namespace eb {

struct TextTable {
  struct Column {
    std::string title{};
    bool right_aligned = false;
  };
  std::vector<Column> columns{};
  std::vector<std::vector<std::string>> rows{};  // a cell a column: one line each, as one_line makes it
};

// A line end after each row. The widest columns are cut until all fit `width_columns` (0: no limit).
std::string text_table(const TextTable& table, int width_columns, bool colour);

}  // namespace eb
