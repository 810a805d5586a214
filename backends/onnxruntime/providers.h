#pragma once
// Execution providers of a session: which the runtime contains, how one is put before the CPU's, and what its
// options were.
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/onnxruntime/runtime.h"

namespace eb::ort {

using KeyValue = std::pair<std::string, std::string>;

// The entries of a session's own options are among those of its provider: their keys begin like this.
inline constexpr std::string_view kSessionKey = "session.";

// Names of the providers that this runtime was built with, whether they can start or not.
Result<std::vector<std::string>> built_in_providers(const Runtime& runtime);

// Of libraries that are registered, and those that the runtime itself lists.
Result<std::vector<const OrtEpDevice*>> ep_devices(const Runtime& runtime);

Result<Handle<OrtSessionOptions>> new_session_options(const Runtime& runtime);

// `device`: of a provider that has some; null: `provider` is built in, and is appended by its name. An option
// that it does not know is an error.
Status append_provider(const Runtime& runtime, std::string_view provider, const OrtEpDevice* device,
                       std::span<const KeyValue> options, OrtSessionOptions* to);

// Whether a session opens with this option: among `options`, or, for an entry of the session, in `made`.
bool is_set(const Runtime& runtime, const OrtSessionOptions* made, std::span<const KeyValue> options,
            const KeyValue& wanted);

// "htp_performance_mode=burst; cache=PATH": for records, so without paths, in printable characters, and
// bounded. `report`: an option of ours with this value is left out.
std::string option_text(std::span<const KeyValue> options, std::string_view report = {});

}  // namespace eb::ort
