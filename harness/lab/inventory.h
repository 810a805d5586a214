#pragma once
// The boards of a lab, from a file by results/schema/edgebench.lab-inventory.1.json. It says where secrets
// are and never has one; nothing here opens what it names.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb::lab {

// One of both.
struct SecretPlace {
  std::string variable{};  // of the environment
  std::filesystem::path file{};
};

struct PowerSwitch {
  std::vector<std::string> off{}, on{};  // a program and its arguments
  double off_s = 0, boot_s = 0;
  std::optional<SecretPlace> secret{};
};

// USER@HOST:PORT in parts.
struct Address {
  std::string user{}, host{};  // the user may be empty
  int port = 22;
};
Result<Address> parse_address(std::string_view text);

struct Board {
  std::string id{}, board_class{}, meter{}, models{}, notes{};
  std::optional<Address> address{};
  std::filesystem::path identity{}, bundle{};  // empty where it has none
  std::vector<std::string> tags{};
  std::optional<PowerSwitch> power_switch{};
  double cool_down_s = 0;
};

struct Inventory {
  std::filesystem::path known_hosts{};
  std::vector<Board> boards{};  // each id once
};

// `name` is what messages call the text; paths in it are relative to `folder`.
Result<Inventory> inventory_from_json(std::string_view text, std::string_view name,
                                      const std::filesystem::path& folder);
Result<Inventory> read_inventory(const std::filesystem::path& file);

}  // namespace eb::lab

namespace eb {

// The text of the schema, which travels inside the program.
std::string_view lab_inventory_schema();

}  // namespace eb
