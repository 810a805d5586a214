// What the parent and a process with meters say to each other.
#include "harness/app/meter_order.h"

#include <gmock/gmock.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(MeterOrder, RoundTripsThroughItsText) {
  const MeterOrder order{"/a b", {"rapl:0", "hwmon:x/\"y\""}, "/out/raw/1.csv", 1ll << 40, ~0ull};
  const auto back = meter_order_from_text(to_text(order));
  ASSERT_EQ(problem(back), "");
  EXPECT_EQ(back->root, order.root);
  EXPECT_EQ(back->names, order.names);
  EXPECT_EQ(back->file, order.file);
  EXPECT_EQ(back->period_ns, order.period_ns);
  EXPECT_EQ(back->seed, order.seed);
}

TEST(MeterOrder, GarbageIsAnError) {
  for (const char* text : {"", "{}", "[]", "{\"root\":1}", "null"})
    EXPECT_THAT(problem(meter_order_from_text(text)), HasSubstr("edgebench's own")) << text;
}

TEST(MeterChoice, RoundTrips) {
  const auto back = hear_choice(say_choice(MeterChoice{{"rapl:0"}, {"temperature:a", "clock:b"}}));
  ASSERT_EQ(problem(back), "");
  EXPECT_THAT(back->power, ElementsAre("rapl:0"));
  EXPECT_THAT(back->sensors, ElementsAre("temperature:a", "clock:b"));
}

TEST(MeterChoice, AnErrorKeepsItsSentenceAndWhetherItIsAbsence) {
  const auto absent = hear_choice(say_choice(Error{ErrorKind::unavailable, "unplug the charger"}));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(absent.error().message, "unplug the charger");
  for (const auto kind : {ErrorKind::not_found, ErrorKind::invalid})
    EXPECT_EQ(hear_choice(say_choice(Error{kind, "no"})).error().kind, ErrorKind::invalid);
  for (const auto kind : {ErrorKind::io, ErrorKind::device, ErrorKind::timeout})
    EXPECT_EQ(hear_choice(say_choice(Error{kind, "gone"})).error().kind, ErrorKind::unavailable)
        << "an instrument that does not answer is no bad usage";
}

TEST(MeterChoice, WhatIsNoAnswerIsAnError) {
  for (const char* line : {"", "x", "[1]", "7"}) EXPECT_NE(problem(hear_choice(line)), "") << line;
  const auto odd = hear_choice(R"({"power":[1,"a",null],"sensors":7})");
  ASSERT_EQ(problem(odd), "");
  EXPECT_THAT(odd->power, ElementsAre("a"));
}

}  // namespace
}  // namespace eb
