#pragma once
// Audits: what tells a device that is fast from a provider that is fast where it is measured. Each compares a
// run that a cheat would make faster with one that is as much honest work, in turns (race.h).
#include <cstdint>
#include <string>

#include "harness/base/clock.h"
#include "harness/core/backend.h"
#include "harness/core/workload.h"

namespace eb {

// Below this signal to noise two answers of one device to one question are not the same. Sums in another
// order, which parallel hardware may choose anew in each run, cost less even in halves; an answer of 8 bits
// in the place of one of 16, or that of another sample, is far below.
inline constexpr double kSameAnswerDb = 40;

// What is audited, warmed up.
struct Audited {
  const Workload& workload;
  Session& session;
  Clock& clock;
  std::uint64_t seed = 0;     // another one for each run, so that no provider can know it
  bool is_repeatable = true;  // the model answers the same twice, so that answers may be compared
};

// What an audit came to.
struct AuditFinding {
  enum class Outcome : std::uint8_t { passed, caught, not_run };
  Outcome outcome = Outcome::passed;
  std::string why{};  // it did not pass
};

// The same samples in another order: as fast, and answered in the same way? Finds who knows what comes next.
Result<AuditFinding> audit_seed(const Audited& audited);

// One sample again and again, against inputs that were never given before. Finds who keeps answers.
Result<AuditFinding> audit_cache(const Audited& audited);

// The same model under other names, in a session of its own on the same device; its inputs and outputs are
// called as those of the audited one. Finds who knows models by their names.
Result<AuditFinding> audit_name(const Audited& audited, Session& renamed);

}  // namespace eb
