#pragma once
// What the parser knows of the commands, as plain values: for the manual page and for completion in shells.
// No command and no option is named here.
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace eb {

// "--backend", "--backends"; "--layers", "--no-layers"; "-h", "--help". Empty: it has no name, only a place.
std::vector<std::string> option_names(const CLI::Option& option);

// What its value is, in the help's word: "DIR", "BACKEND,..." or, of few, "table|json". Empty: it takes none.
std::string value_kind(const CLI::Option& option);

// Those that the help shows, in its order.
std::vector<const CLI::App*> shown_commands(const CLI::App& app);
std::vector<const CLI::Option*> named_options(const CLI::App& app);
std::vector<const CLI::Option*> placed_options(const CLI::App& app);

}  // namespace eb
