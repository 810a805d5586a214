#pragma once
// Answers, made from what the parts of the board come to.
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "harness/base/result.h"
#include "results/server/http.h"

namespace eb::board {

HttpAnswer json_answer(int status, const nlohmann::ordered_json& json);
// {"error": sentence}
HttpAnswer error_answer(int status, std::string_view sentence);
// The status that fits the kind. What only the operator should see is in the note for the log.
HttpAnswer answer_of(const Error& error);
HttpAnswer too_many(std::int64_t retry_after_s, std::string_view sentence);
std::string_view status_phrase(int status);  // "Not Found"

// As text whatever the strings in it hold.
std::string json_text(const nlohmann::ordered_json& json, int indent = -1);

}  // namespace eb::board
