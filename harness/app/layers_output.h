#pragma once
// What --layers adds to a run: what each layer of every cell's model takes.
#include <filesystem>
#include <string>

#include "harness/core/run.h"

namespace eb {

// The slowest layers of each cell, for a terminal; `width_columns` 0: no limit.
std::string layer_tables(const Run& run, int width_columns, bool colour);

// Writes `layers.json` into the folder: see results/README.md. What follows from peaks is in it, too. Returns
// the file.
Result<std::filesystem::path> write_layers(const Run& run, const std::filesystem::path& folder);

}  // namespace eb
