#include "reporters/text_table.h"

#include "reporters/text.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

TEST(TextTable, ColumnsStandUnderTheirTitles) {
  const TextTable table{{{"name"}, {"n", true}}, {{"a", "1"}, {"long one", "1234"}, {"", ""}}};
  EXPECT_EQ(text_table(table, 0, false), "name         n\na            1\nlong one  1234\n\n");
  EXPECT_EQ(text_table(table, 0, true).substr(0, 4), "\x1b[1m");
}

TEST(TextTable, TheWidestColumnsAreCutToTheWidth) {
  const TextTable table{{{"a"}, {"b"}},
                        {{std::string(60, 'x'), "short"}, {"日本語日本語", std::string(50, 'y')}}};
  for (int width = 20; width < 120; width += 7) {
    const std::string text = text_table(table, width, false);
    for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1)
      EXPECT_LE(display_width(text.substr(at, text.find('\n', at) - at)), width);
  }
  EXPECT_NE(text_table(table, 60, false).find("short"), std::string::npos);
}

}  // namespace
}  // namespace eb
