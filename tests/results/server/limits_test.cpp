#include "results/server/limits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace eb::board::test {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(RateLimiter, GivesABurstThenARate) {
  RateLimiter limiter({.per_second = 2, .burst = 3});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.refuse("a", 0)) << i;
  EXPECT_EQ(limiter.refuse("a", 0), 1);
  EXPECT_FALSE(limiter.refuse("b", 0));
  EXPECT_FALSE(limiter.refuse("a", kSecond / 2));
  EXPECT_TRUE(limiter.refuse("a", kSecond / 2));
}

TEST(RateLimiter, SaysHowLongToWait) {
  RateLimiter limiter({.per_second = 0.1, .burst = 1});
  EXPECT_FALSE(limiter.refuse("a", 0));
  EXPECT_EQ(limiter.refuse("a", 0), 10);
  EXPECT_EQ(limiter.refuse("a", 4 * kSecond), 6);
  EXPECT_EQ(limiter.would_refuse("a", 9 * kSecond), 1);
  EXPECT_FALSE(limiter.would_refuse("a", 10 * kSecond));
  EXPECT_FALSE(limiter.refuse("a", 10 * kSecond));
}

TEST(RateLimiter, IsFullAgainButNeverFuller) {
  RateLimiter limiter({.per_second = 1, .burst = 2});
  EXPECT_FALSE(limiter.refuse("a", 0));
  EXPECT_FALSE(limiter.refuse("a", 1000 * kSecond));
  EXPECT_FALSE(limiter.refuse("a", 1000 * kSecond));
  EXPECT_TRUE(limiter.refuse("a", 1000 * kSecond));
}

TEST(RateLimiter, AClockThatGoesBackGivesNothing) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_FALSE(limiter.refuse("a", 10 * kSecond));
  EXPECT_TRUE(limiter.refuse("a", 5 * kSecond));
  EXPECT_TRUE(limiter.refuse("a", 10 * kSecond));
}

TEST(RateLimiter, ForgetsTheQuietestKeyOnly) {
  RateLimiter limiter({.per_second = 0.001, .burst = 1}, 2);
  EXPECT_FALSE(limiter.refuse("a", 0));
  EXPECT_FALSE(limiter.refuse("b", 0));
  EXPECT_TRUE(limiter.refuse("a", 0));
  EXPECT_FALSE(limiter.refuse("c", 0));  // b goes
  EXPECT_TRUE(limiter.refuse("a", 0));
  EXPECT_FALSE(limiter.refuse("b", 0));
}

TEST(RateLimiter, NoRateIsNoLimit) {
  RateLimiter limiter({.per_second = 0, .burst = 0});
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(limiter.refuse("a", 0));
}

TEST(ClientAddress, BelievesOnlyOurProxies) {
  const std::vector<std::string> proxies = {"127.0.0.1", "10.0.0.1"};
  EXPECT_EQ(client_address("192.0.2.9", {"203.0.113.5"}, proxies), "192.0.2.9");
  EXPECT_EQ(client_address("127.0.0.1", {"203.0.113.5"}, proxies), "203.0.113.5");
  EXPECT_EQ(client_address("127.0.0.1", {"203.0.113.5"}, {}), "127.0.0.1");
  EXPECT_EQ(client_address("127.0.0.1", {}, proxies), "127.0.0.1");
}

TEST(ClientAddress, TakesTheLastThatIsNoProxy) {
  const std::vector<std::string> proxies = {"127.0.0.1", "10.0.0.1"};
  EXPECT_EQ(client_address("127.0.0.1", {"6.6.6.6, 203.0.113.5 , 10.0.0.1"}, proxies), "203.0.113.5");
  EXPECT_EQ(client_address("127.0.0.1", {"6.6.6.6", "203.0.113.5"}, proxies), "203.0.113.5");
  EXPECT_EQ(client_address("127.0.0.1", {"10.0.0.1"}, proxies), "10.0.0.1");
}

TEST(ClientAddress, WhatIsNoAddressEndsTheSearch) {
  const std::vector<std::string> proxies = {"127.0.0.1"};
  for (const char* hostile :
       {"<script>", "unknown", "1.2.3.4:80", "1.2.3.4\r\nX: y", "a, ", ",", "999.1.1.1"})
    EXPECT_EQ(client_address("127.0.0.1", {hostile}, proxies), "127.0.0.1") << hostile;
}

TEST(Address, KeysAreWhatOneCustomerHas) {
  EXPECT_EQ(address_key("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(address_key("2001:db8:1:2:3::1"), address_key("2001:db8:1:2:ffff::2"));
  EXPECT_NE(address_key("2001:db8:1:2::1"), address_key("2001:db8:1:3::1"));
  EXPECT_EQ(address_key("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_FALSE(parse_address(std::string(1000, '1')));
  EXPECT_EQ(parse_address("2001:DB8::0001"), "2001:db8::1");
}

}  // namespace
}  // namespace eb::board::test
