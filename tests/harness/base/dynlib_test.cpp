#include "harness/base/dynlib.h"

#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

TEST(DynLib, OpensALibraryOfTheSystemByItsBareName) {
  const auto library = DynLib::open("libm.so.6");
  ASSERT_TRUE(library) << library.error().message;
  const auto cosine = reinterpret_cast<double (*)(double)>(library->symbol("cos"));
  ASSERT_NE(cosine, nullptr);
  EXPECT_EQ(cosine(0.0), 1.0);
}

TEST(DynLib, SaysWhereALibraryReallyIs) {
  const auto library = DynLib::open("libm.so.6");
  ASSERT_TRUE(library);
  const auto where = library->location("cos");
  EXPECT_TRUE(where.is_absolute()) << where;
  EXPECT_TRUE(std::filesystem::is_regular_file(where)) << where;
}

TEST(DynLib, GivesNullForASymbolThatIsNotThere) {
  const auto library = DynLib::open("libm.so.6");
  ASSERT_TRUE(library);
  EXPECT_EQ(library->symbol("edgebench_has_no_such_symbol"), nullptr);
  EXPECT_TRUE(library->location("edgebench_has_no_such_symbol").empty());
}

TEST(DynLib, IsUnavailableWithTheFileAndTheReasonWhenThereIsNoLibrary) {
  const auto library = DynLib::open("/nowhere/libghost.so");
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().kind, ErrorKind::unavailable);
  EXPECT_NE(library.error().message.find("/nowhere/libghost.so"), std::string::npos)
      << library.error().message;
}

TEST(DynLib, RefusesAFileThatIsNotALibrary) {
  const test::Tree tree;
  const auto library = DynLib::open(tree.write("libfake.so", "this is text, not ELF"));
  ASSERT_FALSE(library);
  EXPECT_EQ(library.error().kind, ErrorKind::unavailable);
  EXPECT_NE(library.error().message.find("libfake.so"), std::string::npos);
}

}  // namespace
}  // namespace eb
