#pragma once
// Who may ask how often. Buckets of tokens, one for each key (an address, a bearer): full at first, refilled
// evenly, one token a request.
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace eb::board {

struct RateRule {
  double per_second = 0;  // 0: no limit
  double burst = 1;
};

// For many threads. Memory is bounded: of more than `most_keys`, the one that was quiet longest is forgotten.
class RateLimiter {
 public:
  explicit RateLimiter(RateRule rule, std::size_t most_keys = 100'000);
  // Takes a token; where there is none, the whole seconds until there is one.
  std::optional<std::int64_t> refuse(std::string_view key, std::int64_t now_ns);
  // The same without taking one.
  std::optional<std::int64_t> would_refuse(std::string_view key, std::int64_t now_ns);

 private:
  struct Bucket {
    std::string key{};
    double tokens = 0;
    std::int64_t at_ns = 0;
  };
  using Buckets = std::list<Bucket>;  // the last used first
  Bucket& bucket(std::string_view key, std::int64_t now_ns);
  std::optional<std::int64_t> wait_s(const Bucket& bucket) const;

  const RateRule rule_;
  const std::size_t most_keys_;
  std::mutex mutex_;  // guards the rest
  Buckets buckets_;
  std::unordered_map<std::string_view, Buckets::iterator> by_key_;  // the keys live in buckets_
};

// The address of the client: that of the connection, unless it comes from one of our `proxies`; then the last
// entry of X-Forwarded-For that is not one of them. What is no address there ends the search.
std::string client_address(std::string_view peer, const std::vector<std::string_view>& forwarded_for,
                           const std::vector<std::string>& proxies);

// What a limit for an address counts by: an IPv4 address, or the first 64 bits of an IPv6 one, which is what
// one customer has.
std::string address_key(std::string_view address);

// The canonical form; nothing for what is no numeric address. An IPv4 address inside IPv6 is one of IPv4.
std::optional<std::string> parse_address(std::string_view text);

}  // namespace eb::board
