#include "results/server/answers.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace eb::board {
namespace {

using Json = nlohmann::ordered_json;

int status_for(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid:
      return 400;
    case ErrorKind::not_found:
      return 404;
    case ErrorKind::unavailable:
    case ErrorKind::timeout:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

HttpAnswer json_answer(int status, const Json& json) {
  return {.status = status, .content_type = "application/json", .body = json_text(json) + "\n"};
}

HttpAnswer error_answer(int status, std::string_view sentence) {
  return json_answer(status, Json{{"error", std::string(sentence)}});
}

HttpAnswer answer_of(const Error& error) {
  const int status = status_for(error.kind);
  if (status < 500) return error_answer(status, error.message);
  HttpAnswer answer = error_answer(status, status == 503 ? "the leaderboard is busy: try again in a moment"
                                                         : "the leaderboard failed; its log says more");
  if (status == 503) answer.headers.emplace_back("Retry-After", "1");
  answer.note = error.message;
  return answer;
}

HttpAnswer too_many(std::int64_t retry_after_s, std::string_view sentence) {
  HttpAnswer answer = error_answer(429, sentence);
  answer.headers.emplace_back("Retry-After", fmt::format("{}", retry_after_s));
  return answer;
}

std::string_view status_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

}  // namespace eb::board
