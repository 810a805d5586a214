#pragma once
// Secrets that we hand out: who has one may upload, administer, or delete one upload. We keep hashes only; a
// token has 256 random bits, so that a plain hash cannot be searched.
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb::board {

enum class TokenKind { bearer, deletion };

std::string new_token(TokenKind kind);  // "ebt_..." or "ebd_...", so that scanners for secrets find them
std::string token_hash(std::string_view token);

// Compares hashes without telling by its time where they differ; an empty one equals none.
bool is_same_hash(std::string_view hash, std::string_view other);

// The token of "Bearer <token>"; nothing for another scheme or what cannot be a token of ours.
std::optional<std::string_view> bearer_token(std::string_view authorization);

// "upload" or "admin" in any order, each once: "upload,admin". An error names what is unknown.
Result<std::string> checked_scopes(std::string_view scopes);
bool has_scope(std::string_view scopes, std::string_view scope);

}  // namespace eb::board
