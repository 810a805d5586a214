#include "results/server/board.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/base/ascii.h"
#include "harness/base/files.h"
#include "results/server/answers.h"
#include "results/server/api.h"
#include "results/server/assets.h"
#include "results/server/pages.h"
#include "results/server/tokens.h"

namespace eb::board {
namespace {

constexpr std::size_t kLongestTarget = 2048;
constexpr std::uint64_t kMostJsonBytes = 4096;
constexpr const char* kBundleType = "application/vnd.edgebench.bundle+zip";

bool is_api(const Target& target) {
  return !target.path.empty() && target.path[0] == "api";
}

// Below /api/v1.
struct ApiPath {
  bool is_results = false, is_one = false, is_bundle = false, is_trust = false, is_description = false;
};
ApiPath api_path(const Target& target) {
  const auto& path = target.path;
  if (path.size() < 3 || path[0] != "api" || path[1] != "v1") return {};
  if (path.size() == 3 && path[2] == "openapi.json") return {.is_description = true};
  if (path[2] != "results") return {};
  return {.is_results = path.size() == 3,
          .is_one = path.size() == 4,
          .is_bundle = path.size() == 5 && path[4] == "bundle",
          .is_trust = path.size() == 5 && path[4] == "trust"};
}

HttpAnswer not_allowed(const char* allowed) {
  HttpAnswer answer = error_answer(405, fmt::format("this address takes {} only", allowed));
  answer.headers.emplace_back("Allow", allowed);
  return answer;
}

HttpAnswer no_token(std::string_view sentence) {
  HttpAnswer answer = error_answer(401, sentence);
  answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

// The media type alone, in lower case.
std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  return lower_ascii(type);
}

HttpAnswer wrong_type(const char* type) {
  return error_answer(415, fmt::format("Content-Type must be {}, without a Content-Encoding", type));
}

bool is_longer(const HttpRequest& head, std::uint64_t most_bytes) {
  const auto text = head.header("content-length").value_or("0");
  std::uint64_t bytes = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  return error != std::errc() || end != text.data() + text.size() || bytes > most_bytes;
}

}  // namespace

BundleGate real_gate(const BundleLimits& limits) {
  return [limits](std::string_view bytes) { return open_and_check(bytes, limits); };
}

Board::Board(Readers& readers, Writer& writer, BundleGate gate, Clock& clock,
             std::function<std::string()> utc_now, BoardRules rules)
    : readers_(readers),
      writer_(writer),
      gate_(std::move(gate)),
      clock_(clock),
      utc_now_(std::move(utc_now)),
      rules_(std::move(rules)),
      reads_(rules_.reads),
      token_uploads_(rules_.uploads),
      address_uploads_(rules_.uploads),
      failures_(rules_.failures),
      cache_(rules_.cached_ns),
      facets_(clock) {}

std::string Board::address_of(const HttpRequest& head) const {
  std::vector<std::string_view> forwarded;
  for (const auto& [name, value] : head.headers)
    if (name == "x-forwarded-for") forwarded.push_back(value);
  return client_address(head.peer, forwarded, rules_.proxies);
}

std::variant<HttpAnswer, Admission> Board::admit(const HttpRequest& head) {
  const auto refuse = [&](HttpAnswer answer) { return finish(head, std::move(answer)); };
  if (head.target.size() > kLongestTarget)
    return refuse(error_answer(414, fmt::format("an address has at most {} characters", kLongestTarget)));
  auto target = parse_target(head.target);
  if (!target) return refuse(error_answer(400, "this is no address of ours"));
  Admission admission{.target = *std::move(target), .address = address_key(address_of(head))};
  if (head.method == "GET" || head.method == "HEAD") {
    if (const auto wait = reads_.refuse(admission.address, clock_.now_ns()))
      return refuse(too_many(*wait, "too many requests from this address"));
    return admission;
  }
  return admit_writing(head, std::move(admission));
}

std::variant<HttpAnswer, Admission> Board::admit_writing(const HttpRequest& head, Admission admission) {
  const auto refuse = [&](HttpAnswer answer) { return finish(head, std::move(answer)); };
  if (const auto wait = failures_.would_refuse(admission.address, clock_.now_ns()))
    return refuse(too_many(*wait, "too many wrong tokens from this address"));
  const ApiPath path = api_path(admission.target);
  const bool is_post = head.method == "POST", is_delete = head.method == "DELETE";
  if ((is_post && !path.is_results && !path.is_trust) || (is_delete && !path.is_one) ||
      (!is_post && !is_delete))
    return refuse(not_allowed(path.is_results ? "GET, HEAD, POST"
                              : path.is_one   ? "GET, HEAD, DELETE"
                              : path.is_trust ? "POST"
                                              : "GET, HEAD"));
  if (is_delete) return admission;
  if (auto bearer = check_bearer(head, admission); !bearer)
    return refuse(answer_of(bearer.error()));
  else if (bearer->status != 200)
    return refuse(*std::move(bearer));
  const char* type = path.is_trust ? "application/json" : kBundleType;
  const auto content_type = head.header("content-type");
  if (!content_type || media_type(*content_type) != type || head.header("content-encoding"))
    return refuse(wrong_type(type));
  admission.most_body_bytes = path.is_trust ? kMostJsonBytes : rules_.bundle.most_bytes;
  if (is_longer(head, admission.most_body_bytes))
    return refuse(
        error_answer(413, fmt::format("the body may have at most {} bytes", admission.most_body_bytes)));
  return admission;
}

// 200 where the bearer may.
Result<HttpAnswer> Board::check_bearer(const HttpRequest& head, const Admission& admission) {
  const std::int64_t now_ns = clock_.now_ns();
  const auto token = bearer_token(head.header("authorization").value_or(""));
  if (!token) return no_token("uploading needs a token: Authorization: Bearer TOKEN");
  const std::string hash = token_hash(*token);
  EB_GET(const auto reader, readers_.take());
  EB_GET(const auto bearer, reader->token(hash));
  if (!bearer) {
    (void)failures_.refuse(admission.address, now_ns);
    return no_token("this token is unknown, or was removed");
  }
  const char* scope = api_path(admission.target).is_trust ? "admin" : "upload";
  if (!has_scope(bearer->scopes, scope))
    return error_answer(403, fmt::format("this token lacks the scope {}", scope));
  auto wait = token_uploads_.refuse(hash, now_ns);
  if (!wait) wait = address_uploads_.refuse(admission.address, now_ns);
  if (wait) return too_many(*wait, "too many uploads with this token, or from this address");
  return HttpAnswer{.status = 200};
}

HttpAnswer Board::answer(const HttpRequest& request, const Admission& admission) {
  const bool is_reading = request.method == "GET" || request.method == "HEAD";
  auto answer = is_reading ? read_cached(request, admission.target) : write(request, admission);
  HttpAnswer ready = answer ? *std::move(answer) : answer_of(answer.error());
  if (is_reading && ready.status >= 400 && !is_api(admission.target)) ready = error_page(ready);
  return finish(request, std::move(ready));
}

Result<HttpAnswer> Board::read_cached(const HttpRequest& request, const Target& target) {
  const ApiPath api = api_path(target);
  const bool is_one = api.is_one || api.is_bundle || (!target.path.empty() && target.path[0] == "runs");
  if (is_one) return read(target);  // so that an upload is there at once
  const std::int64_t now_ns = clock_.now_ns();
  if (auto known = cache_.find(request.target, now_ns)) return *std::move(known);
  EB_GET(HttpAnswer answer, read(target));
  if (answer.status == 200 && !answer.body.empty()) {
    answer.headers.emplace_back("ETag", fmt::format("\"{}\"", sha256_hex(answer.body).substr(0, 32)));
    cache_.keep(request.target, answer, now_ns);
  }
  return answer;
}

Result<HttpAnswer> Board::read(const Target& target) {
  if (target.path.size() == 2 && target.path[0] == "assets") return give_asset(target.path[1]);
  const ApiPath api = api_path(target);
  if (api.is_description) return give_asset("openapi.json");
  if (api.is_trust) return not_allowed("POST");
  EB_GET(const auto reader, readers_.take());
  if (api.is_results) return list_results(*reader, target);
  if (api.is_one) return show_result(*reader, target.path[3], target);
  if (api.is_bundle) return give_bundle(*reader, target.path[3]);
  if (is_api(target))
    return Error{ErrorKind::not_found, "there is no such address: see /api/v1/openapi.json"};
  return give_page({*reader, facets_}, target);
}

Result<HttpAnswer> Board::write(const HttpRequest& request, const Admission& admission) {
  const ApiPath api = api_path(admission.target);
  EB_GET(const auto reader, readers_.take());
  const Receiving receiving{*reader, writer_, gate_, utc_now_(), rules_.public_url};
  if (api.is_results) return take_upload(receiving, request);
  if (api.is_trust) return set_trust(receiving, admission.target.path[3], request);
  const auto token = bearer_token(request.header("authorization").value_or(""));
  if (!token) return no_token("deleting needs a token: Authorization: Bearer TOKEN");
  EB_GET(HttpAnswer answer, delete_result(receiving, admission.target.path[3], *token));
  if (answer.status == 403) (void)failures_.refuse(admission.address, clock_.now_ns());
  return answer;
}

HttpAnswer Board::finish(const HttpRequest& request, HttpAnswer answer) const {
  const auto etag = std::find_if(answer.headers.begin(), answer.headers.end(),
                                 [](const auto& header) { return header.first == "ETag"; });
  if (etag != answer.headers.end() && request.header("if-none-match") == std::string_view(etag->second)) {
    answer.status = 304;
    answer.body.clear();
  }
  const auto add = [&](const char* name, const char* value) { answer.headers.emplace_back(name, value); };
  const bool is_kept = std::any_of(answer.headers.begin(), answer.headers.end(),
                                   [](const auto& header) { return header.first == "Cache-Control"; });
  if (!is_kept) add("Cache-Control", answer.status < 400 ? "no-cache" : "no-store");
  add("Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
      "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  add("X-Content-Type-Options", "nosniff");
  add("X-Frame-Options", "DENY");
  add("Referrer-Policy", "no-referrer");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
  return answer;
}

}  // namespace eb::board
