#include "reporters/upload_target.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "reporters/text.h"

namespace eb {
namespace {

constexpr std::size_t kLongestUrl = 2000;

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlDeleter>;

// "" where the address has no such part.
std::string part_of(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

Url parse(const std::string& text) {
  Url url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return nullptr;
  return url;
}

Error refused(std::string_view url, std::string_view why) {
  return {ErrorKind::invalid, fmt::format("--to {}: {}", cut_to_width(one_line(url), 200),
                                          why)};  // a terminal is no place for it
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  // The parser has written every numeric form as four decimal numbers.
  return host.starts_with("127.") && std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_plain_address(std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return false;
  return url.size() <= kLongestUrl &&
         std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

Result<std::string> parse_upload_target(std::string_view text, const TargetRules& rules) {
  const bool is_visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  const Url url = is_visible && text.size() <= kLongestUrl ? parse(std::string(text)) : nullptr;
  if (!url) return refused(text, "that is no address like https://board.example");
  if (!part_of(url, CURLUPART_USER).empty() || !part_of(url, CURLUPART_PASSWORD).empty())
    return Error{ErrorKind::invalid,
                 "--to: an address must not hold a user name or a password; see --token-file"};
  if (!part_of(url, CURLUPART_QUERY).empty() || !part_of(url, CURLUPART_FRAGMENT).empty())
    return refused(text, "give the address of the leaderboard only, without ? and #");
  const std::string scheme = part_of(url, CURLUPART_SCHEME);
  if (scheme != "https" && scheme != "http") return refused(text, "only https can be used");
  if (scheme == "http" && !is_loopback_host(part_of(url, CURLUPART_HOST)) && !rules.allows_plain_http)
    return refused(text, "over http anyone on the way reads the token; use https, or --insecure-http");
  std::string base = part_of(url, CURLUPART_URL);
  while (base.ends_with('/')) base.pop_back();
  return base;
}

bool is_loopback_target(const std::string& target) {
  const Url url = parse(target);
  return url && is_loopback_host(part_of(url, CURLUPART_HOST));
}

}  // namespace eb
