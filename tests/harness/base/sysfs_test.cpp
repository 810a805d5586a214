#include "harness/base/sysfs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::Tree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Sysfs, ReadsNoMoreThanAsked) {
  const Tree tree;
  tree.write("small", "12345");
  EXPECT_EQ(*read_small_file(tree / "small", 5), "12345");
  EXPECT_THAT(problem(read_small_file(tree / "small", 4)), HasSubstr("larger than 4 bytes"));
  EXPECT_THAT(problem(read_small_file(tree / "none")), HasSubstr("not there"));
  EXPECT_THAT(problem(read_small_file(tree.root())), HasSubstr("not a file"));
  std::filesystem::create_symlink("loop", tree / "loop");
  EXPECT_FALSE(read_small_file(tree / "loop"));
}

TEST(Sysfs, ANameIsPrintableAndShort) {
  const Tree tree;
  EXPECT_EQ(read_name(tree.write("a", "acpi\x1b[31m\xff  \nsecond")), "acpi[31m");
  EXPECT_EQ(read_name(tree.write("b", std::string(300, 'x'))).size(), 100u);
  EXPECT_EQ(read_name(tree.write("c", std::string(1 << 20, 'x'))), "") << "no small file";
  EXPECT_EQ(read_name(tree / "none"), "");
}

TEST(Sysfs, ANumberIsAllThatAFileSays) {
  const Tree tree;
  EXPECT_EQ(*read_integer(tree.write("a", " -42\n")), -42);
  for (const char* text : {"", "x", "4 2", "4.2", "0x10", "99999999999999999999", "1\n2"})
    EXPECT_THAT(problem(read_integer(tree.write("b", text))), HasSubstr("no whole number")) << text;
}

TEST(Sysfs, ValuesAreThoseOfTheWholeKey) {
  const Tree tree;
  const auto file = tree.write("a",
                               "cpu MHz\t\t: 1200 \r\ncpu MHz x : 9\ncpu: 1\ncpu MHz : \ncpu MHz:\x01\n"
                               "cpu MHz:\"2400\"");
  EXPECT_THAT(read_values(file, "cpu MHz", ':'), ElementsAre("1200", "2400"));
  EXPECT_THAT(read_values(tree.write("b", "NAME=\"A b\"\n"), "NAME", '='), ElementsAre("A b"));
  EXPECT_EQ(read_values(tree.write("c", "k:" + std::string(1000, 'v')), "k", ':').at(0).size(), 200u);
  EXPECT_THAT(read_values(tree.write("d", std::string(3 << 20, '\n') + "k:v"), "k", ':'), IsEmpty());
}

TEST(Sysfs, EntriesComeInNaturalOrder) {
  const Tree tree;
  for (const char* name : {"hwmon10", "hwmon2", "other"}) tree.write(std::string("f/") + name, "");
  std::vector<std::string> names;
  for (const auto& entry : entries_like(tree / "f", "hwmon")) names.push_back(entry.filename().string());
  EXPECT_THAT(names, ElementsAre("hwmon2", "hwmon10"));
  EXPECT_THAT(entries_like(tree / "none", ""), IsEmpty());
  EXPECT_THAT(entries_like(tree.write("file", ""), ""), IsEmpty());
}

TEST(Sysfs, AnIndexIsDigitsAlone) {
  EXPECT_EQ(index_of("power7_input", "power", "_input"), 7);
  EXPECT_EQ(index_of("12", "", ""), 12);
  for (const char* name :
       {"power_input", "power-1_input", "power7x_input", "power99999_input", "temp7_input"})
    EXPECT_EQ(index_of(name, "power", "_input"), -1) << name;
}

}  // namespace
}  // namespace eb
