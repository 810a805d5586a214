#pragma once
// Where things are on this machine, from the environment; asked once, at the start.
#include <filesystem>
#include <string>
#include <vector>

namespace eb {

// The user's own; empty when it is not known.
std::filesystem::path home_folder();

// $EDGEBENCH_CACHE, else the user's cache folder + "/edgebench"; empty when neither is known.
std::filesystem::path cache_folder();

// The user's folders + "/edgebench": of settings, such as keys, and of what the program is in the middle of;
// empty when neither they nor the home are known.
std::filesystem::path config_folder();
std::filesystem::path state_folder();

// Models and samples of the zoo: those that are installed with this program (../share/edgebench/models), else
// the cache's.
std::filesystem::path models_folder();

// Where to look for ONNX Runtime, in order: $ONNXRUNTIME_ROOT, beside this program and where it is installed,
// the system, the cache.
std::vector<std::filesystem::path> onnxruntime_candidates();

// Where libraries of execution providers are looked for: in $EDGEBENCH_EP_FOLDER if that is set, else beside
// this program and where it is installed.
std::vector<std::filesystem::path> ep_folders();

// Where the library of a backend's execution provider may be, in order.
std::vector<std::filesystem::path> ep_library_candidates(const std::string& backend);

}  // namespace eb
