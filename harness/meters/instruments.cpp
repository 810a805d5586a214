#include "harness/meters/instruments.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/serial.h"
#include "harness/base/tcp.h"
#include "harness/meters/exec_meter.h"
#include "harness/meters/instrument_spec.h"
#include "harness/meters/nvml.h"
#include "harness/meters/otii.h"
#include "harness/meters/ptd.h"
#include "harness/meters/scpi.h"

namespace eb {
namespace {

constexpr std::chrono::milliseconds kConnectLimit{3000};

struct Row {
  InstrumentKind kind{};
  Result<Instrument> (*open)(const InstrumentSpec& spec, const InstrumentWorld& world) = nullptr;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {{.name = "scpi",
        .what = "DC supply or multimeter that feeds the device, over SCPI on TCP or, as in "
                "scpi:/dev/ttyACM0, on a "
                "serial port; asked at each reading",
        .evidence = "P3",
        .example = "scpi://192.168.1.20:5025?dialect=rs&channel=1",
        .options =
            "dialect=generic|rs|keysight|agilent|siglent|rigol, channel=N, transport=socket|vxi11, baud=N, "
            "update-ms=N "
            "(how often the instrument measures anew, where you know it)"},
       open_scpi},
      {{.name = "yokogawa",
        .what =
            "Yokogawa WT300, WT300E or WT5000 analyser over VXI-11; means of its updates, or its integrator",
        .evidence = "P4",
        .example = "yokogawa://192.168.1.30?mode=power&range-v=150&range-a=0.5",
        .options =
            "mode=power|energy, element=N, input=rms|dc, rate-ms=100|250|500|1000|2000|5000, range-v=V and "
            "range-a=A (fixed ranges, with which the limits of its error are known), transport=vxi11|socket"},
       open_yokogawa},
      {{.name = "ptd",
        .what =
            "SPEC PTDaemon with its analyser, or edgebench powerd on another machine; means of its interval",
        .evidence = "P4 of an analyser; of powerd, that of its meter",
        .example = "ptd://127.0.0.1:8888?interval-ms=1000",
        .options = "interval-ms=N, range-v=V, range-a=A"},
       open_ptd},
      {{.name = "otii",
        .what = "Qoitech Otii Arc or Ace, through the TCP server of the Otii application, which is logged in "
                "with a "
                "licence for automation; its own energy",
        .evidence = "P3",
        .example = "otii://127.0.0.1:1905",
        .options = "device=ID"},
       open_otii},
      {{.name = "exec",
        .what = "Monsoon, Joulescope or any other, through a program that prints 'edgebench-meter/1 "
                "quantity=power "
                "unit=W sampling=averaging rate_hz=1000 name=JS220' and then lines of TIME VALUE",
        .evidence = "as the program says, P3 if it does not",
        .example = "exec:joulescope-meter --rate 1000",
        .options = {}},
       open_exec},
      {{.name = "nvml",
        .what = "An NVIDIA GPU's own counter of energy, or its power where it has none",
        .evidence = "P1",
        .example = "nvml:0",
        .options = {}},
       open_nvml}};
  return all;
}

const Row* find_row(std::string_view spec) {
  const std::string_view kind = spec.substr(0, spec.find(':'));
  const auto found =
      std::find_if(rows().begin(), rows().end(), [&](const Row& row) { return row.kind.name == kind; });
  return found == rows().end() || kind.size() == spec.size() ? nullptr : &*found;
}

}  // namespace

InstrumentWorld real_world(Clock& clock) {
  return {.clock = &clock,
          .connect = [](const std::string& host,
                        std::uint16_t port) { return connect_tcp(host, port, kConnectLimit); },
          .open_port = open_serial,
          .start = Process::start};
}

const std::vector<InstrumentKind>& instrument_kinds() {
  static const std::vector<InstrumentKind> all = [] {
    std::vector<InstrumentKind> kinds;
    for (const Row& row : rows()) kinds.push_back(row.kind);
    return kinds;
  }();
  return all;
}

std::string_view common_instrument_options() {
  return "scope=system|module|rail|..., name=TEXT, highest-w=W, and of its calibration: gain=SHARE, "
         "offset-w=W";
}

bool is_instrument(std::string_view spec) {
  return find_row(spec) != nullptr;
}

Result<Instrument> open_instrument(const std::string& spec, const InstrumentWorld& world) {
  const Row* row = find_row(spec);
  if (!row)
    return Error{
        ErrorKind::not_found,
        fmt::format("'{}' names no kind of instrument; see edgebench list meters", spec.substr(0, 100))};
  EB_GET(const InstrumentSpec parsed, parse_instrument_spec(spec));
  auto instrument = row->open(parsed, world);
  if (!instrument) {
    const bool says_so = instrument.error().message.starts_with("meter ");
    return says_so ? instrument.error()
                   : Error{instrument.error().kind, parsed.wrong(instrument.error().message).message};
  }
  EB_OK(apply_stated(parsed, instrument->info));
  if (const auto value = instrument->meter->read(); !value)
    return Error{value.error().kind, parsed.wrong(value.error().message).message};
  return instrument;
}

}  // namespace eb
