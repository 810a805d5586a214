#pragma once
// The conditions of a query as SQL, apart by table, so that the store can look at small tables first.
#include <string>
#include <vector>

#include "results/store/schema.h"
#include "results/store/store.h"

namespace eb {

// A condition, with {} in the place of its value.
struct Term {
  std::string sql{};
  Value value{};
};

struct Where {
  std::vector<Term> kinds{}, runs{}, records{}, payloads{};  // by the table that they are of; all hold
  bool has_key = false;                                      // few records fit, and an index finds them
};

// The values are borrowed. An unknown field, or a value that is not of its type, is an error that names it.
Result<Where> compile(const std::vector<Condition>& where, const Dialect& dialect);

// "a AND b", its values bound to `sql`; empty where there are no terms.
std::string joined(const std::vector<Term>& terms, Sql& sql);

// Text that databases take: UTF-8 without NUL.
bool is_plain_text(std::string_view text);

}  // namespace eb
