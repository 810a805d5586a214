#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "build_info.h"
#include "harness/app/commands.h"
#include "harness/base/process.h"
#include "harness/base/tcp.h"
#include "harness/meters/meters.h"

namespace eb {
namespace {

constexpr std::chrono::milliseconds kLongestWait{200};  // until Ctrl-C is seen

std::int64_t utc_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

Result<Instrument> find_meter(const PowerdCommand& command, Clock& clock) {
  if (is_instrument(command.meter)) return open_instrument(command.meter, real_world(clock));
  for (FoundMeter& found : make_meters(command.root)) {
    if (found.info.id != command.meter) continue;
    if (!found.meter)
      return Error{ErrorKind::unavailable, fmt::format("meter {}: {}", found.info.id, found.reason)};
    return Instrument{std::move(found.info), std::move(found.meter)};
  }
  return Error{ErrorKind::not_found,
               fmt::format("--meter {}: there is no such meter; see edgebench list meters", command.meter)};
}

Status check_power(const MeterInfo& info) {
  if (info.quantity == Quantity::power_w || info.quantity == Quantity::energy_j) return Done{};
  return Error{ErrorKind::invalid,
               fmt::format("--meter {}: it is one of {}, not of power", info.id, name_of(info.quantity))};
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

// The log goes to a file, or nowhere.
Status write_log(std::ofstream& file, PowerDaemon& daemon) {
  const auto lines = daemon.take_log();
  if (!file.is_open() || lines.empty()) return Done{};
  for (const std::string& line : lines) file << line << '\n';
  file.flush();
  return file ? Status(Done{}) : Error{ErrorKind::io, "--log: the file can no longer be written"};
}

Status serve(LineServer& server, PowerDaemon& daemon, Clock& clock, std::ofstream& log) {
  while (!was_interrupted()) {
    auto wait = kLongestWait;
    if (const auto due_ns = daemon.due_ns()) {
      const std::chrono::nanoseconds left(std::max<std::int64_t>(*due_ns - clock.now_ns(), 0));
      wait = std::min(wait, std::chrono::ceil<std::chrono::milliseconds>(left));
    }
    if (const auto line = server.next(wait)) server.send(line->client, daemon.answer(line->text));
    daemon.tick();
    EB_OK(write_log(log, daemon));
  }
  return Done{};
}

Status run_daemon(const PowerdCommand& command) {
  const auto clock = make_steady_clock();
  EB_GET(Instrument instrument, find_meter(command, *clock));
  EB_OK(check_power(instrument.info));
  const auto server = LineServer::listen(command.address, command.port, {});
  if (!server) return server.error().within("--bind and --port");
  std::ofstream log;
  if (!command.log.empty()) {
    log.open(command.log, std::ios::app);
    if (!log)
      return Error{ErrorKind::io, fmt::format("--log {}: it cannot be written", command.log.string())};
  }
  const SystemName system = system_name();
  const std::string commit(std::string_view(BuildInfo{}.commit).substr(0, 8));
  PowerDaemon daemon(*instrument.meter, instrument.info, *clock, utc_ms,
                     {.version = fmt::format("{}-{}", BuildInfo{}.version, commit),
                      .system = fmt::format("{} {}", system.kernel, system.release),
                      .calibration = command.calibration,
                      .accepts_ranges = command.ranges == "accept"});
  fmt::print(
      "edgebench powerd: meter {} ({}) on {}:{}{}\n", instrument.info.id, name_of(instrument.info.evidence),
      command.address, (*server)->port(),
      is_loopback(command.address) ? ", for this machine only" : ", for everybody who reaches this address");
  std::fflush(stdout);
  return serve(**server, daemon, *clock, log);
}

}  // namespace

int powerd_command(const PowerdCommand& command) {
  watch_for_interrupt();
  const auto done = run_daemon(command);
  if (done) return exit_ok;
  const bool is_usage = done.error().kind == ErrorKind::invalid || done.error().kind == ErrorKind::not_found;
  return complain(done.error().message, is_usage ? exit_usage : exit_failed);
}

}  // namespace eb
