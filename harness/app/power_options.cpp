#include "harness/app/power_options.h"

#include <fmt/format.h>

namespace eb {

void declare_power(CLI::App& app, RunCommand& command, PowerTexts& raw) {
  app.add_option(
         "--meter", command.options.meters,
         "Meters of power, by the ids of edgebench list meters, or the SPEC of an instrument as it shows; "
         "auto: the widest scope there is; none: no power, heat or clocks  [auto]")
      ->delimiter(',')
      ->type_name("METER,...");
  app.add_option("--meter-root", command.meter_root,
                 "Look for meters in the sys folder below DIR, as edgebench list meters --root does  [/]")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  app.add_option("--ambient", command.ambient_c,
                 "Temperature of the room, which edgebench cannot measure, for the report")
      ->type_name("DEGC");
  app.add_option(
         "--sustained", raw.sustained,
         "One long window a cell, as in 30m, told minute by minute: how fast a device stays when it is "
         "hot, and when it slows down")
      ->type_name("TIME");
  app.add_option(
         "--cool-down", raw.cool_down,
         "At most this long between cells, or none: ends when no temperature sensor falls by 0.1 degC in "
         "10 s  [quick: none, standard: 60s, or 5s without a sensor; official: 180s, 30s]")
      ->type_name("TIME");
}

Status set_power(const PowerTexts& raw, RunCommand& command) {
  if (raw.sustained) {
    auto seconds = parse_duration_s(*raw.sustained);
    if (!seconds) return seconds.error().within("--sustained");
    constexpr double kLongestS = 24 * 3600;
    if (*seconds > kLongestS) return Error{ErrorKind::invalid, "--sustained: at most 24h"};
    command.options.sustained_s = *seconds;
  }
  if (raw.cool_down && *raw.cool_down == "none") {
    command.options.cool_down_s = 0;
  } else if (raw.cool_down) {
    auto seconds = parse_duration_s(*raw.cool_down);
    if (!seconds) return seconds.error().within("--cool-down");
    command.options.cool_down_s = *seconds;
  }
  constexpr double kColdestC = -50, kHottestC = 90;
  if (const auto& ambient_c = command.ambient_c;
      ambient_c && !(*ambient_c >= kColdestC && *ambient_c <= kHottestC))
    return Error{ErrorKind::invalid, fmt::format("--ambient: {} is not from {} to {} degrees Celsius",
                                                 *ambient_c, kColdestC, kHottestC)};
  return Done{};
}

}  // namespace eb
