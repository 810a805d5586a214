#include "harness/run/auditor.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/files.h"
#include "harness/run/audit_names.h"
#include "harness/run/renamed_session.h"

namespace eb {
namespace {

constexpr std::size_t kAnswersWithoutJudge = 32;
constexpr double kSameShare = 0.05;  // of MACs on the device: less is a matter of rounding and of small nodes

// A cheat has no times: none that was measured, and none that could be computed from what was.
void reject(std::string reason, RunRecord& record) {
  record.status = RunStatus::rejected;
  record.reason = std::move(reason);
  for (auto number :
       {&RunRecord::window_s, &RunRecord::open_ms, &RunRecord::first_inference_ms, &RunRecord::warmup_ms})
    (record.*number).reset();
  for (auto count : {&RunRecord::queries, &RunRecord::samples, &RunRecord::warmup_queries})
    (record.*count).reset();
}

void tell(std::string_view name, const AuditFinding& finding, RunRecord& record) {
  switch (finding.outcome) {
    case AuditFinding::Outcome::passed:
      record.audits.emplace_back(name);
      break;
    case AuditFinding::Outcome::not_run:
      record.warnings.push_back(fmt::format("audit {} could not be run: {}", name, finding.why));
      break;
    case AuditFinding::Outcome::caught:
      if (record.status == RunStatus::ok) reject(fmt::format("audit {}: {}", name, finding.why), record);
      break;
  }
}

// One session may be slower than another for where its memory lies: what looks like a cheat must look so
// again, with sessions opened for it, this many times.
constexpr std::uint64_t kConfirmations = 4;

std::filesystem::path model_in(const std::filesystem::path& folder, std::uint64_t seed) {
  return folder / fmt::format("{:x}.onnx", seed);
}

AuditFinding not_run(const Error& error) {
  return {AuditFinding::Outcome::not_run, error.message};
}

}  // namespace

Auditor::Auditor(std::vector<std::string> names, RenameModel rename, Clock& clock)
    : names_(std::move(names)),
      rename_(std::move(rename)),
      clock_(clock),
      seed_(static_cast<std::uint64_t>(clock.now_ns())) {}

bool Auditor::has(std::string_view name) const {
  return std::find(names_.begin(), names_.end(), name) != names_.end();
}

void Auditor::keep_answer(std::size_t sample, std::span<const Tensor> outputs) {
  if (has("accuracy")) book_.add(sample, outputs);
}

Status Auditor::finish_answers(Workload& workload, Session& session) {
  if (!is_needed()) return Done{};
  EB_GET(SampleRunner runner, SampleRunner::create(workload, session));
  const bool is_judged = workload.judge() != nullptr;
  const std::size_t unjudged = is_judged ? 0 : std::min(kAnswersWithoutJudge, workload.sample_count());
  for (std::size_t i = 0; i < unjudged; ++i) {
    EB_OK(runner.load(i));
    EB_OK(session.run(runner.binding()));
    keep_answer(i, runner.binding().outputs());
  }
  EB_OK(runner.load(0));
  EB_GET(const auto once, runner.answers());
  EB_GET(const auto twice, runner.answers());
  if (!once || !twice) return Done{};
  Difference difference;
  difference.add(*once, *twice);
  is_repeatable_ = difference.sqnr_db() >= kSameAnswerDb;
  return Done{};
}

void Auditor::watch(std::span<LoadedLane> lanes, std::size_t expected_runs) {
  if (!has("accuracy")) return;
  samplers_.clear();
  for (LoadedLane& lane : lanes) {
    samplers_.push_back(std::make_unique<AnswerSampler>(expected_runs, seed_ + samplers_.size()));
    lane.observer = samplers_.back().get();
  }
}

Status Auditor::audit(const AuditedSession& audited, std::span<LoadedLane> lanes, RunRecord& record) {
  if (!is_needed()) return Done{};
  for (LoadedLane& lane : lanes) lane.observer = nullptr;
  // The process's peak is that of two sessions from the first audit of names on.
  if (findings_ && has("name")) record.peak_memory_mb.reset();
  if (!findings_) EB_OK(audit_session(audited, record));
  std::map<std::string, AuditFinding> all = *findings_;
  if (has("accuracy")) all["accuracy"] = audit_accuracy(lanes);
  for (const std::string& name : names_) tell(name, all[name], record);
  return Done{};
}

Status Auditor::audit_session(const AuditedSession& audited, const RunRecord& record) {
  std::map<std::string, AuditFinding> findings;
  for (const std::string& name : names_) {
    if (name == "accuracy") continue;
    auto finding = run_audit(name, audited, record);
    if (!finding) return finding.error().within(fmt::format("audit {}", name));
    findings[name] = *std::move(finding);
  }
  findings_ = std::move(findings);  // all of them or none: what failed has not passed
  return Done{};
}

Result<AuditFinding> Auditor::run_audit(std::string_view name, const AuditedSession& audited,
                                        const RunRecord& record) {
  const Audited here{audited.workload, audited.session, clock_, seed_, is_repeatable_};
  if (name == "seed") return audit_seed(here);
  if (name == "cache") return audit_cache(here);
  return audit_names(audited, record);
}

Result<std::unique_ptr<Session>> Auditor::open_renamed(const AuditedSession& audited,
                                                       const std::filesystem::path& folder,
                                                       std::uint64_t seed) const {
  SessionOptions options = audited.options;
  options.model = model_in(folder, seed);
  EB_OK(rename_(audited.options.model, options.model, seed));
  auto opened = audited.backend.open(options);
  if (!opened) return opened.error().within("it does not open under other names");
  return call_as(audited.session, *std::move(opened));
}

// That there is no second session is no proof of anything: some chips hold one model at a time.
Result<AuditFinding> Auditor::audit_names(const AuditedSession& audited, const RunRecord& record) {
  if (!rename_) return not_run({ErrorKind::unsupported, "models cannot be renamed here"});
  EB_GET(const TempFolder folder, TempFolder::create());
  auto renamed = open_renamed(audited, folder.path(), seed_);
  if (!renamed) return not_run(renamed.error());
  EB_GET(AuditFinding finding, audit_placement(audited, record, model_in(folder.path(), seed_), **renamed));
  if (finding.outcome == AuditFinding::Outcome::caught) return finding;
  EB_GET(finding, audit_name({audited.workload, audited.session, clock_, seed_, is_repeatable_}, **renamed));
  renamed->reset();
  for (std::uint64_t round = 1; round <= kConfirmations && finding.outcome == AuditFinding::Outcome::caught;
       ++round) {
    EB_GET(finding, audit_names_again(audited, folder.path(), round));
  }
  return finding;
}

Result<AuditFinding> Auditor::audit_placement(const AuditedSession& audited, const RunRecord& record,
                                              const std::filesystem::path& model, Session& renamed) const {
  if (!record.placement_macs) return AuditFinding{};
  SessionOptions options = audited.options;
  options.model = model;
  EB_GET(const OperationCount work, audited.backend.count_operations(options));
  const auto placed = renamed.placement(work);
  if (!placed || !placed->macs || *placed->macs >= *record.placement_macs - kSameShare) return AuditFinding{};
  return AuditFinding{
      AuditFinding::Outcome::caught,
      fmt::format("under other names {:.1f} % of the same model's work is on {}, not {:.1f} %",
                  100 * *placed->macs, placed->named_provider, 100 * *record.placement_macs)};
}

// Both sessions are new, so that neither has its place in memory, or its threads, from before; who is opened
// first changes.
Result<AuditFinding> Auditor::audit_names_again(const AuditedSession& audited,
                                                const std::filesystem::path& folder,
                                                std::uint64_t round) const {
  std::unique_ptr<Session> known, renamed;
  for (int turn = 0; turn < 2; ++turn) {
    const bool is_known = (round + static_cast<std::uint64_t>(turn)) % 2 == 0;
    auto opened =
        is_known ? audited.backend.open(audited.options) : open_renamed(audited, folder, seed_ + round);
    if (!opened) return not_run(opened.error().within("a second look"));
    (is_known ? known : renamed) = *std::move(opened);
  }
  return audit_name({audited.workload, *known, clock_, seed_, is_repeatable_}, *renamed);
}

AuditFinding Auditor::audit_accuracy(std::span<const LoadedLane> lanes) const {
  if (!is_repeatable_) return {AuditFinding::Outcome::not_run, "the model gives two answers to one question"};
  Difference difference;
  bool any = false;
  for (std::size_t i = 0; i < samplers_.size(); ++i)
    any = samplers_[i]->compare(lanes[i], book_, difference) || any;
  if (!any) return {AuditFinding::Outcome::not_run, "its answers are no numbers, or cannot be told apart"};
  if (difference.worst_sqnr_db() >= kSameAnswerDb) return {};
  return {
      AuditFinding::Outcome::caught,
      fmt::format("answers while it was timed differ from those that were judged: SQNR is {:.1f} dB, less "
                  "than {:g}",
                  difference.worst_sqnr_db(), kSameAnswerDb)};
}

}  // namespace eb
