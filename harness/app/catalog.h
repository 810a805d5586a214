#pragma once
// The one place that knows every part by name.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "harness/core/backend.h"
#include "harness/core/reporter.h"
#include "harness/run/ep_settings.h"
#include "harness/run/host.h"
#include "harness/run/measure.h"

namespace eb {

std::vector<std::string> backend_names();
std::vector<std::string> own_library_names();  // backends of one execution provider each
// The names before the colon of the ids that a backend's devices may have; empty: they have none.
std::vector<std::string> device_sources(const std::string& backend, const EpSettings& ep);
std::vector<std::string> scenario_names();
std::vector<std::string> precision_names();
std::vector<std::string> format_names();

// `device`: the id of the only one that is wanted, so that no other vendor's library is loaded; empty: all.
Result<std::unique_ptr<Backend>> make_backend(const std::string& name, const Host& host, const EpSettings& ep,
                                              const std::string& device);
// The API whose devices a backend uses; absent for those that are no API of ours.
std::optional<gpu::Api> gpu_api(const std::string& backend);

// Null if there is none of that name.
std::unique_ptr<Reporter> make_reporter(const std::string& format);

// What a child needs to do its jobs.
Parts make_parts(const Host& host, const EpSettings& ep, const std::string& device);

}  // namespace eb
