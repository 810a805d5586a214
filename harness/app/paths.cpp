#include "harness/app/paths.h"

#include <cstdlib>
#include <initializer_list>

#include "harness/base/process.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

// Every name that the library has on one of our systems; the wrong ones are simply not there.
constexpr const char* kNames[] = {"libonnxruntime.so.1", "libonnxruntime.so", "libonnxruntime.dylib",
                                  "onnxruntime.dll"};

fs::path environment_path(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value ? fs::path(value) : fs::path();
}

void add_folder(const fs::path& folder, std::vector<fs::path>& candidates) {
  if (folder.empty()) return;
  std::error_code code;
  for (const char* name : kNames)
    if (fs::exists(folder / name, code)) candidates.push_back(folder / name);
}

// Where the libraries that come with this program are: beside it in a build, else where it is installed.
std::vector<fs::path> library_folders() {
  const auto program = this_program();
  if (!program) return {};
  const fs::path beside = program->parent_path();
  return {beside, beside.parent_path() / "lib" / "edgebench", beside.parent_path() / "lib64" / "edgebench"};
}

// Ours, below the first of `variables` that is set, else below `usual` of the home.
fs::path user_folder(std::initializer_list<const char*> variables, const char* usual) {
  for (const char* name : variables)
    if (auto base = environment_path(name); !base.empty()) return base / "edgebench";
  if (auto home = home_folder(); !home.empty()) return home / usual / "edgebench";
  return {};
}

}  // namespace

fs::path home_folder() {
  return environment_path("HOME");
}

fs::path cache_folder() {
  if (auto own = environment_path("EDGEBENCH_CACHE"); !own.empty()) return own;
  return user_folder({"XDG_CACHE_HOME", "LOCALAPPDATA"}, ".cache");
}

fs::path config_folder() {
  return user_folder({"XDG_CONFIG_HOME", "APPDATA"}, ".config");
}

fs::path state_folder() {
  return user_folder({"XDG_STATE_HOME", "LOCALAPPDATA"}, ".local/state");
}

fs::path models_folder() {
  std::error_code code;
  if (const auto program = this_program()) {
    fs::path installed = program->parent_path().parent_path() / "share" / "edgebench" / "models";
    if (fs::is_directory(installed, code)) return installed;
  }
  return cache_folder() / "models";
}

std::vector<fs::path> onnxruntime_candidates() {
  std::vector<fs::path> candidates;
  if (const auto root = environment_path("ONNXRUNTIME_ROOT"); !root.empty())
    add_folder(root / "lib", candidates);
  for (const fs::path& folder : library_folders()) add_folder(folder, candidates);
  if (const auto program = this_program())
    add_folder(program->parent_path().parent_path() / "lib", candidates);
  for (const char* name : kNames) candidates.emplace_back(name);
  if (const auto cache = cache_folder(); !cache.empty())
    add_folder(cache / "onnxruntime" / "lib", candidates);
  return candidates;
}

std::vector<fs::path> ep_folders() {
  if (const auto own = environment_path("EDGEBENCH_EP_FOLDER"); !own.empty()) return {own};
  return library_folders();
}

std::vector<fs::path> ep_library_candidates(const std::string& backend) {
  std::vector<fs::path> candidates;
  for (const fs::path& folder : ep_folders()) {
    candidates.push_back(folder / ("libedgebench_" + backend + ".so"));
    candidates.push_back(folder / ("edgebench_" + backend + ".dll"));
  }
  return candidates;
}

}  // namespace eb
