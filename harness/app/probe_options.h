#pragma once
#include "harness/app/commands.h"

namespace CLI {
class App;
}

namespace eb {

void declare_probe(CLI::App& app, ProbeCommand& command);

}  // namespace eb
