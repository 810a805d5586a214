#include "harness/base/json_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <string>

#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::json;

std::string_view kind_of(const Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "a text";
  if (value.is_boolean()) return "true or false";
  if (value.is_number_integer()) return "a whole number";
  return value.is_number() ? "a number" : "null";
}

struct TypeName {
  std::string_view type, shown;
  bool (*fits)(const Json&);
};
constexpr std::array kTypes{
    TypeName{"object", "an object", [](const Json& v) { return v.is_object(); }},
    TypeName{"array", "a list", [](const Json& v) { return v.is_array(); }},
    TypeName{"string", "a text", [](const Json& v) { return v.is_string(); }},
    TypeName{"boolean", "true or false", [](const Json& v) { return v.is_boolean(); }},
    TypeName{"integer", "a whole number", [](const Json& v) { return v.is_number_integer(); }},
    TypeName{"number", "a number", [](const Json& v) { return v.is_number(); }}};

std::string list_of_keys(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) text += (text.empty() ? "" : ", ") + key;
  return text;
}

std::string list_of_values(const Json& array) {
  std::string text;
  for (const Json& value : array)
    text += (text.empty() ? "" : ", ") + (value.is_string() ? value.get<std::string>() : value.dump());
  return text;
}

// A name that we did not write, fit for a message.
std::string shown_key(const std::string& key) {
  constexpr std::size_t kMostBytes = 60;
  std::string text;
  for (const char c : key.substr(0, kMostBytes)) text += c >= ' ' && c <= '~' ? c : '?';
  return text;
}

std::string member_of(const std::string& path, const std::string& key) {
  return path.empty() ? key : fmt::format("{}.{}", path, key);
}

class Checker {
 public:
  Checker(const Json& root, std::string_view name) : root_(root), name_(name) {}

  Status check(const Json& value, const Json& schema, const std::string& path) const {
    if (const auto at = schema.find("$ref"); at != schema.end()) return follow(value, *at, path);
    if (const auto at = schema.find("type"); at != schema.end()) EB_OK(check_type(value, schema, path));
    for (const auto& [keyword, wanted] : schema.items())
      EB_OK(check_keyword(value, schema, path, keyword, wanted));
    return Done{};
  }

 private:
  Error wrong(const std::string& path, std::string_view what, const Json& schema) const {
    const std::string about = schema.value("description", "");
    return {ErrorKind::invalid, fmt::format("{}: {}{}{}{}{}", name_, path, path.empty() ? "" : ": ", what,
                                            about.empty() ? "" : ": ", about)};
  }

  Status follow(const Json& value, const Json& reference, const std::string& path) const {
    const auto text = reference.get<std::string>();
    return check(value, root_.at(Json::json_pointer(text.substr(1))), path);  // "#/definitions/..."
  }

  Status check_type(const Json& value, const Json& schema, const std::string& path) const {
    const auto wanted = schema.at("type").get<std::string>();
    const auto* type =
        std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeName& t) { return t.type == wanted; });
    if (type == kTypes.end()) return unknown(wanted);
    if (type->fits(value)) return Done{};
    return wrong(path, fmt::format("it is {}, but must be {}", kind_of(value), type->shown), schema);
  }

  Error unknown(std::string_view keyword) const {
    return {ErrorKind::internal,
            fmt::format("the schema for {} has '{}', which is not checked", name_, keyword)};
  }

  Status check_keyword(const Json& value, const Json& schema, const std::string& path,
                       const std::string& keyword, const Json& wanted) const {
    struct Keyword {
      std::string_view name;
      Status (Checker::*check)(const Json&, const Json&, const std::string&, const Json&) const;
    };
    static constexpr std::array kKeywords{
        Keyword{"const", &Checker::check_const},
        Keyword{"enum", &Checker::check_enum},
        Keyword{"required", &Checker::check_required},
        Keyword{"properties", &Checker::check_properties},
        Keyword{"additionalProperties", &Checker::check_others},
        Keyword{"items", &Checker::check_items},
        Keyword{"uniqueItems", &Checker::check_unique},
        Keyword{"pattern", &Checker::check_pattern},
        Keyword{"minProperties", &Checker::check_least_size},
        Keyword{"minItems", &Checker::check_least_size},
        Keyword{"minLength", &Checker::check_least_size},
        Keyword{"maxProperties", &Checker::check_most_size},
        Keyword{"maxItems", &Checker::check_most_size},
        Keyword{"maxLength", &Checker::check_most_size},
        Keyword{"minimum", &Checker::check_minimum},
        Keyword{"maximum", &Checker::check_maximum},
    };
    constexpr std::array<std::string_view, 7> kNotes{"$schema", "$id",         "title", "description",
                                                     "default", "definitions", "type"};
    if (std::find(kNotes.begin(), kNotes.end(), keyword) != kNotes.end()) return Done{};
    const auto* known = std::find_if(kKeywords.begin(), kKeywords.end(),
                                     [&](const Keyword& one) { return one.name == keyword; });
    if (known == kKeywords.end()) return unknown(keyword);
    return (this->*known->check)(value, schema, path, wanted);
  }

  Status check_const(const Json& value, const Json& schema, const std::string& path,
                     const Json& wanted) const {
    if (value == wanted) return Done{};
    return wrong(path, "it must be " + list_of_values(Json::array({wanted})), schema);
  }

  Status check_enum(const Json& value, const Json& schema, const std::string& path,
                    const Json& wanted) const {
    if (std::find(wanted.begin(), wanted.end(), value) != wanted.end()) return Done{};
    return wrong(path, "it is none of " + list_of_values(wanted), schema);
  }

  Status check_required(const Json& value, const Json& schema, const std::string& path,
                        const Json& wanted) const {
    for (const Json& name : wanted)
      if (!value.contains(name.get<std::string>()))
        return wrong(
            path, fmt::format("the member '{}' is missing", name.get<std::string>()),
            schema.value("properties", Json::object()).value(name.get<std::string>(), Json::object()));
    return Done{};
  }

  Status check_properties(const Json& value, const Json& /*schema*/, const std::string& path,
                          const Json& wanted) const {
    for (const auto& [key, member] : value.items())
      if (const auto at = wanted.find(key); at != wanted.end())
        EB_OK(check(member, *at, member_of(path, key)));
    return Done{};
  }

  Status check_others(const Json& value, const Json& schema, const std::string& path,
                      const Json& wanted) const {
    const Json own = schema.value("properties", Json::object());
    for (const auto& [key, member] : value.items()) {
      if (own.contains(key)) continue;
      const std::string shown = shown_key(key);
      if (wanted == Json(false))
        return wrong(path, fmt::format("there is no member '{}'; known: {}", shown, list_of_keys(own)),
                     Json::object());
      EB_OK(check(member, wanted, member_of(path, shown)));
    }
    return Done{};
  }

  Status check_items(const Json& value, const Json& /*schema*/, const std::string& path,
                     const Json& wanted) const {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const bool has_id = value[i].is_object() && value[i].contains("id") && value[i]["id"].is_string();
      const std::string called =
          has_id ? fmt::format(" ({})", shown_key(value[i]["id"].get_ref<const std::string&>())) : "";
      EB_OK(check(value[i], wanted, fmt::format("{}[{}]{}", path, i, called)));
    }
    return Done{};
  }

  Status check_unique(const Json& value, const Json& schema, const std::string& path,
                      const Json& /*wanted*/) const {
    auto sorted = value.get<std::vector<Json>>();
    std::sort(sorted.begin(), sorted.end());
    if (std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()) return Done{};
    return wrong(path, "it has an item twice", schema);
  }

  // Lengths are checked before: the depth of a match grows with the text.
  Status check_pattern(const Json& value, const Json& schema, const std::string& path,
                       const Json& wanted) const {
    if (const auto at = schema.find("maxLength"); at != schema.end())
      EB_OK(check_most_size(value, schema, path, *at));
    if (std::regex_search(value.get_ref<const std::string&>(), std::regex(wanted.get<std::string>())))
      return Done{};
    return wrong(path, "it is not of the form asked for", schema);
  }

  static std::size_t size_of(const Json& value) {
    return value.is_string() ? value.get_ref<const std::string&>().size() : value.size();
  }

  Status check_least_size(const Json& value, const Json& schema, const std::string& path,
                          const Json& wanted) const {
    if (size_of(value) >= wanted.get<std::size_t>()) return Done{};
    return wrong(path, wanted == Json(1) ? "it is empty" : fmt::format("it has fewer than {}", wanted.dump()),
                 schema);
  }

  Status check_most_size(const Json& value, const Json& schema, const std::string& path,
                         const Json& wanted) const {
    if (size_of(value) <= wanted.get<std::size_t>()) return Done{};
    return wrong(path,
                 fmt::format("it has more than {} {}", wanted.dump(), value.is_string() ? "bytes" : "items"),
                 schema);
  }

  Status check_minimum(const Json& value, const Json& schema, const std::string& path,
                       const Json& wanted) const {
    if (value.get<double>() >= wanted.get<double>()) return Done{};
    return wrong(path, fmt::format("it is less than {}", wanted.dump()), schema);
  }

  Status check_maximum(const Json& value, const Json& schema, const std::string& path,
                       const Json& wanted) const {
    if (value.get<double>() <= wanted.get<double>()) return Done{};
    return wrong(path, fmt::format("it is more than {}", wanted.dump()), schema);
  }

  const Json& root_;
  std::string_view name_;
};

}  // namespace

Status check_json(const Json& value, const Json& schema, std::string_view name) {
  return Checker(schema, name).check(value, schema, "");
}

Result<Json> read_json(std::string_view text, std::string_view schema_text, std::string_view name) {
  const Json schema = parse_json(schema_text);
  if (schema.is_discarded())
    return Error{ErrorKind::internal, fmt::format("the schema for {} is not JSON", name)};
  Json value = parse_json(text);
  if (value.is_discarded())
    return Error{ErrorKind::invalid,
                 fmt::format("{} is not JSON; a JSON checker, as python3 -m json.tool, says where", name)};
  EB_OK(check_json(value, schema, name));
  return value;
}

}  // namespace eb
