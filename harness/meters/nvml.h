#pragma once
// Kind "nvml": a GPU's own counter of energy, or its power, from NVIDIA's management library, opened at run
// time. For instruments.cpp and tests.
#include "harness/meters/instrument_spec.h"
#include "harness/meters/instruments.h"

namespace eb {

// The counter where the GPU has one (Volta and later), else its power.
Result<Instrument> open_nvml(const InstrumentSpec& spec, const InstrumentWorld& world);

}  // namespace eb
