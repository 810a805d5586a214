#pragma once
// Requests and answers of the leaderboard as its own code sees them; server.cpp speaks the protocol.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eb::board {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method{}, target{};
  HttpHeaders headers{};  // names in lower case
  std::string body{};
  std::string peer{};  // address of the other end of the connection, numeric

  // Absent where the header is missing or there more than once.
  std::optional<std::string_view> header(std::string_view lower_case_name) const;
};

struct HttpAnswer {
  int status = 200;
  std::string content_type{};  // empty: there is no body
  std::string body{};
  HttpHeaders headers{};  // beside those that every answer has
  std::string note{};     // for the log only
};

// The path and the parameters of a request's target, decoded.
struct Target {
  std::vector<std::string> path{};  // "/runs/ab%20c" is {"runs", "ab c"}; "/" is empty
  std::vector<std::pair<std::string, std::string>> parameters{};

  // The first of that name; empty where it is missing.
  std::string_view parameter(std::string_view name) const;
  // The parameters without `names`, as a query; then the caller's own can follow.
  std::vector<std::pair<std::string, std::string>> without(std::string_view name) const;
};

// Nothing for what is no path: one that does not start with a slash, has empty, "." or ".." parts, bad
// percent signs, control characters, invalid UTF-8, or more than 64 parameters.
std::optional<Target> parse_target(std::string_view target);

// For a part of a path or a parameter: everything but letters, digits and -._~ as %XX.
std::string url_encode(std::string_view text);
// "/path?a=b&c=d"
std::string make_url(std::string_view path,
                     const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace eb::board
