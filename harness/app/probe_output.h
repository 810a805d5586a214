#pragma once
// Probes for people.
#include <string>
#include <vector>

#include "harness/probes/probe.h"

namespace eb {

// A table of all numbers of one device, then what speaks against some of them; where that is many, one
// sentence for all.
std::string probe_text(const std::vector<Probe>& probes);

}  // namespace eb
