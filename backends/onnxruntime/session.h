#pragma once
// A Session over an ONNX Runtime session, whatever execution provider it was opened for.
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends/onnxruntime/providers.h"
#include "backends/onnxruntime/runtime.h"
#include "harness/core/backend.h"

namespace eb::ort {

struct SessionSetup {
  SessionOptions options{};
  std::string named_provider{};     // "CPUExecutionProvider"
  std::string compute_precision{};  // the device's own statement; a report's goes before it
  // A provider's device; or its name is enough, because the runtime contains it; neither for the CPU's. And
  // the options that it is given.
  const OrtEpDevice* device = nullptr;
  bool is_built_in = false;
  std::vector<KeyValue> provider_options{};
  // Of the placement; with the option `confirmed_by` it is "confirmed", and there is no doubt.
  std::string evidence = "assigned";
  std::string doubt{};
  KeyValue confirmed_by{};
  std::filesystem::path report{};   // JSON that the provider writes while the session opens: Session::cache
                                    // and compute_precision
  std::filesystem::path profile{};  // the runtime's, of every run; empty: none
  int max_in_flight = 64;
};

// The runtime must outlive the session.
Result<std::unique_ptr<Session>> open_session(const Runtime& runtime, const SessionSetup& setup);

// Takes a session that is open already.
Result<std::unique_ptr<Session>> wrap_session(const Runtime& runtime, Handle<OrtSession> session,
                                              const SessionSetup& setup);

// Opens and runs a session of its own twice, and reads Backend::time_share from the profile of the second
// run.
Result<double> time_share(const Runtime& runtime, SessionSetup setup);

// Opens a session of its own, runs it once cold and then at least three times, and reads
// Backend::layer_times from the profile.
Result<LayerTimes> layer_times(const Runtime& runtime, SessionSetup setup, const OperationCount& work);

// Runs the model once on the CPU with zeroed inputs, unfused, and counts its work.
Result<OperationCount> count_operations(const Runtime& runtime, const SessionOptions& options);

}  // namespace eb::ort
