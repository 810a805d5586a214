#pragma once
// The audits by name: what a user asks for, what a record says was passed.
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/ranking.h"

namespace eb {

// "all", "none", or names: each once, in the order of kAuditNames. `invalid` names what is none of these.
Result<std::vector<std::string>> select_audits(const std::vector<std::string>& asked);

}  // namespace eb
