#pragma once
// A run as it is kept: the parts of its canonical JSON.
#include <string>
#include <vector>

#include "results/store/store.h"

namespace eb {

struct CanonicalRun {
  std::string id{};  // SHA-256 of the whole, hexadecimal
  std::string context{};
  std::vector<std::string> records{};
};

CanonicalRun canonical(const Run& run);

// Whether a text of the run holds a NUL, which PostgreSQL does not take; so no store does.
bool holds_nul(const CanonicalRun& run);

}  // namespace eb
