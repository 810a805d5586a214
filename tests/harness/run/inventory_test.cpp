#include "harness/run/inventory.h"

#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

TEST(LibraryInventory, NamesPathVersionAndHashOfEachFileOnce) {
  const test::Tree tree;
  const auto one = tree.write("lib/libone.so.1.30.0", "one"), two = tree.write("libtwo.so", "two");
  LibraryInventory inventory;
  inventory.add({one, two});
  tree.write("libtwo.so", "another");
  inventory.add({two, one});
  const auto list = inventory.to_json({{tree.root()}, {}});
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].dump(),
            nlohmann::ordered_json(
                {{"path", "lib/libone.so.1.30.0"}, {"version", "1.30.0"}, {"sha256", sha256_hex("one")}})
                .dump());
  EXPECT_EQ(list[1]["sha256"], sha256_hex("two")) << "as it was when it was loaded";
  EXPECT_FALSE(list[1].contains("version"));
}

TEST(LibraryInventory, WhatCannotBeReadIsNamedAllTheSame) {
  LibraryInventory inventory;
  inventory.add({"/nowhere/libx.so.2-beta", "/dev/zero"});
  const auto list = inventory.to_json({});
  ASSERT_EQ(list.size(), 2u);
  for (const auto& row : list) EXPECT_EQ(row.size(), 1u) << row;
  EXPECT_TRUE(LibraryInventory().to_json({}).empty());
}

TEST(LibraryInventory, IsBounded) {
  std::vector<std::filesystem::path> many;
  for (int i = 0; i < 2000; ++i) many.emplace_back("/nowhere/lib" + std::to_string(i) + ".so");
  LibraryInventory inventory;
  inventory.add(many);
  EXPECT_EQ(inventory.to_json({}).size(), 512u);
}

}  // namespace
}  // namespace eb
