#pragma once
// The ONNX Runtime library, opened at run time: its C API, one environment, and RAII for its handles.
// Never linked; without the library everything else of edgebench works.
#include <onnxruntime_c_api.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/result.h"

namespace eb::ort {

// What the runtime and its providers write: a provider that tells more may be many times slower.
inline constexpr OrtLoggingLevel kLogLevel = ORT_LOGGING_LEVEL_ERROR;
inline constexpr const char* kLogLevelName = "error";
inline constexpr std::uint32_t kOldestApi = 17;  // functions of every version since are used without asking
inline constexpr std::uint32_t kPluginApi = 23;  // execution providers in libraries of their own
inline constexpr std::uint32_t kAssignmentApi = 24;  // Session_GetEpGraphAssignmentInfo

template <class T>
using Handle = std::unique_ptr<T, void (*)(T*)>;

class Runtime {
 public:
  // Tries the candidates in order; a path or a bare library name. `unavailable` says what to do.
  static Result<std::unique_ptr<Runtime>> open(const std::vector<std::filesystem::path>& candidates);

  const OrtApi& api() const { return *api_; }
  // The lower of the header's and the library's version: nothing newer may be called.
  std::uint32_t api_version() const { return api_version_; }
  const std::string& version() const { return version_; }
  const std::filesystem::path& library() const { return library_; }
  OrtEnv* env() const { return env_.get(); }

  // Takes the status. The message is cut to one sentence.
  Status check(OrtStatus* status) const;

 private:
  Runtime(const OrtApi* api, std::uint32_t api_version, std::string version, std::filesystem::path library,
          OrtEnv* env)
      : api_(api),
        api_version_(api_version),
        version_(std::move(version)),
        library_(std::move(library)),
        env_(env, api->ReleaseEnv) {}

  const OrtApi* api_;
  std::uint32_t api_version_;
  std::string version_;
  std::filesystem::path library_;
  Handle<OrtEnv> env_;
};

}  // namespace eb::ort
