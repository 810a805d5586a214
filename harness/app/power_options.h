#pragma once
// The options of `run` about power, heat and long windows.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "harness/app/commands.h"

namespace eb {

// As given.
struct PowerTexts {
  std::optional<std::string> sustained{}, cool_down{};
};

void declare_power(CLI::App& app, RunCommand& command, PowerTexts& raw);
// Once they are parsed. An error is bad usage.
Status set_power(const PowerTexts& raw, RunCommand& command);

}  // namespace eb
