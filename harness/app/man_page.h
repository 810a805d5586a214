#pragma once
// The manual page, from the description of the commands that the parser has.
#include <string>

namespace CLI {
class App;
}

namespace eb {

struct ManTitle {
  std::string version{};
  std::string date{};  // of the sources, as in 2026-12-01
};

// In the man macros of roff, section 1: every shown command with all of its options.
std::string man_page(const CLI::App& app, const ManTitle& title);

}  // namespace eb
