#include "harness/app/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

namespace eb {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Texts = std::vector<std::string>;

std::vector<Candidate> colours(std::string_view kind) {
  if (kind == "COLOUR") return {{"red", "as blood"}, {"rose", ""}, {"blue", ""}};
  if (kind == "PLACE") return {{"here", ""}, {"rapl:0", ""}};
  return {};
}

class CompletionTest : public ::testing::Test {
 protected:
  CompletionTest() {
    auto* paint = app_.add_subcommand("paint", "Paints");
    paint->add_option("--colours", colours_, "Which")->delimiter(',')->type_name("COLOUR,...");
    paint->add_option("--beside", text_, "What and where")->type_name("COLOUR@PLACE");
    paint->add_option("--meter", meters_, "Which")->delimiter(',')->type_name("PLACE,...");
    paint->add_option("--format", text_, "How")->check(CLI::IsMember({"table", "json"}));
    paint->add_option("--tier", text_, "How long")->type_name("quick|standard");
    paint->add_option("--threads", number_, "How many")->check(CLI::Range(1, 8));
    paint->add_option("--root", text_, "Where")->check(CLI::ExistingDirectory)->type_name("DIR");
    paint->add_option("--log", text_, "Where to")->type_name("FILE");
    paint->add_flag("--quiet,-q", is_on_, "Nothing\nis said");
    paint->add_flag("--layers,!--no-layers", is_on_, "With or without");
    paint->add_option("models", models_, "Models")->type_name("MODEL.onnx");
    auto* token = app_.add_subcommand("token", "Tokens");
    token->add_subcommand("add", "One more")->add_option("what", text_, "What")->type_name("COLOUR");
    token->add_subcommand("list", "All");
    app_.add_subcommand("child", "")->group("");
  }

  Completion at(const Texts& words) const { return complete(app_, words, colours); }
  Texts texts(const Texts& words) const {
    Texts all;
    for (const Candidate& candidate : at(words).candidates) all.push_back(candidate.text);
    return all;
  }
  std::string bash(const Texts& words, const std::string& breaks = " \t\n\"'><=;|&(:@") const {
    return shell_answer(app_, {.shell = "bash", .breaks = breaks, .words = words}, colours);
  }

  CLI::App app_{"paints things.", "painter"};
  Texts colours_{}, meters_{}, models_{};
  std::string text_{};
  int number_ = 0;
  bool is_on_ = false;
};

TEST_F(CompletionTest, OffersCommandsButNoHiddenOnes) {
  EXPECT_THAT(texts({""}), ElementsAre("paint", "token"));
  EXPECT_THAT(texts({"t"}), ElementsAre("token"));
  EXPECT_THAT(texts({"c"}), IsEmpty());
  EXPECT_THAT(texts({"token", ""}), ElementsAre("add", "list"));
  EXPECT_THAT(texts({"token", "add", "r"}), ElementsAre("red", "rose"));
  EXPECT_THAT(texts({}), IsEmpty());
}

TEST_F(CompletionTest, OffersTheOptionsOfTheCommandByAllTheirNames) {
  EXPECT_THAT(texts({"--"}), ElementsAre("--help"));
  EXPECT_THAT(texts({"paint", "--l"}), ElementsAre("--log", "--layers"));
  EXPECT_THAT(texts({"paint", "--no"}), ElementsAre("--no-layers"));
  EXPECT_THAT(texts({"paint", "-"}), AllOf(Contains("-q"), Contains("--quiet"), Contains("-h")));
  EXPECT_THAT(texts({"token", "--c"}), IsEmpty());
}

TEST_F(CompletionTest, OffersTheValuesOfAnOption) {
  EXPECT_THAT(texts({"paint", "--colours", "r"}), ElementsAre("red", "rose"));
  EXPECT_THAT(texts({"paint", "--tier", ""}), ElementsAre("quick", "standard"));
  EXPECT_THAT(texts({"paint", "--format", ""}), ElementsAre("table", "json"));
  EXPECT_THAT(texts({"paint", "--format=j"}), ElementsAre("--format=json"));
  EXPECT_THAT(texts({"paint", "--threads", ""}), IsEmpty());
  EXPECT_THAT(texts({"paint", "--nothing", "r"}), IsEmpty());
  EXPECT_THAT(texts({"paint", "--nothing=r"}), IsEmpty());
}

TEST_F(CompletionTest, InAListWhatIsThereIsKeptAndNotOfferedAgain) {
  EXPECT_THAT(texts({"paint", "--colours", "red,"}), ElementsAre("red,rose", "red,blue"));
  EXPECT_THAT(texts({"paint", "--colours", "blue,red,r"}), ElementsAre("blue,red,rose"));
  EXPECT_THAT(texts({"paint", "--colours=red,b"}), ElementsAre("--colours=red,blue"));
  EXPECT_THAT(texts({"paint", "--tier", "quick,"}), IsEmpty());
}

TEST_F(CompletionTest, AWordOfTwoKindsHasThemOneAfterTheOther) {
  EXPECT_THAT(texts({"paint", "--beside", "b"}), ElementsAre("blue"));
  EXPECT_THAT(texts({"paint", "--beside", "blue@"}), ElementsAre("blue@here", "blue@rapl:0"));
}

// As the parser does: a list takes words until an option comes.
TEST_F(CompletionTest, AListThatMayGoOnAlsoOffersWhatElseThereIs) {
  EXPECT_THAT(texts({"paint", "--colours", "red", ""}), AllOf(Contains("rose"), Contains("--format")));
  EXPECT_THAT(texts({"paint", "--colours", "red", "--fo"}), ElementsAre("--format"));
  EXPECT_THAT(texts({"paint", "--format", "json", "--colours", "b"}), ElementsAre("blue"));
  EXPECT_THAT(texts({"paint", "--format", "json", "r"}), IsEmpty());
}

TEST_F(CompletionTest, LeavesPathsToTheShell) {
  EXPECT_EQ(at({"paint", ""}).paths, ShellPaths::files);
  EXPECT_EQ(at({"paint", "a.onnx", "b"}).paths, ShellPaths::files);
  EXPECT_EQ(at({"paint", "--log", "/tm"}).paths, ShellPaths::files);
  EXPECT_EQ(at({"paint", "--log=/tm"}).paths, ShellPaths::files);
  EXPECT_EQ(at({"paint", "--root", ""}).paths, ShellPaths::folders);
  EXPECT_EQ(at({"paint", "--format", ""}).paths, ShellPaths::none);
  EXPECT_EQ(at({"paint", "--quiet", "x"}).paths, ShellPaths::files) << "a flag takes no value";
  EXPECT_EQ(at({"token", "list", "x"}).paths, ShellPaths::none);
}

TEST_F(CompletionTest, BashGetsWhatItPutsBehindItsOwnCuts) {
  EXPECT_EQ(bash({"paint", "--format", "=", "j"}), "none\njson\n");
  EXPECT_EQ(bash({"paint", "--format", "="}), "none\ntable\njson\n");
  EXPECT_EQ(bash({"paint", "--meter", "rapl", ":", ""}), "none\n0\n");
  EXPECT_EQ(bash({"paint", "--meter", "ra"}), "none\nrapl:0\n");
  EXPECT_EQ(bash({"paint", "--beside", "blue", "@", "h"}), "none\nhere\n");
  EXPECT_EQ(bash({"paint", "--beside", "blue", "@", "rapl", ":"}), "none\n0\n");
  EXPECT_EQ(bash({"paint", "--colours", "red,b"}), "none\nred,blue\n");
}

TEST_F(CompletionTest, BashMayCutElsewhereOrNowhere) {
  EXPECT_EQ(bash({"paint", "--meter", "rapl:"}, " \t\n="), "none\nrapl:0\n");
  EXPECT_EQ(bash({"paint", "--format=j"}, " "), "none\n--format=json\n");
  EXPECT_EQ(bash({}, ""), "none\n");
  EXPECT_EQ(bash({":", "="}), "none\n");
}

TEST_F(CompletionTest, OtherShellsGetTheHelpInOneLine) {
  const auto answer = [&](const Texts& words) {
    return shell_answer(app_, {.shell = "fish", .words = words}, colours);
  };
  EXPECT_EQ(answer({"paint", "--colours", "re"}), "none\nred\tas blood\n");
  EXPECT_EQ(answer({"paint", "--qu"}), "none\n--quiet\tNothing is said\n");
  app_.add_subcommand("long", std::string(40, 'a') + " " + std::string(40, 'b'));
  EXPECT_EQ(answer({"l"}), "none\nlong\t" + std::string(40, 'a') + " ...\n");
}

TEST(CompletionScripts, KnowNoCommandAndThereIsOneForEachShell) {
  for (const std::string& shell : shell_names()) {
    const auto script = completion_script(shell);
    ASSERT_TRUE(script);
    EXPECT_THAT(*script, HasSubstr("complete " + shell + " "));
    EXPECT_THAT(*script, Not(HasSubstr("--workloads")));
  }
  const auto none = completion_script("csh");
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("'csh'"));
  EXPECT_THAT(*completion_script("zsh"), StartsWith("#compdef edgebench\n"));
}

}  // namespace
}  // namespace eb
