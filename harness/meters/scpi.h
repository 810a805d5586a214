#pragma once
// Instruments that understand SCPI. For instruments.cpp and tests.
#include <memory>
#include <string>
#include <string_view>

#include "harness/meters/instrument_spec.h"
#include "harness/meters/instruments.h"

namespace eb {

// Commands and answers, over whatever wire. One client at a time; each call keeps a deadline.
class ScpiLink {
 public:
  virtual ~ScpiLink() = default;
  virtual Status write(std::string_view command) = 0;
  virtual Result<std::string> ask(std::string_view query) = 0;  // the answer without its end
};

inline constexpr std::chrono::milliseconds kScpiLimit{3000};  // for one answer

// A raw socket or a serial port: lines that end with LF.
std::unique_ptr<ScpiLink> make_socket_link(std::unique_ptr<Stream> stream, Clock& clock, std::string peer);
// VXI-11: messages in calls of ONC RPC, at a port that the instrument's portmapper tells.
Result<std::unique_ptr<ScpiLink>> open_vxi11_link(const std::string& host, const InstrumentWorld& world);

// What one maker's instruments want to hear; {} is the channel.
struct ScpiDialect {
  std::string_view name{};
  std::string_view identity{};  // within the answer to *IDN?, in capitals; empty: anything
  std::uint16_t port = 5025;
  std::string_view setup{};  // empty: nothing
  std::string_view volts{}, amperes{}, watts{};
};
// Null if there is none of that name.
const ScpiDialect* find_dialect(std::string_view name);

struct Identity {
  std::string maker{}, model{}, all{};
};
// *IDN?, with an error unless `wanted` (in capitals) is part of the answer.
Result<Identity> identify(ScpiLink& link, const InstrumentSpec& spec, std::string_view wanted);
// An error unless the instrument answers `query` (SYST:ERR? or its like) with error 0.
Status check_scpi_errors(ScpiLink& link, std::string_view query);

Result<std::unique_ptr<ScpiLink>> open_link(const InstrumentSpec& spec, const InstrumentWorld& world,
                                            const std::string& transport, std::uint16_t port);

// Power supplies and multimeters; kind "scpi".
Result<Instrument> open_scpi(const InstrumentSpec& spec, const InstrumentWorld& world);
// Power analysers WT300, WT300E and WT5000; kind "yokogawa".
Result<Instrument> open_yokogawa(const InstrumentSpec& spec, const InstrumentWorld& world);

}  // namespace eb
