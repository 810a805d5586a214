#include "results/server/session_head.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/ascii.h"

namespace eb::board {
namespace {

std::ptrdiff_t times(const HttpRequest& head, std::string_view name) {
  return std::count_if(head.headers.begin(), head.headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() < 20 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

HeadProblem head_problem(const HttpRequest& head, unsigned version, std::size_t most_headers) {
  if (version != 10 && version != 11) return {400, "this is no request of HTTP/1.1"};
  if (head.headers.size() > most_headers)
    return {431, fmt::format("a request has at most {} headers", most_headers)};
  const auto hosts = times(head, "host");
  if (hosts > 1 || (hosts == 0 && version == 11)) return {400, "a request has one Host"};
  for (const char* once : {"content-length", "transfer-encoding", "content-type", "content-encoding",
                           "authorization", "idempotency-key", "expect"})
    if (times(head, once) > 1) return {400, fmt::format("a request has one {}", once)};
  const auto length = head.header("content-length"), encoding = head.header("transfer-encoding");
  if (length && encoding) return {400, "a request has a Content-Length or a Transfer-Encoding, not both"};
  if (length && !is_digits(*length)) return {400, "Content-Length is a number"};
  if (encoding && (version == 10 || lower_ascii(*encoding) != "chunked"))
    return {501, "the only Transfer-Encoding here is chunked"};
  const auto expect = head.header("expect");
  if (expect && lower_ascii(*expect) != "100-continue")
    return {400, "the only thing to expect is 100-continue"};
  return {};
}

}  // namespace eb::board
