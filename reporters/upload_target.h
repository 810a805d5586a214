#pragma once
// Where uploads go: the address of a leaderboard, read by the same parser that connects to it.
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

// Whether `host` is this machine: 127.x.x.x, [::1] or localhost.
bool is_loopback_host(std::string_view host);

// "https://board.example/ " -> "https://board.example": https, or http to this machine; http to others with
// `allows_plain_http` only. No user name, password, query or fragment.
struct TargetRules {
  bool allows_plain_http = false;
};
Result<std::string> parse_upload_target(std::string_view url, const TargetRules& rules);

// Whether the host of a target of parse_upload_target is this machine.
bool is_loopback_target(const std::string& target);

// An address that may be shown and saved: http or https, visible ASCII only, at most 2,000 characters.
bool is_plain_address(std::string_view url);

}  // namespace eb
