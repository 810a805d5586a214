#include "reporters/upload_answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/json.h"
#include "reporters/text.h"
#include "reporters/upload_target.h"

namespace eb {
namespace {

using Next = UploadAnswer::Next;

constexpr std::size_t kMostFindings = 100;
constexpr int kLongestText = 300;  // columns

struct Meaning {
  int status;
  Next next;
  const char* sentence;
};

constexpr Meaning kMeanings[] = {
    {400, Next::discard, "the server does not understand this upload; is this edgebench too old for it?"},
    {401, Next::keep, "the server does not accept the token; see --token-file and EDGEBENCH_TOKEN"},
    {403, Next::keep, "the token does not give the right to do this; ask the server's owner for another"},
    {404, Next::keep, "there is no leaderboard at this address; check --to"},
    {405, Next::keep, "there is no leaderboard at this address; check --to"},
    {407, Next::keep, "the proxy asks for a password; check the variable https_proxy"},
    {408, Next::retry, "the server waited too long for the bundle"},
    {409, Next::discard, "the server has another bundle of this name"},
    {411, Next::keep, "the server does not understand this upload; is a proxy between?"},
    {413, Next::discard, "the bundle is too large for this server"},
    {415, Next::discard, "the server does not take bundles of this kind; is this edgebench too new for it?"},
    {422, Next::discard, "the server's validator refused the bundle"},
    {425, Next::retry, "the server is not ready yet"},
    {429, Next::retry, "the server takes no more uploads of this token or address for now"},
};

bool is_json(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return lower_ascii(content_type) == "application/json";
}

std::string shown(std::string_view any) {
  return cut_to_width(one_line(any), kLongestText);
}

std::string text_in(const nlohmann::json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// A text, or {"where", "sentence"}.
std::vector<std::string> findings_in(const nlohmann::json& json) {
  std::vector<std::string> lines;
  const auto found = json.find("findings");
  if (found == json.end() || !found->is_array()) return lines;
  for (const auto& finding : *found) {
    if (lines.size() == kMostFindings) break;
    std::string line = finding.is_string() ? finding.get<std::string>() : "";
    if (finding.is_object()) {
      const std::string where = text_in(finding, "where");
      line = fmt::format("{}{}{}", where, where.empty() ? "" : ": ", text_in(finding, "sentence"));
    }
    if (!line.empty()) lines.push_back(shown(line));
  }
  return lines;
}

// The object that a server of ours would send; empty for anything else.
nlohmann::json object_of(const ClientAnswer& answer) {
  if (!is_json(answer.content_type)) return nlohmann::json::object();
  auto json = parse_json(answer.body);
  return json.is_object() ? json : nlohmann::json::object();
}

Meaning meaning_of(const ClientAnswer& answer) {
  const auto* known = std::find_if(std::begin(kMeanings), std::end(kMeanings),
                                   [&](const Meaning& m) { return m.status == answer.status; });
  if (known != std::end(kMeanings)) return *known;
  if (answer.status >= 500) return {answer.status, Next::retry, "the server has a problem of its own"};
  if (answer.status >= 300 && answer.status < 400)
    return {answer.status, Next::keep, "the server sends elsewhere, which is not followed; check --to"};
  if (answer.status >= 400) return {answer.status, Next::keep, "the server refused the upload"};
  return {answer.status, Next::keep, "that is no answer of a leaderboard; check --to"};
}

// Of a server that does not know its own name, "/runs/1".
std::string absolute(std::string url, const std::string& target) {
  if (!url.starts_with('/') || url.starts_with("//")) return url;
  return target.substr(0, target.find('/', target.find("://") + 3)) + url;
}

UploadAnswer read_failure(const ClientAnswer& answer, const std::string& target) {
  const Meaning meaning = meaning_of(answer);
  const auto json = object_of(answer);
  UploadAnswer read{
      .next = meaning.next, .findings = findings_in(json), .retry_after_s = answer.retry_after_s};
  const std::string said = shown(text_in(json, "error")), location = shown(answer.location);
  read.sentence = fmt::format("{}: HTTP {}: {}{}{}", target, answer.status, meaning.sentence,
                              said.empty() ? "" : "; it says: " + said,
                              location.empty() ? "" : "; it points to " + location);
  return read;
}

}  // namespace

UploadAnswer read_upload_answer(const ClientAnswer& answer, const std::string& target) {
  if (answer.status != 200 && answer.status != 201) return read_failure(answer, target);
  const auto json = object_of(answer);
  UploadAnswer read{.next = Next::done,
                    .findings = findings_in(json),
                    .delete_token_hash = text_in(json, "delete_token_hash"),
                    .is_new = answer.status == 201};
  read.receipt = {.id = text_in(json, "id"),
                  .url = absolute(text_in(json, "url"), target),
                  .server = target,
                  .delete_token = text_in(json, "delete_token"),
                  .verdict = shown(text_in(json, "verdict")),
                  .trust = shown(text_in(json, "trust"))};
  if (!is_plain_token(read.receipt.delete_token)) read.receipt.delete_token.clear();
  if (is_plain_id(read.receipt.id) && is_plain_address(read.receipt.url)) return read;
  const std::string type = shown(answer.content_type);
  read.receipt = {};
  read.next = Next::keep;
  read.sentence = fmt::format("{}: HTTP {}: the answer is no receipt ({}); is --to a leaderboard?", target,
                              answer.status, type.empty() ? "of no type" : type);
  return read;
}

UploadAnswer read_delete_answer(const ClientAnswer& answer, const std::string& target) {
  if (answer.status == 204 || answer.status == 200) return {.next = Next::done};
  UploadAnswer read = read_failure(answer, target);
  if ((answer.status == 404 && is_json(answer.content_type)) || answer.status == 410) {
    read.next = Next::done;
    read.sentence = "the server did not have it any more";
  }
  if (answer.status == 401 || answer.status == 403)
    read.sentence = fmt::format("{}: HTTP {}: the server does not accept the receipt's delete token", target,
                                answer.status);
  return read;
}

}  // namespace eb
