#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "harness/app/commands.h"
#include "harness/base/clock.h"
#include "harness/run/host.h"

namespace eb {

// The context of a run that starts now: build, host, runtime, and how much edgebench itself adds to a query.
nlohmann::ordered_json make_context(const Host& host, const nlohmann::json& runtime_facts,
                                    const RunCommand& command, Clock& clock);

}  // namespace eb
