#pragma once
// One line a request. Headers and parameters are not in it, so no token is.
#include <cstdint>
#include <string>
#include <string_view>

namespace eb::board {

struct LoggedRequest {
  std::string address{}, method{}, target{};
  int status = 0;
  std::uint64_t bytes = 0;
  double took_ms = 0;
  std::string note{};  // what went wrong inside
};

// "2026-11-30T05:41:17Z 192.0.2.1 GET /runs/ab 200 1234 B 0.8 ms"; what could break the line is escaped.
std::string log_line(std::string_view time, const LoggedRequest& request);

}  // namespace eb::board
