#include "reporters/markdown_text.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

TEST(MarkdownText, ShowsAsItIs) {
  EXPECT_EQ(markdown_text("a | b * `c` <d> & #e"), "a \\| b \\* \\`c\\` &lt;d&gt; &amp; \\#e");
  EXPECT_EQ(markdown_text("one\ntwo"), "one two");
}

TEST(MarkdownRow, IsALineOfATable) {
  EXPECT_EQ(markdown_row({"a", "b"}), "| a | b |\n");
}

}  // namespace
}  // namespace eb
