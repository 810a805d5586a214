#include "harness/lab/inventory.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "harness/base/files.h"
#include "harness/base/json_schema.h"

namespace eb::lab {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uint64_t kMostBytes = 64 << 20;

// The schema has checked every type.
std::string text_at(const Json& json, const char* key) {
  return json.value(key, std::string());
}

std::vector<std::string> texts_at(const Json& json, const char* key) {
  return json.value(key, std::vector<std::string>());
}

fs::path path_at(const Json& json, const char* key, const fs::path& folder) {
  const auto at = json.find(key);
  return at == json.end() ? fs::path() : folder / fs::path(at->get<std::string>());
}

PowerSwitch power_switch_of(const Json& json, const fs::path& folder) {
  PowerSwitch power{.off = texts_at(json, "off"),
                    .on = texts_at(json, "on"),
                    .off_s = json.value("off_s", 5.0),
                    .boot_s = json.value("boot_s", 60.0),
                    .secret = {}};
  if (const auto secret = json.find("secret"); secret != json.end())
    power.secret = SecretPlace{.variable = text_at(*secret, "env"), .file = path_at(*secret, "file", folder)};
  return power;
}

Result<Board> board_of(const Json& json, const fs::path& folder) {
  Board board{.id = text_at(json, "id"),
              .board_class = text_at(json, "class"),
              .meter = text_at(json, "meter"),
              .models = text_at(json, "models"),
              .notes = text_at(json, "notes"),
              .address = {},
              .identity = path_at(json, "identity", folder),
              .bundle = path_at(json, "bundle", folder),
              .tags = texts_at(json, "tags"),
              .power_switch = {},
              .cool_down_s = json.value("cool_down_s", 0.0)};
  if (json.contains("address")) {
    auto address = parse_address(text_at(json, "address"));
    if (!address) return address.error().within(fmt::format("board {}: address", board.id));
    board.address = *std::move(address);
  }
  if (const auto power = json.find("power_switch"); power != json.end())
    board.power_switch = power_switch_of(*power, folder);
  return board;
}

}  // namespace

Result<Address> parse_address(std::string_view text) {
  Address address;
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    address.user = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  const std::size_t colon = text.rfind(':');
  const bool is_bracketed = text.starts_with('[');
  if (colon != std::string_view::npos && (!is_bracketed || text[colon - 1] == ']')) {
    const std::string_view port = text.substr(colon + 1);
    const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (problem != std::errc() || end != port.data() + port.size() || address.port < 1 ||
        address.port > 65535)
      return Error{ErrorKind::invalid, "the port is not a number from 1 to 65535"};
    text = text.substr(0, colon);
  }
  if (is_bracketed && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  address.host = text;
  if (address.host.empty() || address.host.starts_with('-') || address.user.starts_with('-'))
    return Error{ErrorKind::invalid, "it is not USER@HOST:PORT"};
  return address;
}

Result<Inventory> inventory_from_json(std::string_view text, std::string_view name, const fs::path& folder) {
  EB_GET(const Json json, read_json(text, lab_inventory_schema(), name));
  Inventory inventory{.known_hosts = path_at(json, "known_hosts", folder), .boards = {}};
  std::set<std::string> ids;
  for (const Json& item : json.at("boards")) {
    auto board = board_of(item, folder);
    if (!board) return board.error().within(name);
    if (!ids.insert(board->id).second)
      return Error{ErrorKind::invalid, fmt::format("{}: two boards have the id {}", name, board->id)};
    inventory.boards.push_back(*std::move(board));
  }
  return inventory;
}

Result<Inventory> read_inventory(const fs::path& file) {
  EB_GET(const std::string text, read_file(file, kMostBytes));
  return inventory_from_json(text, file.string(), fs::absolute(file).parent_path());
}

}  // namespace eb::lab
