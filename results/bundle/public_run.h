#pragma once
// What may leave the machine: fields and keys that are named here as harmless; everything else stays.
#include <string>
#include <vector>

#include "harness/core/run.h"

namespace eb {

// No host or user names, serials, paths, addresses: keys of the context by a list of those that may go, texts
// of records searched for what looks like one (see scrub.h), a user's own model by its SHA-256 only,
// `command` rebuilt from fields, files by number. What is public stays as it is. `names`: words that no text
// may hold, such as the host's and the user's.
Run public_run(const Run& run, const std::vector<std::string>& names = {});

}  // namespace eb
