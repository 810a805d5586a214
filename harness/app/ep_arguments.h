#pragma once
// --ep-library, --ep-option and --retune.
#include <string>
#include <utility>
#include <vector>

#include "harness/base/result.h"
#include "harness/run/ep_settings.h"

namespace eb {

// "NAME=VALUE" in two; an error names the option.
Result<std::pair<std::string, std::string>> split_assignment(const std::string& text,
                                                             std::string_view option);

// `libraries`: NAME=PATH, where NAME is one of own_library_names(), or any other for a library of backend
// npu; `options`: NAME.KEY=VALUE for these names. An error is bad usage.
Result<EpSettings> parse_ep_settings(const std::vector<std::string>& libraries,
                                     const std::vector<std::string>& options);

}  // namespace eb
