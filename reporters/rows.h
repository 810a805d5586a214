#pragma once
// Rows of texts that are no records: the same care for what is in them as that of reports.
#include <string>
#include <string_view>

#include "reporters/text_table.h"

namespace eb {

// text_table of any texts: each cell becomes one line that cannot move the cursor.
std::string rows_as_table(TextTable rows, int width_columns, bool colour);

// RFC 4180, titles first. What a spreadsheet would run as a formula begins with an apostrophe.
std::string rows_as_csv(const TextTable& rows);

// One cell of it, from any text.
std::string csv_cell(std::string_view any);

}  // namespace eb
