// Who may upload: hashes of tokens and what they allow.
#include "results/store/sql_store.h"

namespace eb {
namespace {

TokenRow token_of(const std::vector<std::string>& row) {
  return {.hash = row[0], .name = row[1], .scopes = row[2], .created_at = row[3]};
}

}  // namespace

Status SqlStore::put_token(const TokenRow& token) {
  for (const std::string* text : {&token.hash, &token.name, &token.scopes, &token.created_at})
    if (!is_plain_text(*text))
      return Error{ErrorKind::invalid, "a text of the token is no UTF-8, or has a NUL"};
  return database_->transaction([&]() -> Status {
    const auto done = database_->query(
        {.text =
             "INSERT INTO tokens (hash, name, scopes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (hash) "
             "DO "
             "UPDATE SET name = excluded.name, scopes = excluded.scopes, created_at = excluded.created_at",
         .values = {token.hash, token.name, token.scopes, token.created_at}});
    if (!done) return done.error();
    return Done{};
  });
}

Result<std::optional<TokenRow>> SqlStore::token(std::string_view hash) {
  if (!is_plain_text(hash)) return std::optional<TokenRow>();
  EB_GET(const Rows rows,
         database_->query({.text = "SELECT hash, name, scopes, created_at FROM tokens WHERE hash = "
                                   "$1",
                           .values = {hash}}));
  if (rows.empty()) return std::optional<TokenRow>();
  return std::optional(token_of(rows[0]));
}

Result<std::vector<TokenRow>> SqlStore::tokens() {
  EB_GET(const Rows rows,
         database_->query(
             {.text = "SELECT hash, name, scopes, created_at FROM tokens ORDER BY created_at, hash"}));
  std::vector<TokenRow> tokens;
  for (const auto& row : rows) tokens.push_back(token_of(row));
  return tokens;
}

Result<bool> SqlStore::remove_token(std::string_view hash) {
  if (!is_plain_text(hash)) return false;
  bool was_there = false;
  EB_OK(database_->transaction([&]() -> Status {
    EB_GET(const Rows gone,
           database_->query({.text = "DELETE FROM tokens WHERE hash = $1 RETURNING hash", .values = {hash}}));
    was_there = !gone.empty();
    return Done{};
  }));
  return was_there;
}

}  // namespace eb
