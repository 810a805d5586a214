#include "harness/base/line_channel.h"

#include <gmock/gmock.h>

#include "tests/support/fake_stream.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::FakeClock;
using test::FakePeer;
using test::FakeStream;
using test::problem;
using ::testing::HasSubstr;

constexpr std::int64_t kMillisecondNs = 1'000'000;

struct Wire {
  FakeClock clock{};
  std::shared_ptr<FakePeer> peer = std::make_shared<FakePeer>();

  LineChannel open(LineRules rules = {}) {
    return {std::make_unique<FakeStream>(clock, peer), clock, "bench:5025", std::move(rules)};
  }
};

TEST(LineChannel, AsksAndGetsLinesWithoutTheirEnd) {
  Wire wire;
  wire.peer->answer =
      test::by_line([](std::string_view line) { return "you said " + std::string(line); }, "\r\n");
  wire.peer->slice_bytes = 3;
  LineChannel channel = wire.open({.end = "\r\n"});
  EXPECT_EQ(*channel.ask("Hello"), "you said Hello");
  EXPECT_EQ(*channel.ask("Stop"), "you said Stop");
  EXPECT_EQ(wire.peer->received, "Hello\r\nStop\r\n");
}

TEST(LineChannel, GivesSeveralLinesInOrder) {
  Wire wire;
  wire.peer->greeting = "one\ntwo\r\n\nfour\n";
  LineChannel channel = wire.open();
  EXPECT_EQ(*channel.receive(), "one");
  EXPECT_EQ(*channel.receive(), "two");
  EXPECT_EQ(*channel.receive(), "");
  EXPECT_EQ(*channel.receive(), "four");
}

TEST(LineChannel, WhatWasSaidUnaskedIsNoAnswer) {
  Wire wire;
  wire.peer->greeting = "welcome\nto\n";
  LineChannel channel = wire.open();
  EXPECT_EQ(*channel.receive(), "welcome");
  wire.peer->answer = [](std::string_view) { return "5.0\n"; };
  // The rest of the greeting had come with the first line.
  EXPECT_EQ(*channel.ask("MEAS:VOLT?"), "5.0");
}

TEST(LineChannel, KeepsItsDeadlineHoweverSlowlyItDrips) {
  Wire wire;
  wire.peer->greeting = std::string(1000, 'x');
  wire.peer->slice_bytes = 1;
  wire.peer->delay_ns = 50 * kMillisecondNs;
  LineChannel channel = wire.open({.limit = std::chrono::milliseconds(500)});
  const std::int64_t start_ns = wire.clock.now_ns();
  EXPECT_THAT(problem(channel.receive()), HasSubstr("bench:5025 gave no answer within 500 ms"));
  EXPECT_LE(wire.clock.now_ns() - start_ns, 550 * kMillisecondNs);
}

TEST(LineChannel, AnAnswerThatComesTooLateIsNotTakenForTheNext) {
  Wire wire;
  wire.peer->answer = [](std::string_view) { return "1\n"; };
  wire.peer->is_stuck = true;
  LineChannel channel = wire.open();
  const auto first = channel.ask("A?");
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().kind, ErrorKind::timeout);
  wire.peer->is_stuck = false;
  EXPECT_EQ(problem(channel.ask("B?")), first.error().message);
  EXPECT_EQ(wire.peer->received, "A?\n") << "and nothing more is sent";
}

TEST(LineChannel, ALineWithoutEndIsCutOff) {
  Wire wire;
  wire.peer->greeting = std::string(100'000, 'x');
  LineChannel channel = wire.open({.longest_bytes = 1000});
  EXPECT_THAT(problem(channel.receive()), HasSubstr("more than 1000 bytes"));
}

TEST(LineChannel, SaysThatTheOtherSideHasGone) {
  Wire wire;
  LineChannel channel = wire.open();
  wire.peer->is_closed = true;
  EXPECT_THAT(problem(channel.receive()), HasSubstr("bench:5025 closed the connection"));
}

TEST(Printable, IsShortAndClean) {
  EXPECT_EQ(printable("a\x1b[31m\n\xff"), "a?[31m??");
  EXPECT_EQ(printable(std::string(1000, 'x')).size(), 100u);
}

}  // namespace
}  // namespace eb
