#pragma once
// Kind "otii": Qoitech's Otii Arc and Ace, through the TCP server of the Otii application. For
// instruments.cpp and tests.
#include "harness/meters/instrument_spec.h"
#include "harness/meters/instruments.h"

namespace eb {

// Starts a recording of the main current, and stops it when the meter goes; the application must be logged
// in, with a licence for automation. Leaves the supply of the device as it is. Energy is the application's
// own, of all samples.
Result<Instrument> open_otii(const InstrumentSpec& spec, const InstrumentWorld& world);

}  // namespace eb
