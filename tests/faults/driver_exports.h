#pragma once
// What a faulty driver's library exports beside its API. A test that has opened it itself calls these; a
// program that only finds it as a driver is told by a file: `faults` beside the library, as parse_faults
// reads.
#include "tests/faults/fault.h"

extern "C" {
void SetFaults(const char* text);
int CountStrikes();
}

namespace eb::test {

using SetFaultsFunction = decltype(&SetFaults);
using CountStrikesFunction = decltype(&CountStrikes);

// Once, when the driver is first asked for something.
void read_faults_beside_library();

}  // namespace eb::test
