#include "workloads/nlp/token_list.h"

#include <fmt/format.h>

#include "workloads/fields.h"

namespace eb {

Result<std::vector<std::int32_t>> token_list(const nlohmann::json& sample, std::size_t max_count,
                                             std::int64_t vocabulary) {
  const auto tokens = sample.find("tokens");
  if (tokens == sample.end() || !tokens->is_array() || tokens->empty() || tokens->size() > max_count)
    return Error{ErrorKind::invalid, fmt::format("\"tokens\" is not a list of 1 to {}", max_count)};
  std::vector<std::int32_t> numbers;
  for (const nlohmann::json& token : *tokens) {
    EB_GET(const std::int64_t number, integer_field({{"token", token}}, "token", 0, vocabulary - 1));
    numbers.push_back(static_cast<std::int32_t>(number));
  }
  return numbers;
}

}  // namespace eb
