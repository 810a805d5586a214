#include <fmt/format.h>

#include "harness/app/commands.h"
#include "harness/app/serve_options.h"
#include "harness/base/clock.h"
#include "results/server/tokens.h"
#include "results/store/store.h"

namespace eb {
namespace {

constexpr std::size_t kLongestName = 100;

Status add_token(Store& store, const TokenCommand& command) {
  EB_GET(const std::string scopes, board::checked_scopes(command.scopes));
  if (command.name.empty() || command.name.size() > kLongestName)
    return Error{ErrorKind::invalid, fmt::format("a name has 1 to {} bytes", kLongestName)};
  const std::string token = board::new_token(board::TokenKind::bearer);
  EB_OK(store.put_token({.hash = board::token_hash(token),
                         .name = command.name,
                         .scopes = scopes,
                         .created_at = utc_timestamp()}));
  fmt::print("{}\n", token);
  fmt::print(stderr, "edgebench: this token of {} ({}) is shown this once: keep it secret\n", command.name,
             scopes);
  return Done{};
}

Status list_tokens(Store& store) {
  EB_GET(const auto tokens, store.tokens());
  fmt::print("{:<24} {:<14} {:<20} {}\n", "NAME", "SCOPES", "CREATED", "HASH");
  for (const TokenRow& token : tokens)
    fmt::print("{:<24} {:<14} {:<20} {}\n", token.name, token.scopes, token.created_at,
               token.hash.substr(0, 12));
  return Done{};
}

Status remove_tokens(Store& store, const std::string& name) {
  EB_GET(const auto tokens, store.tokens());
  int removed = 0;
  for (const TokenRow& token : tokens) {
    if (token.name != name) continue;
    EB_GET(const bool was_there, store.remove_token(token.hash));
    removed += was_there ? 1 : 0;
  }
  if (removed == 0) return Error{ErrorKind::not_found, fmt::format("there is no token of '{}'", name)};
  fmt::print("removed: {}\n", removed);
  return Done{};
}

Status run(const TokenCommand& command) {
  EB_GET(const auto store, open_store(command.db, StoreUse::write));
  if (command.action == "add") return add_token(*store, command);
  if (command.action == "list") return list_tokens(*store);
  return remove_tokens(*store, command.name);
}

}  // namespace

int token_command(const TokenCommand& command) {
  const Status done = run(command);
  if (done) return exit_ok;
  return complain(done.error().message, done.error().kind == ErrorKind::invalid ? exit_usage : exit_failed);
}

}  // namespace eb
