#pragma once
// What may leave the machine: fields and keys that are named here as harmless; everything else stays.
#include "harness/core/run.h"

namespace eb {

// No host or user names, serials, paths, addresses: keys of the context by a list of those that may go, texts
// of records searched for what looks like one, a user's own model by its SHA-256 only, `command` rebuilt from
// fields.
Run public_run(const Run& run);

}  // namespace eb
