#pragma once
// --layers of run and verify.
#include <CLI/CLI.hpp>

#include "harness/run/plan.h"

namespace eb {

// Layers are timed as `unasked` says where the user says nothing.
void declare_layers(CLI::App& app, LayerTiming unasked, RunOptions& options);

}  // namespace eb
