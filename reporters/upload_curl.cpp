#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string_view>

#include "reporters/text.h"
#include "reporters/upload_http.h"
#include "reporters/upload_target.h"

namespace eb {
namespace {

// Slower than this over the whole stall limit is silence: no link that can carry a bundle is.
constexpr long kSlowestBytesPerS = 64;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListDeleter>;

// What libcurl hands to us while an exchange goes on.
struct Inbox {
  const HttpRules& rules;
  std::string body{};
  std::size_t head_bytes = 0;
  bool is_too_large = false;
};

// The room was made before, so that nothing can be thrown into libcurl.
std::size_t take_body(const char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& inbox = *static_cast<Inbox*>(to);
  const std::size_t all = size * count;
  inbox.is_too_large = all > inbox.rules.most_answer_bytes - inbox.body.size();
  if (inbox.is_too_large) return 0;
  inbox.body.append(bytes, all);
  return all;
}

// Headers are libcurl's to read; only how many there are is looked at.
std::size_t count_head(const char*, std::size_t size, std::size_t count, void* to) {
  auto& inbox = *static_cast<Inbox*>(to);
  inbox.head_bytes += size * count;
  inbox.is_too_large = inbox.head_bytes > inbox.rules.most_answer_bytes;
  return inbox.is_too_large ? 0 : size * count;
}

int on_progress(void* to, curl_off_t, curl_off_t, curl_off_t all_bytes, curl_off_t sent_bytes) {
  const auto& rules = static_cast<Inbox*>(to)->rules;
  try {
    if (rules.is_stopped && rules.is_stopped()) return 1;
    if (rules.progress && all_bytes > 0) rules.progress(sent_bytes, all_bytes);
  } catch (const std::exception&) {
    return 1;  // nothing may be thrown through libcurl
  }
  return 0;
}

bool add_header(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (!longer) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
}

Result<List> make_headers(const ClientRequest& request) {
  List list;
  bool is_made = true;
  for (const std::string& line : request.headers) is_made = is_made && add_header(list, line);
  if (!request.token.empty()) is_made = is_made && add_header(list, "Authorization: Bearer " + request.token);
  // No wait for a go-ahead: what is sent is what the caller sees.
  is_made = is_made && add_header(list, "Expect:");
  if (!is_made) return Error{ErrorKind::out_of_memory, "out of memory"};
  return list;
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorKind::timeout;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_PROXY:
      return ErrorKind::unavailable;
    case CURLE_OUT_OF_MEMORY:
      return ErrorKind::out_of_memory;
    default:
      return ErrorKind::invalid;
  }
}

// `detail`: libcurl's own sentence, which names hosts and files and no header.
Error describe(CURLcode code, const char* detail, const Inbox& inbox, const ClientRequest& request) {
  const auto error = [&](std::string_view what) {
    return Error{kind_of(code), fmt::format("{}: {}", request.url, what)};
  };
  if (inbox.is_too_large)
    return Error{ErrorKind::invalid,
                 fmt::format("{}: the answer has more than {} bytes; is --to a leaderboard?", request.url,
                             inbox.rules.most_answer_bytes)};
  const std::string why = cut_to_width(one_line(*detail != '\0' ? detail : curl_easy_strerror(code)), 200);
  if (code == CURLE_ABORTED_BY_CALLBACK) return error("interrupted");
  if (code == CURLE_PEER_FAILED_VERIFICATION)
    return error(
        fmt::format("its certificate is not trusted ({}); --ca FILE names that of its authority", why));
  if (code == CURLE_SSL_CACERT_BADFILE) return error(fmt::format("--ca cannot be used ({})", why));
  if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_WEIRD_SERVER_REPLY)
    return error(fmt::format("what answers there does not speak HTTP ({})", why));
  if (code == CURLE_OPERATION_TIMEDOUT) return error(fmt::format("it took too long ({})", why));
  return error(why);
}

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(HttpRules rules) : rules_(std::move(rules)) {}
  CurlClient(const CurlClient&) = delete;
  CurlClient& operator=(const CurlClient&) = delete;
  ~CurlClient() override { curl_global_cleanup(); }

  Result<ClientAnswer> exchange(const ClientRequest& request) override {
    const Easy easy(curl_easy_init());
    if (!easy) return Error{ErrorKind::out_of_memory, "out of memory"};
    EB_GET(const List headers, make_headers(request));
    Inbox inbox{rules_};
    inbox.body.reserve(rules_.most_answer_bytes);
    char detail[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
    set_request(easy.get(), request);
    set_trust(easy.get(), request);
    set_limits(easy.get(), inbox);
    const CURLcode code = curl_easy_perform(easy.get());
    const int status = status_of(easy.get());
    // A server that refuses a body may close while it is still being sent: its answer is there all the same.
    const bool is_answered =
        code == CURLE_OK || ((code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR) && status >= 400);
    if (!is_answered) return describe(code, detail, inbox, request);
    return answer_of(easy.get(), status, std::move(inbox.body));
  }

 private:
  static int status_of(CURL* easy) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    return static_cast<int>(status);
  }

  static void set_request(CURL* easy, const ClientRequest& request) {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    if (request.method == "POST") {
      curl_easy_setopt(easy, CURLOPT_POST, 1L);
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    } else {
      curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
  }

  // Nothing but HTTP, to the host that was named, whose certificate holds.
  void set_trust(CURL* easy, const ClientRequest& request) const {
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(easy, CURLOPT_HEADEROPT, static_cast<long>(CURLHEADER_SEPARATE));  // none for a proxy
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (is_loopback_target(request.url)) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
    if (rules_.ca_file.empty()) return;
    curl_easy_setopt(easy, CURLOPT_CAINFO, rules_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }

  void set_limits(CURL* easy, Inbox& inbox) const {
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(rules_.connect_limit.count()));
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerS);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(rules_.stall_limit.count()));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &inbox);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, count_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &inbox);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &inbox);
  }

  static ClientAnswer answer_of(CURL* easy, int status, std::string body) {
    ClientAnswer answer{.status = status, .body = std::move(body)};
    const char* text = nullptr;
    if (curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &text) == CURLE_OK && text) answer.content_type = text;
    if (curl_easy_getinfo(easy, CURLINFO_REDIRECT_URL, &text) == CURLE_OK && text) answer.location = text;
    curl_off_t retry_after_s = 0;
    if (curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s) == CURLE_OK && retry_after_s > 0)
      answer.retry_after_s = retry_after_s;
    return answer;
  }

  HttpRules rules_;
};

}  // namespace

Result<std::unique_ptr<HttpClient>> make_http_client(HttpRules rules) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return Error{ErrorKind::unavailable, "libcurl cannot be used on this machine"};
  return std::unique_ptr<HttpClient>(std::make_unique<CurlClient>(std::move(rules)));
}

}  // namespace eb
