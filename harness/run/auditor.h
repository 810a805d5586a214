#pragma once
// Does the audits of a job, and writes what they came to into its records.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/clock.h"
#include "harness/core/backend.h"
#include "harness/core/record.h"
#include "harness/core/workload.h"
#include "harness/run/answers.h"
#include "harness/run/audits.h"
#include "harness/run/drive.h"
#include "harness/run/job.h"
#include "harness/run/sampled_answers.h"

namespace eb {

// As rename_model of backends/onnxruntime: the model under other names.
using RenameModel = std::function<Status(const std::filesystem::path& model, const std::filesystem::path& to,
                                         std::uint64_t seed)>;

// What a job has opened.
struct AuditedSession {
  Workload& workload;
  Backend& backend;
  Session& session;
  SessionOptions options;  // that it was opened with
};

// Of one job. Without audits in the job it does nothing.
class Auditor {
 public:
  // `names`: of kAuditNames. `rename` may be empty: then the audit of names cannot be run.
  Auditor(std::vector<std::string> names, RenameModel rename, Clock& clock);

  // Told of each answer of the pass that the judge sees.
  void keep_answer(std::size_t sample, std::span<const Tensor> outputs);
  // After that pass, or in its place where there is no judge.
  Status finish_answers(Workload& workload, Session& session);

  // From now on the lanes' answers are sampled; they must stay where they are.
  void watch(std::span<LoadedLane> lanes, std::size_t expected_runs);
  // After the window of these lanes. The audits that do not depend on a window are done once, after the
  // first. What was passed is in the record; if one caught something, the record is rejected, and has no
  // speed.
  Status audit(const AuditedSession& audited, std::span<LoadedLane> lanes, RunRecord& record);

  bool is_needed() const { return !names_.empty(); }

 private:
  bool has(std::string_view name) const;
  Status audit_session(const AuditedSession& audited, const RunRecord& record);
  Result<AuditFinding> run_audit(std::string_view name, const AuditedSession& audited,
                                 const RunRecord& record);
  Result<AuditFinding> audit_names(const AuditedSession& audited, const RunRecord& record);
  // The model under other names, written to `folder`.
  Result<std::unique_ptr<Session>> open_renamed(const AuditedSession& audited,
                                                const std::filesystem::path& folder,
                                                std::uint64_t seed) const;
  Result<AuditFinding> audit_placement(const AuditedSession& audited, const RunRecord& record,
                                       const std::filesystem::path& model, Session& renamed) const;
  Result<AuditFinding> audit_names_again(const AuditedSession& audited, const std::filesystem::path& folder,
                                         std::uint64_t round) const;
  AuditFinding audit_accuracy(std::span<const LoadedLane> lanes) const;

  std::vector<std::string> names_;
  RenameModel rename_;
  Clock& clock_;
  std::uint64_t seed_;
  AnswerBook book_{};
  bool is_repeatable_ = true;
  std::vector<std::unique_ptr<AnswerSampler>> samplers_{};         // one a lane
  std::optional<std::map<std::string, AuditFinding>> findings_{};  // of the session, once they are there
};

}  // namespace eb
