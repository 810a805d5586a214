#pragma once
// The one door through which an upload leaves the machine. Tests put a fake in its place.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct ClientRequest {
  std::string method{};  // "POST", "DELETE"
  std::string url{};     // below a target of parse_upload_target
  std::vector<std::string>
      headers{};        // "Name: value", all that are sent but Host, Content-Length and the token's
  std::string token{};  // goes out as "Authorization: Bearer ..." and nowhere else
  std::string_view body{};
};

struct ClientAnswer {
  int status = 0;
  std::string content_type{};  // as it was sent: hostile, like the rest
  std::string location{};
  std::string body{};
  std::optional<std::int64_t> retry_after_s{};  // from now on, whichever form it had
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // One exchange, without following redirects. What another try may cure is an Error of kind `unavailable` or
  // `timeout`: no connection, one that was lost, half an answer, silence. Others stay: a certificate that is
  // not trusted, an answer without end, something that does not speak HTTP. No message holds the token.
  virtual Result<ClientAnswer> exchange(const ClientRequest& request) = 0;
};

struct HttpRules {
  std::filesystem::path ca_file{};  // PEM: only what it signs is trusted; empty: what the system trusts
  std::chrono::milliseconds connect_limit{10'000};
  std::chrono::seconds stall_limit{30};  // without progress worth the name
  std::size_t most_answer_bytes = 64 << 10;
  std::function<void(std::int64_t sent_bytes, std::int64_t all_bytes)> progress{};  // some times a second
  std::function<bool()> is_stopped{};  // asked often; true ends the exchange
};

// libcurl: TLS 1.2 or later with certificates checked, proxies as the environment says, but never for this
// machine itself.
Result<std::unique_ptr<HttpClient>> make_http_client(HttpRules rules);

}  // namespace eb
