// Yokogawa's power analysers. Power is the instrument's own mean over each of its updates, so that nothing is
// missed when each update is read; energy is that of its integrator.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>

#include "harness/meters/scpi.h"

namespace eb {
namespace {

constexpr double kJoulesPerWattHour = 3600, kMostWatts = 100'000, kLeastShare = -1e-3;
constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr int kUpdatesBeforeEnergy = 2;  // until then the integrator says nothing that means something
constexpr std::uint16_t kSocketPort = 10001;
const std::vector<std::string> kRatesMs = {"100", "250", "500", "1000", "2000", "5000"};

// Limits of the error of power, 12 months after calibration, at power factor 1: shares of reading and range.
// The makers' getting started guides IM WT310E-02EN and IM WT310-02EN, 7.3.2; `ac` is that of 45 to 66 Hz.
// The first row whose model begins so.
struct Accuracy {
  std::string_view model{};
  double dc_reading = 0, dc_range = 0, ac_reading = 0, ac_range = 0;
};
constexpr std::array kAccuracies{
    Accuracy{"WT310EH", 0.003, 0.002, 0.001, 0.0005}, Accuracy{"WT310E", 0.001, 0.002, 0.001, 0.0005},
    Accuracy{"WT332E", 0.001, 0.002, 0.001, 0.0005},  Accuracy{"WT333E", 0.001, 0.002, 0.001, 0.0005},
    Accuracy{"WT310HC", 0.003, 0.002, 0.001, 0.001},  Accuracy{"WT310", 0.001, 0.002, 0.001, 0.001},
    Accuracy{"WT332", 0.001, 0.002, 0.001, 0.001},    Accuracy{"WT333", 0.001, 0.002, 0.001, 0.001}};

struct Settings {
  bool is_energy = false, is_dc = false;
  int element = 1;
  std::int64_t rate_ms = 0;
  double range_v = 0, range_a = 0;  // 0: automatic
};

Result<Settings> settings_of(const InstrumentSpec& spec) {
  EB_OK(spec.check_options({"mode", "element", "input", "rate-ms", "range-v", "range-a", "transport"}));
  Settings settings;
  EB_GET(const std::string mode, spec.one_of("mode", "power", {"power", "energy"}));
  EB_GET(const std::string input, spec.one_of("input", "rms", {"rms", "dc"}));
  EB_GET(const std::string rate, spec.one_of("rate-ms", "100", kRatesMs));
  EB_GET(const double rate_ms, parse_number(rate));
  EB_GET(const double element, spec.number("element", 1, 1, 7));
  EB_GET(settings.range_v, spec.number("range-v", 0, 0.1, 2000));
  EB_GET(settings.range_a, spec.number("range-a", 0, 0.001, 100));
  settings.is_energy = mode == "energy";
  settings.is_dc = input == "dc";
  settings.rate_ms = static_cast<std::int64_t>(rate_ms);
  settings.element = static_cast<int>(element);
  return settings;
}

std::string range_command(std::string_view what, double range, std::string_view unit) {
  if (range <= 0) return fmt::format(":INPUT:{}:AUTO ON", what);
  return fmt::format(":INPUT:{}:RANGE {}{}", what, range, unit);
}

std::vector<std::string> setup_of(const Settings& settings) {
  std::vector<std::string> commands{
      ":NUMERIC:FORMAT ASCII",
      fmt::format(":INPUT:MODE {}", settings.is_dc ? "DC" : "RMS"),
      range_command("VOLTAGE", settings.range_v, "V"),
      range_command("CURRENT", settings.range_a, "A"),
      settings.rate_ms < 1000 ? fmt::format(":RATE {}MS", settings.rate_ms)
                              : fmt::format(":RATE {}S", settings.rate_ms / 1000),
      ":MEASURE:AVERAGING:STATE OFF",
      ":NUMERIC:NORMAL:NUMBER 1",
      fmt::format(":NUMERIC:NORMAL:ITEM1 {},{}", settings.is_energy ? "WH" : "P", settings.element)};
  if (settings.is_energy)
    for (const char* command :
         {":INTEGRATE:RESET", ":INTEGRATE:MODE NORMAL", ":INTEGRATE:TIMER 0,0,0", ":INTEGRATE:START"})
      commands.emplace_back(command);
  return commands;
}

// One that runs already can't be reset, and one that stands can't be stopped.
Status stop_integration(ScpiLink& link) {
  EB_GET(const std::string state, link.ask(":INTEGRATE:STATE?"));
  const bool is_running = state.find("STAR") != std::string::npos;
  return is_running ? link.write(":INTEGRATE:STOP") : Status(Done{});
}

Status set_up(ScpiLink& link, const Settings& settings) {
  EB_OK(link.write("*CLS"));
  if (settings.is_energy) EB_OK(stop_integration(link));
  for (const std::string& command : setup_of(settings)) EB_OK(link.write(command));
  return check_scpi_errors(link, ":STATUS:ERROR?");
}

std::optional<Accuracy> accuracy_of(std::string_view model) {
  for (const Accuracy& row : kAccuracies)
    if (model.starts_with(row.model)) return row;
  return std::nullopt;
}

// Stated only where the ranges were fixed: with automatic ones nobody knows the range of a reading.
void add_accuracy(const Settings& settings, std::string_view model, MeterInfo& info) {
  const auto accuracy = accuracy_of(model);
  const double range_w = settings.range_v * settings.range_a;
  if (!accuracy || range_w <= 0) {
    info.notes.emplace_back(
        "no limits of its error: they are known for WT300 and WT300E with range-v and range-a set");
    return;
  }
  info.gain_limit = settings.is_dc ? accuracy->dc_reading : accuracy->ac_reading;
  info.offset_limit_w = range_w * (settings.is_dc ? accuracy->dc_range : accuracy->ac_range);
  info.notes.emplace_back(settings.is_dc
                              ? "limits of its error: the maker's, 12 months, DC"
                              : "limits of its error: the maker's, 12 months, 45 to 66 Hz, power factor 1");
}

class Yokogawa final : public Meter {
 public:
  Yokogawa(std::unique_ptr<ScpiLink> link, Clock& clock, const Settings& settings)
      : link_(std::move(link)),
        clock_(clock),
        is_energy_(settings.is_energy),
        ready_ns_(clock.now_ns() + kUpdatesBeforeEnergy * settings.rate_ms * kMillisecondNs) {}
  Yokogawa(const Yokogawa&) = delete;
  Yokogawa& operator=(const Yokogawa&) = delete;
  ~Yokogawa() override {
    if (!is_energy_) return;
    [[maybe_unused]] const auto stopped = link_->write(":INTEGRATE:STOP");
  }

  Result<double> read() override {
    if (is_energy_) clock_.wait_until_ns(ready_ns_);
    EB_GET(const std::string answer, link_->ask(":NUMERIC:NORMAL:VALUE?"));
    raw_ = answer;
    auto value = parse_number(answer);
    if (!value) return value.error().within("the analyser");
    return is_energy_ ? *value * kJoulesPerWattHour : *value;
  }
  std::string raw() const override { return raw_; }

 private:
  std::unique_ptr<ScpiLink> link_;
  Clock& clock_;
  bool is_energy_;
  std::int64_t ready_ns_;
  std::string raw_{};
};

MeterInfo info_of(const Settings& settings, const Identity& identity) {
  MeterInfo info{.id = fmt::format("yokogawa:{}/{}", identity.model, settings.element),
                 .domain = fmt::format("{} element {}", identity.model, settings.element),
                 .scope = "system",
                 .evidence = EvidenceClass::p4,
                 .quantity = settings.is_energy ? Quantity::energy_j : Quantity::power_w,
                 .sampling = settings.is_energy ? Sampling::accumulating : Sampling::averaging,
                 .update_ns = settings.rate_ms * kMillisecondNs,
                 .lowest = settings.is_energy ? 0 : kLeastShare * kMostWatts,
                 .highest = kMostWatts,
                 .notes = {"identified as " + identity.all}};
  add_accuracy(settings, identity.model, info);
  return info;
}

}  // namespace

Result<Instrument> open_yokogawa(const InstrumentSpec& spec, const InstrumentWorld& world) {
  EB_GET(const Settings settings, settings_of(spec));
  EB_GET(const std::string transport, spec.one_of("transport", "vxi11", {"vxi11", "socket"}));
  EB_GET(auto link, open_link(spec, world, transport, kSocketPort));
  EB_GET(const Identity identity, identify(*link, spec, "YOKOGAWA"));
  EB_OK(set_up(*link, settings));
  Instrument result;
  result.info = info_of(settings, identity);
  result.meter = std::make_unique<Yokogawa>(std::move(link), *world.clock, settings);
  return result;
}

}  // namespace eb
