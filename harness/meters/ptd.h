#pragma once
// Kind "ptd": a client of PTDaemon, or of edgebench powerd. For instruments.cpp and tests.
#include "harness/meters/instrument_spec.h"
#include "harness/meters/instruments.h"

namespace eb {

// Starts a measurement on the daemon, and stops it when the meter goes. Readings are the daemon's means.
Result<Instrument> open_ptd(const InstrumentSpec& spec, const InstrumentWorld& world);

}  // namespace eb
