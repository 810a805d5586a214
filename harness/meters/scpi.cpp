// Supplies and multimeters that measure a DC current on its way to the device.
#include "harness/meters/scpi.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eb {
namespace {

constexpr double kMostWatts = 1000, kLeastShare = -1e-3;  // of the most: noise around nothing

constexpr std::array kDialects{
    ScpiDialect{.name = "generic", .volts = "MEAS:VOLT?", .amperes = "MEAS:CURR?"},
    ScpiDialect{.name = "rs",
                .identity = "ROHDE",
                .setup = "INST:NSEL {}",
                .volts = "MEAS:VOLT?",
                .amperes = "MEAS:CURR?"},
    ScpiDialect{.name = "keysight",
                .identity = "KEYSIGHT",
                .volts = "MEAS:VOLT? (@{})",
                .amperes = "MEAS:CURR? (@{})"},
    ScpiDialect{
        .name = "agilent", .identity = "AGILENT", .volts = "MEAS:VOLT? (@{})", .amperes = "MEAS:CURR? (@{})"},
    ScpiDialect{.name = "siglent", .identity = "SIGLENT", .watts = "MEAS:POWE? CH{}"},
    ScpiDialect{.name = "rigol", .identity = "RIGOL", .port = 5555, .watts = ":MEAS:POWE? CH{}"}};

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  names.reserve(kDialects.size());
  for (const ScpiDialect& dialect : kDialects) names.emplace_back(dialect.name);
  return names;
}

std::string for_channel(std::string_view command, int channel) {
  std::string text(command);
  if (const std::size_t at = text.find("{}"); at != std::string::npos)
    text.replace(at, 2, std::to_string(channel));
  return text;
}

class ScpiMeter final : public Meter {
 public:
  ScpiMeter(std::unique_ptr<ScpiLink> link, const ScpiDialect& dialect, int channel)
      : link_(std::move(link)),
        volts_(for_channel(dialect.volts, channel)),
        amperes_(for_channel(dialect.amperes, channel)),
        watts_(for_channel(dialect.watts, channel)) {}

  Result<double> read() override {
    if (!watts_.empty()) return number(watts_);
    EB_GET(const double volts, number(volts_));
    EB_GET(const double amperes, number(amperes_));
    raw_ = fmt::format("{} V {} A", volts, amperes);
    return volts * amperes;
  }
  std::string raw() const override { return raw_; }

 private:
  Result<double> number(const std::string& query) {
    EB_GET(const std::string answer, link_->ask(query));
    auto value = parse_number(answer);
    if (!value) return value.error().within(query);
    return value;
  }

  std::unique_ptr<ScpiLink> link_;
  std::string volts_, amperes_, watts_, raw_{};
};

}  // namespace

const ScpiDialect* find_dialect(std::string_view name) {
  const auto found = std::find_if(kDialects.begin(), kDialects.end(),
                                  [&](const ScpiDialect& dialect) { return dialect.name == name; });
  return found == kDialects.end() ? nullptr : &*found;
}

Result<Instrument> open_scpi(const InstrumentSpec& spec, const InstrumentWorld& world) {
  EB_OK(spec.check_options({"dialect", "channel", "transport", "baud", "update-ms"}));
  EB_GET(const std::string name, spec.one_of("dialect", "generic", dialect_names()));
  EB_GET(const std::string transport, spec.one_of("transport", "socket", {"socket", "vxi11"}));
  EB_GET(const double channel, spec.number("channel", 1, 1, 64));
  EB_GET(const double update_ms, spec.number("update-ms", 0, 0, 60'000));
  const ScpiDialect& dialect = *find_dialect(name);
  EB_GET(auto link, open_link(spec, world, transport, dialect.port));
  EB_GET(const Identity identity, identify(*link, spec, dialect.identity));
  EB_OK(link->write("*CLS"));
  if (!dialect.setup.empty()) EB_OK(link->write(for_channel(dialect.setup, static_cast<int>(channel))));
  EB_OK(check_scpi_errors(*link, "SYST:ERR?"));
  Instrument result;
  result.info = {.id = fmt::format("scpi:{}/{}", identity.model, channel),
                 .domain = fmt::format("{} {} channel {}", identity.maker, identity.model, channel),
                 .scope = "system",
                 .evidence = EvidenceClass::p3,
                 .update_ns = static_cast<std::int64_t>(update_ms * 1e6),
                 .lowest = kLeastShare * kMostWatts,
                 .highest = kMostWatts,
                 .notes = {"identified as " + identity.all}};
  if (dialect.watts.empty())
    result.info.notes.emplace_back("volts times amperes, asked for one after the other");
  result.meter = std::make_unique<ScpiMeter>(std::move(link), dialect, static_cast<int>(channel));
  return result;
}

}  // namespace eb
