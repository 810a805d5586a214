#include "harness/app/man_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace eb {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ManPageTest : public ::testing::Test {
 protected:
  std::string page() const { return man_page(app_, {.version = "1.2", .date = "2026-12-01"}); }

  CLI::App app_{"painter paints things.", "painter"};
  std::string text_{};
  std::vector<std::string> texts_{};
  bool is_on_ = false;
};

TEST_F(ManPageTest, SaysWhatItIsAndOfWhen) {
  EXPECT_THAT(page(), StartsWith(".TH PAINTER 1 \"2026-12-01\" \"painter 1.2\" \"User Commands\"\n"
                                 ".SH NAME\npainter \\- paints things\n.SH SYNOPSIS\n"));
  EXPECT_THAT(page(), HasSubstr(".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR\n"));
}

TEST_F(ManPageTest, HasEachCommandWithItsOptionsAndParts) {
  auto* paint = app_.add_subcommand("paint", "Paints");
  paint->add_option("walls", texts_, "Which walls")->required()->type_name("WALL...");
  paint->add_option("what", text_, "What else")->check(CLI::IsMember({"floor", "roof"}));
  paint->add_option("--colour,--color", text_, "Which")->required()->type_name("NAME");
  paint->add_flag("--layers,!--no-layers", is_on_, "With or without");
  paint->add_option("--format", texts_, "How")->delimiter(',')->check(CLI::IsMember({"a", "b"}));
  app_.add_subcommand("token", "Tokens")->add_subcommand("add", "One more");
  app_.add_subcommand("child", "secret")->group("");
  EXPECT_THAT(page(),
              HasSubstr(".SS painter paint\n\\fBpainter paint\\fR [\\fIOPTION\\fR...] \\fIWALL...\\fR "
                        "[\\fIfloor|roof\\fR]\n.PP\nPaints\n"));
  EXPECT_THAT(page(), HasSubstr(".TP\n\\fIWALL...\\fR\nWhich walls; required\n"));
  EXPECT_THAT(page(),
              HasSubstr(".TP\n\\fB\\-\\-colour\\fR, \\fB\\-\\-color\\fR \\fINAME\\fR\nWhich; required\n"));
  EXPECT_THAT(page(), HasSubstr(".TP\n\\fB\\-\\-layers\\fR, \\fB\\-\\-no\\-layers\\fR\nWith or without\n"));
  EXPECT_THAT(page(), HasSubstr("\\fB\\-\\-format\\fR \\fIa|b,...\\fR\n"));
  EXPECT_THAT(page(), HasSubstr(".SS painter token add\n"));
  EXPECT_THAT(page(), Not(HasSubstr("secret")));
}

TEST_F(ManPageTest, SaysOnceWhatACommandAndItsPartBothSay) {
  auto* lab = app_.add_subcommand("lab", "Many");
  auto* run = lab->add_subcommand("run", "All of them");
  for (auto* command : {lab, run}) command->footer("Notes of both");
  const std::string text = page();
  EXPECT_NE(text.find("Notes of both"), std::string::npos);
  EXPECT_EQ(text.find("Notes of both"), text.rfind("Notes of both"));
}

TEST_F(ManPageTest, NoTextIsARequestOrAnEscape) {
  auto* paint = app_.add_subcommand("paint", ".de trap\n'so /etc/passwd");
  paint->add_option("--path", text_, "As in C:\\new");
  paint->footer("\n\nExamples:\n  .so is no request here\n.but this would be\n\n  painter paint --path x\n");
  const std::string text = page();
  EXPECT_THAT(text, HasSubstr(".PP\n\\&.de trap\n\\&'so /etc/passwd\n"));
  EXPECT_THAT(text, HasSubstr("As in C:\\enew\n"));
  EXPECT_THAT(text, HasSubstr(".PP\n.nf\nExamples:\n  .so is no request here\n\\&.but this would be\n\n"
                              "  painter paint \\-\\-path x\n.fi\n"));
}

}  // namespace
}  // namespace eb
