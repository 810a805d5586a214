#include "results/server/tokens.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "harness/base/ascii.h"
#include "harness/base/files.h"
#include "harness/base/secret_token.h"

namespace eb::board {
namespace {

constexpr std::size_t kLongestToken = 128;

bool is_token_text(std::string_view text) {
  for (const char c : text) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!is_plain) return false;
  }
  return !text.empty() && text.size() <= kLongestToken;
}

}  // namespace

std::string new_token(TokenKind kind) {
  return secret_token(kind == TokenKind::bearer ? "ebt_" : kDeletionPrefix);
}

std::string token_hash(std::string_view token) {
  return sha256_hex(token);
}

bool is_same_hash(std::string_view hash, std::string_view other) {
  return !hash.empty() && hash.size() == other.size() &&
         sodium_memcmp(hash.data(), other.data(), hash.size()) == 0;
}

std::optional<std::string_view> bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (authorization.size() <= kScheme.size()) return std::nullopt;
  for (std::size_t i = 0; i < kScheme.size(); ++i)
    if (lower_ascii(authorization[i]) != kScheme[i]) return std::nullopt;
  const std::string_view token = authorization.substr(kScheme.size());
  if (!is_token_text(token)) return std::nullopt;
  return token;
}

Result<std::string> checked_scopes(std::string_view scopes) {
  bool may_upload = false, is_admin = false;
  while (!scopes.empty()) {
    const std::string_view scope = scopes.substr(0, scopes.find(','));
    if (scope == "upload")
      may_upload = true;
    else if (scope == "admin")
      is_admin = true;
    else
      return Error{ErrorKind::invalid,
                   fmt::format("there is no scope '{}': use upload, admin or both with a comma", scope)};
    scopes.remove_prefix(std::min(scope.size() + 1, scopes.size()));
  }
  if (!may_upload && !is_admin) return Error{ErrorKind::invalid, "a token needs a scope: upload or admin"};
  return std::string(may_upload && is_admin ? "upload,admin" : may_upload ? "upload" : "admin");
}

bool has_scope(std::string_view scopes, std::string_view scope) {
  while (!scopes.empty()) {
    const std::string_view item = scopes.substr(0, scopes.find(','));
    if (item == scope) return true;
    scopes.remove_prefix(std::min(item.size() + 1, scopes.size()));
  }
  return false;
}

}  // namespace eb::board
