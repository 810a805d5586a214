#pragma once
// Instruments of the lab, which nobody finds by looking: each is named by a SPEC, opened, and is then a Meter
// as any other. Grammar of a SPEC, with the options of each kind in instrument_kinds():
//
//   KIND://HOST[:PORT][?OPTION=VALUE[&OPTION=VALUE]...]      an instrument on the network; [ADDRESS] for IPv6
//   KIND:NAME[?OPTION=VALUE...]                              one of this machine, as in nvml:0, or at a
//   serial port of it, as in scpi:/dev/ttyACM0 exec:PROGRAM ARG...                                      a
//   program that speaks for one; no shell, "..." keeps blanks
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/base/process.h"
#include "harness/base/result.h"
#include "harness/base/stream.h"
#include "harness/meters/reading.h"

namespace eb {

// What an instrument needs of the world; tests hand in their own.
struct InstrumentWorld {
  Clock* clock = nullptr;  // outlives the meters
  std::function<Result<std::unique_ptr<Stream>>(const std::string& host, std::uint16_t port)> connect{};
  std::function<Result<std::unique_ptr<Stream>>(const std::string& port, int baud)> open_port{};
  std::function<Result<std::unique_ptr<Process>>(const ProcessOptions& options)> start{};
  std::filesystem::path nvml_library = "libnvidia-ml.so.1";
};
InstrumentWorld real_world(Clock& clock);

struct Instrument {
  MeterInfo info{};
  std::unique_ptr<Meter> meter{};  // never null
};

struct InstrumentKind {
  std::string_view name{};      // "scpi"
  std::string_view what{};      // what is measured with it, and how
  std::string_view evidence{};  // "P3"
  std::string_view example{};   // a whole SPEC
  std::string_view options{};   // of its own, each with its meaning
};
const std::vector<InstrumentKind>& instrument_kinds();
// Options that every kind takes.
std::string_view common_instrument_options();

// Whether `spec` starts with the name of a kind: then it is no id of make_meters.
bool is_instrument(std::string_view spec);

// Connects, checks that it is what it should be, sets it up and reads once. An error, in one sentence that
// says what to change, where any of that fails. Each read of the meter keeps a deadline of seconds; after an
// answer that was late or broken the meter says why until it is opened anew, since the next answer could be
// that of an earlier question.
Result<Instrument> open_instrument(const std::string& spec, const InstrumentWorld& world);

}  // namespace eb
