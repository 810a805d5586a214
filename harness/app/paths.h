#pragma once
// Where things are on this machine, from the environment; asked once, at the start.
#include <filesystem>
#include <vector>

namespace eb {

// The user's own; empty when it is not known.
std::filesystem::path home_folder();

// $EDGEBENCH_CACHE, else the user's cache folder + "/edgebench"; empty when neither is known.
std::filesystem::path cache_folder();

// Where to look for ONNX Runtime, in order: $ONNXRUNTIME_ROOT, beside this program, the system, the cache.
std::vector<std::filesystem::path> onnxruntime_candidates();

}  // namespace eb
