#pragma once
// Where things are on this machine, from the environment; asked once, at the start.
#include <filesystem>
#include <vector>

namespace eb {

// $EDGEBENCH_CACHE, else the user's cache folder + "/edgebench"; empty when neither is known.
std::filesystem::path cache_folder();

// Where to look for ONNX Runtime, in order: $ONNXRUNTIME_ROOT, beside this program, the cache, the system.
std::vector<std::filesystem::path> onnxruntime_candidates();

}  // namespace eb
