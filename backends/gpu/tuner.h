#pragma once
// Finds the fastest tiles for the convolutions and products of a graph by running candidates on the device.
// Slow (seconds to minutes, mostly the driver's compiler); done before a session is ready, never in a timed
// region.
#include "backends/gpu/compute_device.h"
#include "backends/gpu/graph.h"
#include "backends/gpu/tiles.h"

namespace eb::gpu {

// Tries every shape class of `graph` that `known` has no choice for. Gives the choices for these alone.
Result<Tiles> tune(ComputeDevice& device, const Graph& graph, const Tiles& known);

enum class Tuning : std::uint8_t { from_cache, anew };

// The choices for a graph: those in the cache folder; with `anew`, measured now and saved there. An empty
// folder: no cache.
Result<Tiles> tiles_for(ComputeDevice& device, const Graph& graph, const std::filesystem::path& cache_folder,
                        Tuning tuning);

}  // namespace eb::gpu
