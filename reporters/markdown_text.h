#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace eb {

// One line that shows as it is: neither markup nor HTML nor the end of a table cell.
std::string markdown_text(std::string_view any);

// Cells are markup already.
std::string markdown_row(const std::vector<std::string>& cells);

}  // namespace eb
