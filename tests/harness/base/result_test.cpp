#include "harness/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace eb {
namespace {

Result<int> half_of(int n) {
  if (n % 2 != 0) return Error{ErrorKind::invalid, "odd"};
  return n / 2;
}

Result<int> quarter_of(int n) {
  EB_GET(const int half, half_of(n));
  return half_of(half);
}

Status check(int n) {
  EB_OK(half_of(n));
  return Done{};
}

TEST(Result, HoldsAValueOrAnError) {
  const auto good = half_of(8);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 4);
  const auto bad = half_of(7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().kind, ErrorKind::invalid);
  EXPECT_EQ(bad.error().message, "odd");
}

TEST(Result, GetAndOkLeaveWithTheFirstError) {
  EXPECT_EQ(*quarter_of(12), 3);
  EXPECT_FALSE(quarter_of(9));
  EXPECT_FALSE(quarter_of(6));
  EXPECT_TRUE(check(2));
  EXPECT_EQ(check(3).error().message, "odd");
}

TEST(Result, MovesOutWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = *std::move(result);
  EXPECT_EQ(*taken, 5);
}

TEST(Result, ArrowReachesTheValueThatItHolds) {
  Result<std::string> text(std::string("abc"));
  text->push_back('d');
  EXPECT_EQ(*text, "abcd");
  EXPECT_EQ(text->size(), 4u);
}

TEST(Error, ContextComesFirstAndTheKindStays) {
  const Error error = Error{ErrorKind::io, "disk full"}.within("run.json").within("write reports");
  EXPECT_EQ(error.message, "write reports: run.json: disk full");
  EXPECT_EQ(error.kind, ErrorKind::io);
}

}  // namespace
}  // namespace eb
