#include "backends/gpu/tiles.h"

#include <fmt/format.h>

#include "backends/gpu/kernel_source.h"
#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb::gpu {
namespace {

constexpr std::uint64_t kMaxFileBytes = 4 << 20;
constexpr std::string_view kFormat = "edgebench.tiles/1";

struct MethodName {
  ConvMethod method;
  std::string_view name;
};
constexpr MethodName kMethodNames[] = {{ConvMethod::direct, "direct"},
                                       {ConvMethod::winograd2, "winograd2"},
                                       {ConvMethod::winograd4, "winograd4"}};

std::string_view name_of(ConvMethod method) {
  for (const MethodName& row : kMethodNames)
    if (row.method == method) return row.name;
  return {};
}

// Bounds that a device could be asked for without harm; a file is not trusted.
bool is_sane(const Tile& tile) {
  return tile.tm >= 1 && tile.tm <= 32 && tile.tn >= 1 && tile.tn <= 16 && tile.lanes >= 1 &&
         tile.lanes <= 256;
}

std::optional<ConvChoice> choice_of(const nlohmann::json& json) {
  if (!json.is_array() || json.size() != 5 || !json[0].is_string() || !json[4].is_boolean()) return {};
  for (std::size_t i = 1; i < 4; ++i)
    if (!json[i].is_number_integer()) return {};
  const auto small = [&](std::size_t i) {
    const auto number = json[i].get<std::int64_t>();
    return static_cast<int>(number >= 0 && number <= 1024 ? number : 0);
  };
  const Tile tile{small(1), small(2), small(3), json[4].get<bool>()};
  if (!is_sane(tile)) return {};
  for (const MethodName& row : kMethodNames)
    if (row.name == json[0].get<std::string>()) return ConvChoice{row.method, tile};
  return {};
}

// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

std::string ProductShape::key() const {
  return fmt::format("product {}x{}x{} taps {}{}", rows, inputs, outputs, taps,
                     may_winograd ? " winograd" : "");
}

std::string DepthwiseShape::key() const {
  return fmt::format("depthwise {} wide x{} stride {}", width, channels, stride);
}

ConvChoice Tiles::choose(const DeviceInfo& device, const ProductShape& shape) const {
  const auto found = choices_.find(shape.key());
  if (found == choices_.end()) return preset_for(device, shape);
  if (found->second.method != ConvMethod::direct && !shape.may_winograd) return preset_for(device, shape);
  return found->second;
}

Tile Tiles::choose(const DeviceInfo& device, const DepthwiseShape& shape) const {
  const auto found = choices_.find(shape.key());
  return found == choices_.end() ? preset_for(device, shape) : found->second.tile;
}

std::filesystem::path Tiles::file_in(const std::filesystem::path& cache_folder, const DeviceInfo& device) {
  return cache_folder /
         fmt::format("tiles-{:016x}-{:016x}.json", hash_of(device.fingerprint), kernels_hash());
}

Tiles Tiles::load(const std::filesystem::path& file) {
  Tiles tiles;
  const auto text = read_file(file, kMaxFileBytes);
  if (!text) return tiles;
  const auto json = parse_json(*text);
  if (!json.is_object() || json.value("format", "") != kFormat || !json.contains("tiles")) return tiles;
  const auto& entries = json["tiles"];
  if (!entries.is_object()) return tiles;
  for (const auto& [key, entry] : entries.items())
    if (const auto choice = choice_of(entry)) tiles.choices_[key] = *choice;
  return tiles;
}

Status Tiles::save(const std::filesystem::path& file) const {
  // A first session with --retune saves before anything else has made the cache's folder.
  EB_OK(make_writable_folder(file.parent_path()));
  Tiles all = load(file);
  for (const auto& [key, choice] : choices_) all.choices_[key] = choice;
  nlohmann::json entries = nlohmann::json::object();
  for (const auto& [key, choice] : all.choices_)
    entries[key] = {name_of(choice.method), choice.tile.tm, choice.tile.tn, choice.tile.lanes,
                    choice.tile.lanes_on_channels};
  const nlohmann::json json = {{"format", kFormat}, {"tiles", std::move(entries)}};
  return write_file_atomic(file, json.dump(1) + "\n");
}

}  // namespace eb::gpu
