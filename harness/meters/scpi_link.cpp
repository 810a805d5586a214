#include <fmt/format.h>

#include <algorithm>

#include "harness/base/line_channel.h"
#include "harness/meters/scpi.h"

namespace eb {
namespace {

constexpr double kUsualBaud = 115200;

class SocketLink final : public ScpiLink {
 public:
  SocketLink(std::unique_ptr<Stream> stream, Clock& clock, std::string peer)
      : channel_(std::move(stream), clock, std::move(peer), {.limit = kScpiLimit}) {}
  Status write(std::string_view command) override { return channel_.send(command); }
  Result<std::string> ask(std::string_view query) override { return channel_.ask(query); }

 private:
  LineChannel channel_;
};

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return text;
}

}  // namespace

std::unique_ptr<ScpiLink> make_socket_link(std::unique_ptr<Stream> stream, Clock& clock, std::string peer) {
  return std::make_unique<SocketLink>(std::move(stream), clock, std::move(peer));
}

Result<std::unique_ptr<ScpiLink>> open_link(const InstrumentSpec& spec, const InstrumentWorld& world,
                                            const std::string& transport, std::uint16_t port) {
  if (spec.host.empty() && spec.name.starts_with('/')) {
    EB_GET(const double baud, spec.number("baud", kUsualBaud, 1, 1e6));
    EB_GET(auto stream, world.open_port(spec.name, static_cast<int>(baud)));
    return make_socket_link(std::move(stream), *world.clock, spec.name);
  }
  if (spec.host.empty())
    return spec.wrong(fmt::format("say where it is, as in {}://192.168.1.20", spec.kind));
  if (transport == "vxi11") return open_vxi11_link(spec.host, world);
  const std::uint16_t used = spec.port != 0 ? spec.port : port;
  EB_GET(auto stream, world.connect(spec.host, used));
  return make_socket_link(std::move(stream), *world.clock, fmt::format("{}:{}", spec.host, used));
}

Result<Identity> identify(ScpiLink& link, const InstrumentSpec& spec, std::string_view wanted) {
  EB_GET(const std::string answer, link.ask("*IDN?"));
  const auto parts = split_text(answer, ',');
  if (parts.size() < 2 || upper(answer).find(wanted) == std::string::npos)
    return spec.wrong(
        fmt::format("*IDN? says '{}', which is not what was asked for: another dialect or another host",
                    printable(answer)));
  const auto trimmed = [](const std::string& text) {
    const std::size_t first = text.find_first_not_of(' '), last = text.find_last_not_of(' ');
    return first == std::string::npos ? "" : printable(text.substr(first, last - first + 1));
  };
  return Identity{trimmed(parts[0]), trimmed(parts[1]), printable(answer)};
}

Status check_scpi_errors(ScpiLink& link, std::string_view query) {
  EB_GET(const std::string answer, link.ask(query));
  const auto number = parse_number(split_text(answer, ',')[0]);
  if (!number || *number != 0)
    return Error{ErrorKind::device, fmt::format("the instrument refused its set-up: {}", printable(answer))};
  return Done{};
}

}  // namespace eb
