#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <iostream>

#include "harness/app/commands.h"
#include "harness/app/serve_options.h"
#include "harness/base/process.h"
#include "results/server/server.h"

namespace eb {
namespace {

constexpr std::chrono::milliseconds kLook{100};  // until Ctrl-C is seen

struct Place {
  std::string address{};
  std::uint16_t port = 0;
  std::string text() const {
    return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                  : fmt::format("[{}]:{}", address, port);
  }
};

Result<Place> parse_place(std::string_view text) {
  const Error bad{
      ErrorKind::invalid,
      fmt::format("--listen {}: give a numeric address and a port, such as 127.0.0.1:8080", text)};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  std::string_view address = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (address.starts_with('[') && address.ends_with(']')) address = address.substr(1, address.size() - 2);
  Place place;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), place.port);
  const auto numeric = board::parse_address(address);
  if (error != std::errc() || end != port.data() + port.size() || !numeric) return bad;
  place.address = *numeric;
  return place;
}

Result<board::BoardRules> rules_of(const ServeCommand& command, const Place& place) {
  board::BoardRules rules;
  rules.reads = {.per_second = command.reads_a_second, .burst = std::max(1.0, command.reads_a_second * 4)};
  rules.uploads = {.per_second = command.uploads_a_minute / 60,
                   .burst = std::max(1.0, command.uploads_a_minute)};
  rules.bundle.most_bytes = command.most_bundle_mb << 20;
  for (const std::string& proxy : command.proxies) {
    const auto address = board::parse_address(proxy);
    if (!address)
      return Error{ErrorKind::invalid, fmt::format("--proxy {}: it is no numeric address", proxy)};
    rules.proxies.push_back(*address);
  }
  rules.public_url = command.public_url.empty() ? "http://" + place.text() : command.public_url;
  while (rules.public_url.ends_with('/')) rules.public_url.pop_back();
  return rules;
}

Result<std::ofstream> open_log(const std::filesystem::path& path) {
  std::ofstream file;
  if (path.empty()) return file;
  file.open(path, std::ios::app);
  if (!file) return Error{ErrorKind::io, fmt::format("--log {}: it cannot be written", path.string())};
  return file;
}

Status run_server(const ServeCommand& command) {
  EB_GET(Place place, parse_place(command.listen));
  EB_GET(auto store, open_store(command.db, StoreUse::write));
  EB_GET(std::ofstream file, open_log(command.log));
  std::ostream& out = file.is_open() ? file : std::cout;
  const auto log = [&out](const board::LoggedRequest& request) {
    out << board::log_line(utc_timestamp(), request) << std::endl;
  };
  board::Writer writer(std::move(store));
  board::Readers readers([&command] { return open_store(command.db, StoreUse::read); });
  const auto clock = make_steady_clock();
  EB_GET(const board::BoardRules rules, rules_of(command, place));
  board::Board site(readers, writer, board::real_gate(rules.bundle), *clock, utc_timestamp, rules);
  EB_GET(const auto server, board::Server::listen(site, place.address, place.port, rules.proxies, {}, log));
  place.port = server->port();
  if (command.public_url.empty()) site.set_public_url("http://" + place.text());
  server->start();
  fmt::print("edgebench serve: http://{}\n", place.text());
  std::fflush(stdout);
  while (!was_interrupted()) clock->wait_until_ns(clock->now_ns() + std::chrono::nanoseconds(kLook).count());
  server->stop();
  fmt::print("edgebench serve: stopped\n");
  return Done{};
}

}  // namespace

int serve_command(const ServeCommand& command) {
  watch_for_interrupt();
  const Status done = run_server(command);
  if (done) return exit_ok;
  return complain(done.error().message, done.error().kind == ErrorKind::invalid ? exit_usage : exit_failed);
}

}  // namespace eb
