#pragma once
// Kind "exec": a program that reads an instrument for us (Monsoon, Joulescope, a USB tester, anything) and
// says on its standard output what it reads. For instruments.cpp and tests.
//
//   edgebench-meter/1 quantity=power unit=W sampling=averaging rate_hz=1000 name=JS220
//   0.000 4.81
//   0.001 4.83
//
// First line: quantity=power|energy, unit=W|mW|uW or J|mJ|uJ|Wh, sampling=instantaneous|averaging (power) or
// accumulating (energy), rate_hz=N, name=WORD; where known evidence=P1..P4 [P3], scope=WORD [system],
// gain=SHARE, offset_w=W, highest_w=W [1000], latency_ms=N [10]: how long after its moment a line may come.
// Then a line a sample: seconds of a monotonic clock of its own, and the value; # starts a comment, "error
// TEXT" ends it.
#include "harness/meters/instrument_spec.h"
#include "harness/meters/instruments.h"

namespace eb {

struct ExecHeader {
  MeterInfo info{};  // of the samples: quantity and sampling are not those of the meter yet
  std::int64_t period_ns = 0;
  double scale = 1;  // of a value, to W or J
};
Result<ExecHeader> parse_exec_header(std::string_view line);

Result<Instrument> open_exec(const InstrumentSpec& spec, const InstrumentWorld& world);

}  // namespace eb
