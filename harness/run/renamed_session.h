#pragma once
// A session of a renamed model, whose inputs and outputs are called as a workload calls them.
#include <memory>

#include "harness/core/backend.h"

namespace eb {

// Takes names from `original` by position; `internal` if the two do not have as many inputs and outputs.
Result<std::unique_ptr<Session>> call_as(const Session& original, std::unique_ptr<Session> renamed);

}  // namespace eb
