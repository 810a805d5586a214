#pragma once
// A backend against the CPU backend, on the same model and inputs: are the answers the same, and does the
// host do the work that the device should?
#include <optional>

#include "harness/base/clock.h"
#include "harness/core/backend.h"
#include "harness/core/workload.h"
#include "harness/run/answers.h"

namespace eb {

struct Agreement {
  // Of all outputs of all samples looked at; absent where they cannot be compared (types that are no numbers
  // of ours, or a model whose answers differ between two runs of the CPU backend).
  std::optional<double>
      sqnr_db{};  // signal to noise, the CPU backend's answer being the signal; at most kMostDb
  std::optional<double> cosine{};
};

// Runs the first samples on both. Both sessions are of the same model.
Result<Agreement> compare(const Workload& workload, Session& session, Session& reference);

// Processor time of the host for a run, of all threads: the mean without the quarter that took most, since
// what a hypervisor takes from a processor counts as the time of whoever had it. While no other session is
// open: threads of an idle one wait actively.
Result<double> host_cpu_ms(const Workload& workload, Session& session, Clock& clock);

}  // namespace eb
