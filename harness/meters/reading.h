#pragma once
// What a meter is, and what it says at one moment. A meter knows nothing of cells and windows: whoever holds
// its readings cuts windows out of them afterwards (trace.h, energy.h).
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

enum class Quantity : std::uint8_t { energy_j, power_w, temperature_c, clock_mhz };

// How a reading comes about, which decides what may have been missed between two of them.
enum class Sampling : std::uint8_t {
  accumulating,  // a counter: nothing is missed
  averaging,     // the mean since the meter's last update
  instantaneous  // one moment; all that happens between two moments is missed
};

// How far a number can be trusted.
enum class EvidenceClass : std::uint8_t {
  p0,  // none
  p1,  // the chip's own gauge or model
  p2,  // a shunt on the board
  p3,  // an inline DC meter
  p4   // a laboratory analyser
};

std::string_view unit_of(Quantity quantity);       // "J", "W", "degC", "MHz"
std::string_view name_of(Quantity quantity);       // "energy", "power", "temperature", "clock"
std::string_view name_of(Sampling sampling);       // "accumulating", ...
std::string_view name_of(EvidenceClass evidence);  // "P0" ... "P4"

struct MeterInfo {
  std::string id{};      // unique on this machine: "rapl:0", "hwmon:ina3221/VDD_IN"
  std::string domain{};  // what is inside the number, in the source's word: "package-0", "VDD_IN"
  std::string
      scope{};  // the power scope: package, core, uncore, dram, system, module, rail, gpu, battery, unknown
  EvidenceClass evidence = EvidenceClass::p0;
  Quantity quantity = Quantity::power_w;
  Sampling sampling = Sampling::instantaneous;
  std::int64_t update_ns = 0;  // how often the meter has a new value; 0: not known
  double resolution = 0;       // the smallest step; 0: not known
  double counter_range = 0;    // the energy at which a counter starts again at 0; 0: it does not
  // Readings outside of this are no readings. Of a counter: its power.
  double lowest = 0, highest = 0;
  // Limits of the instrument's own error: a share of the reading, and watts. Absent where nobody states them:
  // then intervals cover what sampling may have missed, and say so.
  std::optional<double> gain_limit{}, offset_limit_w{};
  std::vector<std::string> within{};  // ids of the meters that count this one's energy, too
  std::vector<std::string> notes{};   // rules that were used to read it: "unit_inferred: ..."
};

struct Reading {
  std::int64_t time_ns = 0;  // of the one monotonic clock that all meters and windows share
  double value = 0;          // in unit_of(quantity)
};

// One source, open. Made to be used in a process of its own: it has no thread and no clock, and `read` does
// not wait longer than the system call does.
class Meter {
 public:
  virtual ~Meter() = default;
  virtual Result<double> read() = 0;  // in the unit of its MeterInfo's quantity
  // What the source said in the last read, unchanged, where a rule changed its unit or sign; else empty.
  virtual std::string raw() const { return {}; }
};

// Whether the energies of these meters may be added up: not if one counts what another counts, too.
Status check_addable(const std::vector<const MeterInfo*>& meters);

}  // namespace eb
