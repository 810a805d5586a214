#include <curl/curl.h>
#include <fmt/format.h>

#include <exception>
#include <memory>
#include <optional>

#include "workloads/download.h"

namespace eb {
namespace {

constexpr long kConnectLimitS = 30;
constexpr long kStallLimitS = 60, kSlowestBytesPerS = 64;
constexpr long kMostRedirects = 5;
constexpr long kOk = 200, kPartial = 206, kNothingAfter = 416;

struct EasyDeleter {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

// One GET while it goes on.
struct Exchange {
  CURL* easy = nullptr;
  std::uint64_t first_byte = 0;
  const DownloadSink& sink;
  const DownloadEvents& events;
  bool has_begun = false;
  std::optional<Error> refusal{};
};

long status_of(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

// The body of an error is not the file.
Status take(Exchange& exchange, std::string_view bytes) {
  const long status = status_of(exchange.easy);
  if (status != kOk && status != kPartial) return Done{};
  if (!exchange.has_begun && status == kOk) {
    exchange.first_byte = 0;
    EB_OK(exchange.sink.restart());
  }
  exchange.has_begun = true;
  return exchange.sink.take(bytes);
}

std::size_t on_body(const char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& exchange = *static_cast<Exchange*>(to);
  try {
    const auto taken = take(exchange, {bytes, size * count});
    if (taken) return size * count;
    exchange.refusal = taken.error();
  } catch (const std::exception&) {
    exchange.refusal =
        Error{ErrorKind::out_of_memory, "out of memory"};  // nothing may be thrown through libcurl
  }
  return 0;
}

int on_progress(void* to, curl_off_t all_bytes, curl_off_t done_bytes, curl_off_t, curl_off_t) {
  const auto& exchange = *static_cast<Exchange*>(to);
  try {
    if (exchange.events.is_stopped && exchange.events.is_stopped()) return 1;
    if (exchange.events.progress && done_bytes > 0)
      exchange.events.progress(
          exchange.first_byte + static_cast<std::uint64_t>(done_bytes),
          all_bytes > 0 ? exchange.first_byte + static_cast<std::uint64_t>(all_bytes) : 0);
  } catch (const std::exception&) {
    return 1;
  }
  return 0;
}

void set_options(CURL* easy, const std::string& url, Exchange& exchange, char* detail) {
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, url.starts_with("http:") ? "http" : "https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (url.starts_with("http:")) curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "edgebench");
  curl_easy_setopt(easy, CURLOPT_RESUME_FROM_LARGE, static_cast<curl_off_t>(exchange.first_byte));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(kMostDownloadBytes));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectLimitS);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerS);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, kStallLimitS);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &exchange);
}

}  // namespace

Status curl_get(const std::string& url, std::uint64_t first_byte, const DownloadSink& sink,
                const DownloadEvents& events) {
  const Easy easy(curl_easy_init());
  if (!easy) return Error{ErrorKind::out_of_memory, "out of memory"};
  Exchange exchange{easy.get(), first_byte, sink, events};
  char detail[CURL_ERROR_SIZE] = "";
  set_options(easy.get(), url, exchange, detail);
  const CURLcode code = curl_easy_perform(easy.get());
  const long status = status_of(easy.get());
  const auto error = [&](ErrorKind kind, std::string_view what) {
    return Error{kind, fmt::format("cannot load {}: {}", url, what)};
  };
  if (exchange.refusal) return *exchange.refusal;
  if (code == CURLE_ABORTED_BY_CALLBACK) return error(ErrorKind::unavailable, "interrupted");
  // All of it was here already; its hash says whether it is the right one.
  if (status == kNothingAfter && first_byte > 0) return Done{};
  if (status >= 300) return error(ErrorKind::unavailable, fmt::format("the server answers {}", status));
  if (code != CURLE_OK)
    return error(ErrorKind::unavailable, *detail != '\0' ? detail : curl_easy_strerror(code));
  return Done{};
}

}  // namespace eb
