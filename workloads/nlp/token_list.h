#pragma once
// Samples of texts that are numbers of tokens already.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// "tokens" of `sample`: 1 to `max_count` numbers below `vocabulary`.
Result<std::vector<std::int32_t>> token_list(const nlohmann::json& sample, std::size_t max_count,
                                             std::int64_t vocabulary);

}  // namespace eb
