#include "harness/base/serial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "harness/base/files.h"
#include "tests/support/pty_posix.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using std::chrono::milliseconds;
using test::problem;
using test::Pty;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Serial, CarriesEveryByteAsItIs) {
  const Pty pty = Pty::open();
  auto stream = open_serial(pty.port, 115200);
  ASSERT_EQ(problem(stream), "");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);  // no echo, no signals, no CR for LF
  EXPECT_EQ(problem((*stream)->write_all(all + "!", milliseconds(1000))), "");
  EXPECT_EQ(pty.take('!'), all + "!");
  ASSERT_TRUE(pty.say(all));
  std::string came;
  while (came.size() < all.size()) {
    const auto some = (*stream)->read_some(100, milliseconds(1000));
    ASSERT_EQ(problem(some), "");
    came += *some;
  }
  EXPECT_EQ(came, all);
}

TEST(Serial, SilenceEndsAtTheDeadlineAndALostPortIsAnError) {
  Pty pty = Pty::open();
  auto stream = open_serial(pty.port, 9600);
  ASSERT_EQ(problem(stream), "");
  const auto nothing = (*stream)->read_some(1, milliseconds(1));
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().kind, ErrorKind::timeout);
  pty.far_end.close();
  const auto gone = (*stream)->read_some(1, milliseconds(1000));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::io);
}

TEST(Serial, WhatIsNoPortIsRefused) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const auto file = folder->path() / "file";
  std::ofstream(file) << "no port";
  EXPECT_THAT(problem(open_serial(file, 9600)), AllOf(HasSubstr(file.string()), HasSubstr("no serial port")));
  EXPECT_THAT(problem(open_serial(folder->path() / "absent", 9600)), HasSubstr("cannot open"));
  EXPECT_THAT(problem(open_serial(Pty::open().port, 12345)), HasSubstr("12345 baud"));
}

}  // namespace
}  // namespace eb
