#pragma once
// From the names that the user gave to the workloads and devices of a run.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "harness/app/child.h"
#include "harness/app/commands.h"
#include "harness/run/plan.h"

namespace eb {

// Zoo workloads and user models, in the order of the report. An error is bad usage.
Result<std::vector<PlannedWorkload>> select_workloads_of(const RunCommand& command);

// Refuses names that do not exist: backends, scenarios, precisions, formats, tier.
Status check_names(const RunCommand& command);

struct Machine {
  std::vector<Target> targets{};
  nlohmann::json facts = nlohmann::json::object();  // of the runtimes, for the context
};
// Lists devices in a child. What is not there becomes a target with a status; unless no backend was asked for
// by name and another one has a device: then it is a fact.
Machine find_machine(const RunCommand& command, const ChildSetup& setup);

}  // namespace eb
