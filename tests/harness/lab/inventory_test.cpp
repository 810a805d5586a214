#include "harness/lab/inventory.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb::lab {
namespace {

const char* const kWhole = R"({
  "schema": "edgebench.lab-inventory/1",
  "known_hosts": "keys/known_hosts",
  "boards": [
    {"id": "pi5-01", "class": "pi5", "address": "lab@10.0.0.21:2222", "identity": "keys/lab",
     "bundle": "/srv/aarch64", "models": "/opt/models", "tags": ["cpu", "fan"], "meter": "otii://10.0.0.9",
     "power_switch": {"off": ["relay", "0"], "on": ["relay", "1"], "off_s": 2, "boot_s": 30,
                      "secret": {"env": "PDU_TOKEN"}},
     "cool_down_s": 12.5, "notes": "on the left"},
    {"id": "here"}]})";

// What is said of an inventory with one board of these members.
std::string said(std::string_view members) {
  const auto read = inventory_from_json(
      fmt::format(R"({{"schema":"edgebench.lab-inventory/1","boards":[{{{}}}]}})", members), "lab.json",
      "/lab");
  return read ? "" : read.error().message;
}

TEST(LabInventory, ReadsEveryMember) {
  const auto read = inventory_from_json(kWhole, "lab.json", "/lab");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->known_hosts, "/lab/keys/known_hosts");
  ASSERT_EQ(read->boards.size(), 2u);
  const Board& board = read->boards[0];
  EXPECT_EQ(board.id, "pi5-01");
  EXPECT_EQ(board.board_class, "pi5");
  ASSERT_TRUE(board.address);
  EXPECT_EQ(board.address->user, "lab");
  EXPECT_EQ(board.address->host, "10.0.0.21");
  EXPECT_EQ(board.address->port, 2222);
  EXPECT_EQ(board.identity, "/lab/keys/lab");
  EXPECT_EQ(board.bundle, "/srv/aarch64") << "an absolute path stays one";
  EXPECT_EQ(board.models, "/opt/models");
  EXPECT_EQ(board.tags, (std::vector<std::string>{"cpu", "fan"}));
  EXPECT_EQ(board.meter, "otii://10.0.0.9");
  ASSERT_TRUE(board.power_switch);
  EXPECT_EQ(board.power_switch->off, (std::vector<std::string>{"relay", "0"}));
  EXPECT_EQ(board.power_switch->on, (std::vector<std::string>{"relay", "1"}));
  EXPECT_EQ(board.power_switch->off_s, 2);
  EXPECT_EQ(board.power_switch->boot_s, 30);
  ASSERT_TRUE(board.power_switch->secret);
  EXPECT_EQ(board.power_switch->secret->variable, "PDU_TOKEN");
  EXPECT_EQ(board.cool_down_s, 12.5);
  EXPECT_EQ(board.notes, "on the left");
}

TEST(LabInventory, WhatIsLeftOutHasItsDefault) {
  const auto read = inventory_from_json(kWhole, "lab.json", "/lab");
  ASSERT_TRUE(read);
  const Board& board = read->boards[1];
  EXPECT_FALSE(board.address);
  EXPECT_FALSE(board.power_switch);
  EXPECT_EQ(board.identity, "");
  EXPECT_EQ(board.cool_down_s, 0);
  EXPECT_TRUE(board.tags.empty());
}

TEST(LabInventory, RefusesALiteralSecretWithoutShowingIt) {
  const std::string text = said(R"("id":"a","power_switch":{"off":["x"],"on":["x"],"secret":"hunter2"})");
  EXPECT_TRUE(
      text.starts_with("lab.json: boards[0] (a).power_switch.secret: it is a text, but must be an object"))
      << text;
  EXPECT_NE(text.find("never the secret itself"), std::string::npos) << text;
  EXPECT_EQ(text.find("hunter2"), std::string::npos) << text;
  for (const char* members :
       {R"("id":"a","password":"hunter2")", R"("id":"a","address":"lab:hunter2@10.0.0.1")",
        R"("id":"a","power_switch":{"off":["x"],"on":["x"],"secret":{"env":"hunter2!"}})",
        R"("id":"a","power_switch":{"off":["x"],"on":["x"],"secret":{"value":"hunter2"}})",
        R"("id":"a","power_switch":{"off":["x"],"on":["x"],"secret":{"env":"A","file":"B"}})",
        R"("id":"a","power_switch":{"off":["x"],"on":["x"],"secret":{}})"}) {
    const std::string one = said(members);
    EXPECT_TRUE(one.starts_with("lab.json: boards[0] (a)")) << members << " -> " << one;
    EXPECT_EQ(one.find("hunter2"), std::string::npos) << one;
  }
}

TEST(LabInventory, RefusesWhatItDoesNotKnowAndSaysWhere) {
  EXPECT_TRUE(
      said(R"("id":"a","adress":"x")").starts_with("lab.json: boards[0] (a): there is no member 'adress'"));
  for (const char* id : {"", "a b", "-x", "../a", "a/b", "\\u0000"})
    EXPECT_TRUE(said(fmt::format(R"("id":"{}")", id)).starts_with("lab.json: boards[0] (")) << id;
  EXPECT_EQ(said(R"("id":"a","cool_down_s":-1)").substr(0, 38), "lab.json: boards[0] (a).cool_down_s: i");
  EXPECT_NE(said(R"("id":"a","power_switch":{"off":[],"on":["x"]})"), "");
  EXPECT_NE(said(R"("id":"a","power_switch":{"off":"relay 0","on":["x"]})"), "") << "no shell's text";
}

TEST(LabInventory, RefusesAnAddressThatSshCouldTakeForAnOption) {
  for (const char* address : {"-oProxyCommand=x", "lab@-x", "-x@host", "host:0", "host:65536", "host:x",
                              "a b", "@host", "user@", "host;ls", "[::1", "host:22:23"})
    EXPECT_NE(said(fmt::format(R"("id":"a","address":"{}")", address)), "") << address;
  const auto v6 = parse_address("lab@[fe80::1]:2200");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->host, "fe80::1");
  EXPECT_EQ(v6->port, 2200);
  const auto plain = parse_address("board.example.org");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->host, "board.example.org");
  EXPECT_EQ(plain->port, 22);
}

TEST(LabInventory, RefusesTwoBoardsOfOneIdAndNone) {
  const auto twice = inventory_from_json(
      R"({"schema":"edgebench.lab-inventory/1","boards":[{"id":"a"},{"id":"b"},{"id":"a"}]})", "lab.json",
      "/");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().message, "lab.json: two boards have the id a");
  const auto none =
      inventory_from_json(R"({"schema":"edgebench.lab-inventory/1","boards":[]})", "lab.json", "/");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message, "lab.json: boards: it is empty");
  const auto other =
      inventory_from_json(R"({"schema":"edgebench.lab-plan/1","boards":[{"id":"a"}]})", "lab.json", "/");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().message, "lab.json: schema: it must be edgebench.lab-inventory/1");
}

TEST(LabInventory, ReadsAFileAndNamesOneThatIsNotThere) {
  const test::Tree tree;
  const auto file = tree.write("lab/inventory.json", kWhole);
  const auto read = read_inventory(file);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->boards[0].identity, tree / "lab/keys/lab");
  const auto absent = read_inventory(tree / "no.json");
  ASSERT_FALSE(absent);
  EXPECT_NE(absent.error().message.find("no.json"), std::string::npos);
}

}  // namespace
}  // namespace eb::lab
