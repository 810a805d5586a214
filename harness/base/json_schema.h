#pragma once
// A JSON value against the part of JSON Schema (draft 7) that our own schemas use: type (one), const, enum,
// required, properties, additionalProperties, minProperties, maxProperties, items, minItems, maxItems,
// uniqueItems, minLength, maxLength (of bytes), pattern, minimum, maximum, and $ref to a definition of the
// same schema. Not a validator for schemas of others: a keyword that is none of these is an error of kind
// `internal`.
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

// The first thing that is wrong: "NAME: boards[3] (pi5-04).cool_down_s: it is a text, but must be a number:
// ..." with the member's description where the schema has one. An item that has a text `id` is called by it.
// Texts of the value are never repeated: one could be a secret in the wrong place.
Status check_json(const nlohmann::json& value, const nlohmann::json& schema, std::string_view name);

// Parses `text` and checks it against the text of a schema of ours.
Result<nlohmann::json> read_json(std::string_view text, std::string_view schema_text, std::string_view name);

}  // namespace eb
