#pragma once
#include "harness/app/commands.h"

namespace CLI {
class App;
}

namespace eb {

// The options of `edgebench noise`, apart from --models and --zoo, which every command has.
void declare_noise(CLI::App& app, NoiseCommand& command);

}  // namespace eb
