#pragma once
// The devices of a backend, listed in a child process.
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "harness/app/child.h"

namespace eb {

struct Listing {
  nlohmann::json row{};  // as list_devices of harness/run/measure.h has it: devices, facts, or error
  std::optional<RunStatus> failure{};  // how the child ended, if it ended early and there is no device
};

// Where the child ends early and the backend's devices have several sources, each is listed in a child of its
// own: the source that brings a child down is the fact `absent_NAME`, and the others' devices are here.
Listing list_in_child(const std::string& backend, const EpSettings& ep, const ChildSetup& setup);

}  // namespace eb
