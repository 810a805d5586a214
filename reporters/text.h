#pragma once
// Text as reports need it: always valid UTF-8, measured in terminal columns, numbers without a locale.
// Whatever comes in (names of drivers, messages of runtimes, a run.json of somebody else) is taken as
// hostile.
#include <string>
#include <string_view>

namespace eb {

// Invalid bytes become U+FFFD, one each; everything else is kept.
std::string valid_utf8(std::string_view any);

// For one line of a table or terminal: valid UTF-8; control characters (escape sequences lose their ESC),
// line and paragraph separators and direction overrides become single spaces; no space at either end.
std::string one_line(std::string_view any);

// Terminal columns of valid UTF-8: 2 for wide East Asian characters and emoji, 0 for combining marks.
int display_width(std::string_view utf8);

// Cut to at most `columns` terminal columns; what is cut ends in an ellipsis.
std::string cut_to_width(std::string_view utf8, int columns);

// For people: `significant` digits without an exponent between 1e-6 and 1e12; "" for what is not finite.
std::string human_number(double value, int significant = 4);

// The same without closing zeros, for axes and targets.
std::string short_number(double value, int significant = 4);

// Long numbers in groups of three, by narrow spaces that do not break: "1 000 000". Up to four digits stay
// whole.
std::string grouped(std::string number);

// "1 cell", "2 cells".
std::string counted(std::size_t count, std::string_view singular);

}  // namespace eb
