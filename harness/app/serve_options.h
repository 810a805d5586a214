#pragma once
// The command lines of `serve` and `token`.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace eb {

struct ServeCommand {
  std::string db{};  // a file, or postgres://...
  std::string listen = "127.0.0.1:8080";
  std::string public_url{};                            // empty: http:// and where it listens
  std::vector<std::string> proxies{};                  // whose X-Forwarded-For is believed
  std::filesystem::path log{};                         // empty: standard output
  double reads_a_second = 50, uploads_a_minute = 120;  // of an address, of a token; 0: no limit
  std::uint64_t most_bundle_mb = 64;
};
void declare_serve(CLI::App& app, ServeCommand& command);
int serve_command(const ServeCommand& command);

struct TokenCommand {
  std::string action{};  // add, list or remove
  std::string db{}, name{}, scopes = "upload";
};
void declare_token(CLI::App& app, TokenCommand& command);
int token_command(const TokenCommand& command);

}  // namespace eb
