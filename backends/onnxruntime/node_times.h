#pragma once
// Where the time of a run went, from ONNX Runtime's own profile of it.
#include <string_view>

#include "harness/base/result.h"

namespace eb::ort {

// `profile`: the JSON text that SessionEndProfiling wrote. Of the time of all nodes in its last run, the
// share of those of `provider`, 0..1. A node that holds others (If, Loop) counts once, with all that it
// holds.
Result<double> time_share_from_profile(std::string_view profile, std::string_view provider);

}  // namespace eb::ort
