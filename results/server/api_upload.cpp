#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/base/ascii.h"
#include "harness/base/files.h"
#include "harness/base/json.h"
#include "results/server/answers.h"
#include "results/server/api.h"
#include "results/server/query.h"
#include "results/server/reproduced.h"
#include "results/server/tokens.h"

namespace eb::board {
namespace {

using Json = nlohmann::ordered_json;

HttpAnswer refused(const Verdict& verdict) {
  return json_answer(422, {{"error", verdict.line()}, {"findings", to_json(verdict.findings)}});
}

// The right to delete an upload.
struct Deletion {
  std::string hash{};   // of the token
  std::string token{};  // empty where the sender made it, and where the run was known
};

// The sender's own, which no answer that is lost on the way can take from it; else a new one.
Result<Deletion> deletion_of(const HttpRequest& request) {
  if (const auto hash = request.header("delete-token-hash")) {
    if (is_sha256(*hash)) return Deletion{.hash = std::string(*hash)};
    return Error{ErrorKind::invalid, "Delete-Token-Hash must be a SHA-256, in lower case"};
  }
  std::string token = new_token(TokenKind::deletion);
  std::string hash = token_hash(token);
  return Deletion{.hash = std::move(hash), .token = std::move(token)};
}

// The receipt; a delete token of ours is said this once, the hash of the sender's own to nobody else.
HttpAnswer receipt(const Receiving& receiving, const Added& added, const Verdict& verdict, Trust trust,
                   const Deletion& deletion) {
  Json body{{"id", added.run_id},
            {"url", fmt::format("{}/runs/{}", receiving.public_url, added.run_id)},
            {"verdict", verdict.line()},
            {"trust", trust_name(trust)}};
  if (!deletion.token.empty()) body["delete_token"] = deletion.token;
  if (deletion.token.empty() && !deletion.hash.empty()) body["delete_token_hash"] = deletion.hash;
  if (!verdict.findings.empty()) body["findings"] = to_json(verdict.findings);
  HttpAnswer answer = json_answer(added.was_known ? 200 : 201, body);
  answer.headers.emplace_back("Location", fmt::format("/runs/{}", added.run_id));
  return answer;
}

// Raises those that were repeated, never an audited one.
Status raise(const Receiving& receiving, const std::vector<std::string>& run_ids) {
  return receiving.writer.change([&run_ids](Store& store) -> Status {
    for (const std::string& id : run_ids) EB_OK(store.set_trust(id, Trust::reproduced));
    return Done{};
  });
}

// The receipt of one that was there, whose right to delete is that of its first sender.
Result<HttpAnswer> known_receipt(const Receiving& receiving, const Added& added, const Verdict& verdict,
                                 const Deletion& offered) {
  EB_GET(const auto run, receiving.store.run(added.run_id));
  const bool is_senders = run && offered.token.empty() && is_same_hash(run->delete_token_hash, offered.hash);
  return receipt(receiving, added, verdict, run ? run->trust : Trust::unverified,
                 is_senders ? offered : Deletion());
}

}  // namespace

Result<HttpAnswer> take_upload(const Receiving& receiving, const HttpRequest& request) {
  const auto key = request.header("idempotency-key");
  if (!key || *key != sha256_hex(request.body))
    return Error{ErrorKind::invalid, "Idempotency-Key must be the SHA-256 of the body, in lower case"};
  EB_GET(const Deletion deletion, deletion_of(request));
  auto [verdict, bundle] = receiving.gate(request.body);
  if (verdict.kind == Verdict::Kind::refused) return refused(verdict);
  const std::string key_id = bundle->key_id;
  const Run run = bundle->run;
  EB_GET(const Added added, receiving.writer.add({.run = std::move(bundle->run),
                                                  .received_at = receiving.now,
                                                  .source = "upload",
                                                  .bundle = request.body,
                                                  .key_id = key_id,
                                                  .delete_token_hash = deletion.hash}));
  if (added.was_known) return known_receipt(receiving, added, verdict, deletion);
  // It is on the disk: from here on nothing may keep its owner from the delete token.
  Trust trust = Trust::unverified;
  std::string note;
  const auto repeated = repeated_runs(receiving.store, {added.run_id, key_id, run});
  if (!repeated) note = repeated.error().message;
  if (repeated && !repeated->empty()) {
    const Status raised = raise(receiving, *repeated);
    if (raised)
      trust = Trust::reproduced;
    else
      note = raised.error().message;
  }
  HttpAnswer answer = receipt(receiving, added, verdict, trust, deletion);
  answer.note = note;
  return answer;
}

Result<HttpAnswer> delete_result(const Receiving& receiving, const std::string& id, std::string_view token) {
  const HttpAnswer forbidden = error_answer(403, "this token does not delete this result");
  if (!is_sha256(id)) return forbidden;
  EB_GET(const auto run, receiving.store.run(id));
  const std::string hash = token_hash(token);
  bool may = run && is_same_hash(run->delete_token_hash, hash);
  if (!may) {
    EB_GET(const auto bearer, receiving.store.token(hash));
    may = bearer && has_scope(bearer->scopes, "admin");
    if (may && !run) return no_result(id);
  }
  if (!may) return forbidden;
  const Status removed = receiving.writer.change([&id](Store& store) -> Status {
    EB_OK(store.remove(id));
    return Done{};
  });
  if (!removed) return removed.error();
  return HttpAnswer{.status = 204};
}

Result<HttpAnswer> set_trust(const Receiving& receiving, const std::string& id, const HttpRequest& request) {
  const auto body = parse_json(request.body);
  const auto name = body.is_object() ? body.find("trust") : body.end();
  const auto trust = body.is_object() && name != body.end() && name->is_string()
                         ? trust_from_name(name->get_ref<const std::string&>())
                         : std::nullopt;
  if (!trust)
    return Error{ErrorKind::invalid,
                 R"(the body must be {"trust": "unverified"}, "reproduced" or "audited")"};
  bool was_there = false;
  const Status changed = receiving.writer.change([&](Store& store) -> Status {
    EB_GET(was_there, store.set_trust(id, *trust));
    return Done{};
  });
  if (!changed) return changed.error();
  if (!was_there) return no_result(id);
  return json_answer(200, {{"id", id}, {"trust", trust_name(*trust)}});
}

}  // namespace eb::board
