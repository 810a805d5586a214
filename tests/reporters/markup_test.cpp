#include "reporters/markup.h"

#include <gtest/gtest.h>

#include <cmath>

namespace eb {
namespace {

TEST(ReportMarkup, EscapesTextAndAttributes) {
  EXPECT_EQ(Markup().text("<b a=\"1\" c='2'>&</b>").str(),
            "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;&lt;/b&gt;");
  EXPECT_EQ(Markup().raw("<i").attr("title", "\" onclick=\"x").raw(">").str(),
            "<i title=\"&quot; onclick=&quot;x\">");
}

TEST(ReportMarkup, ReplacesWhatHtmlForbids) {
  EXPECT_EQ(Markup()
                .text(std::string_view("a\0b\x1b"
                                       "c\x7F"
                                       "d\ne\tf",
                                       11))
                .str(),
            "a b c d\ne\tf");
  EXPECT_EQ(Markup().text("\xFF").str(), "\xEF\xBF\xBD");
}

TEST(ReportMarkup, WritesPlainCoordinates) {
  EXPECT_EQ(Markup().number(1.0).str(), "1");
  EXPECT_EQ(Markup().number(1.256).str(), "1.26");
  EXPECT_EQ(Markup().number(-0.001).str(), "0");
  EXPECT_EQ(Markup().number(1e300).str(), "10000000");
  EXPECT_EQ(Markup().number(std::nan("")).str(), "0");
  EXPECT_EQ(Markup().attr("x", 2.5).str(), " x=\"2.5\"");
}

TEST(ReportMarkup, Appends) {
  Markup inner;
  inner.raw("<b>").count(3).raw("</b>");
  EXPECT_EQ(Markup().raw("<p>").append(inner).raw("</p>").str(), "<p><b>3</b></p>");
}

}  // namespace
}  // namespace eb
