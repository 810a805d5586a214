// Rails of Google's Pixel phones since the 6: on-device power monitors, which count the energy of each rail.
// Only root and the shell may read them.
#include <fmt/format.h>

#include <optional>

#include "harness/base/sysfs.h"
#include "harness/meters/readers.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

constexpr double kMicro = 1e-6, kMostWatts = 100;  // the files count microwatt seconds
constexpr int kMostChannels = 64;
constexpr std::size_t kMostBytes = 16 << 10;

struct Rail {
  std::string name{};
  std::int64_t energy_uj = 0;
};

// "CH3(T=134343)[S4M_VDD_CPUCL0], 7654321"
std::optional<Rail> parse_rail(std::string_view line) {
  const std::size_t open = line.find('['), close = line.find("], ");
  if (!line.starts_with("CH") || open == std::string_view::npos || close == std::string_view::npos ||
      close < open)
    return std::nullopt;
  Rail rail{.name = std::string(line.substr(open + 1, close - open - 1))};
  std::int64_t value = 0;
  for (const char c : line.substr(close + 3)) {
    if (c < '0' || c > '9' || value > INT64_MAX / 10 - 1) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  rail.energy_uj = value;
  const bool is_clean =
      !rail.name.empty() && rail.name.size() <= 100 &&
      rail.name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.") ==
          std::string::npos;
  return is_clean && line.size() > close + 3 ? std::optional(rail) : std::nullopt;
}

Result<std::vector<Rail>> read_rails(const fs::path& file) {
  EB_GET(const std::string text, read_small_file(file, kMostBytes));
  std::vector<Rail> rails;
  for (std::size_t start = 0; start < text.size() && rails.size() < kMostChannels;) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    if (auto rail = parse_rail(std::string_view(text).substr(start, end - start)))
      rails.push_back(*std::move(rail));
    start = end + 1;
  }
  if (rails.empty()) return Error{ErrorKind::device, fmt::format("{} names no rail", file.string())};
  return rails;
}

ReadFunction reader_of(const fs::path& file, const std::string& name) {
  return [file, name]() -> Result<double> {
    EB_GET(const auto rails, read_rails(file));
    for (const Rail& rail : rails)
      if (rail.name == name) return static_cast<double>(rail.energy_uj) * kMicro;
    return Error{ErrorKind::device, fmt::format("{} has no {} any more", file.string(), name)};
  };
}

void add_rails(const fs::path& device, std::vector<FoundMeter>& all) {
  const fs::path file = device / "energy_value";
  const auto rails = read_rails(file);
  if (!rails) {
    all.push_back(absent("odpm:" + read_name(device / "name"), rails.error().message));
    return;
  }
  for (const Rail& rail : *rails)
    all.push_back(found({.id = "odpm:" + rail.name,
                         .domain = rail.name,
                         .scope = "rail",
                         .evidence = EvidenceClass::p2,
                         .quantity = Quantity::energy_j,
                         .sampling = Sampling::accumulating,
                         .resolution = kMicro,
                         .highest = kMostWatts},
                        reader_of(file, rail.name)));
}

}  // namespace

std::vector<FoundMeter> find_odpm(const fs::path& root) {
  std::vector<FoundMeter> all;
  for (const fs::path& device : entries_like(root / "sys/bus/iio/devices", "iio:device"))
    if (read_name(device / "name").ends_with("-odpm")) add_rails(device, all);
  return all;  // none is nothing to speak of: only some phones have them
}

}  // namespace eb
