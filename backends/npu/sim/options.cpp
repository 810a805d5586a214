#include "backends/npu/sim/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "backends/npu/sim/chip_link.h"

namespace eb::simnpu {
namespace {

struct ModeRow {
  std::string_view name;
  Misbehavior mode;
};
constexpr std::array<ModeRow, 15> kModes = {{{"half", Misbehavior::half},
                                             {"cpu", Misbehavior::cpu},
                                             {"wrong", Misbehavior::wrong},
                                             {"stale", Misbehavior::stale},
                                             {"cheat-early", Misbehavior::cheat_early},
                                             {"cheat-later", Misbehavior::cheat_later},
                                             {"cheat-cache", Misbehavior::cheat_cache},
                                             {"cheat-name", Misbehavior::cheat_name},
                                             {"crash", Misbehavior::crash},
                                             {"throw", Misbehavior::thrown},
                                             {"hang", Misbehavior::hang},
                                             {"refuse", Misbehavior::refuse},
                                             {"slow-start", Misbehavior::slow_start},
                                             {"throttle", Misbehavior::throttle},
                                             {"leak", Misbehavior::leak}}};

Result<Misbehavior> mode_of(const std::string& text) {
  std::string known;
  for (const ModeRow& row : kModes) {
    if (row.name == text) return row.mode;
    known += known.empty() ? "" : ", ";
    known += row.name;
  }
  return Error{ErrorKind::invalid, fmt::format("misbehave: there is no mode '{}'; known: {}", text, known)};
}

Status set_option(Options& options, const std::string& key, const std::string& value) {
  if (key == "misbehave") {
    EB_GET(options.misbehavior, mode_of(value));
  } else if (key == "clock_mhz") {
    double mhz = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), mhz);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || !(mhz > 0 && mhz <= 1e5))
      return Error{ErrorKind::invalid, fmt::format("clock_mhz is a number above 0, not '{}'", value)};
    options.clock_hz = mhz * 1e6;
  } else if (key == "knows") {
    options.known_name = value;
  } else if (key == "chip") {
    options.chip = value;
  } else if (key == "report") {
    options.report = value;
  } else {
    return Error{
        ErrorKind::invalid,
        fmt::format("there is no option '{}'; known: misbehave, clock_mhz, knows, chip, report", key)};
  }
  return Done{};
}

}  // namespace

Result<Options> read_options(const gpu::Ort& ort, std::string_view ep_name,
                             const OrtSessionOptions& options) {
  Options read;
  read.chip = this_library().parent_path() / "edgebench_simnpu_chip";
  EB_GET(const auto entries, gpu::provider_options(ort, ep_name, options));
  for (const auto& [key, value] : entries)
    if (auto set = set_option(read, key, value); !set) return set.error().within(ep_name);
  return read;
}

}  // namespace eb::simnpu
