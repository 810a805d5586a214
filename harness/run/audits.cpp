#include "harness/run/audits.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "harness/run/answers.h"
#include "harness/run/lane.h"
#include "harness/run/race.h"
#include "harness/run/vary_input.h"

namespace eb {
namespace {

// A cheat must save more than this share of a run to be called one: two sessions of one model, or two
// buffers, may differ by some percent for reasons of memory. It must be beyond noise, too: the bound of the
// ratio counts.
constexpr double kHonestRatio = 0.85;

constexpr std::size_t kMostSamples = 16;
constexpr std::uint64_t kMostSampleBytes = 64ull << 20;  // of them all in memory
constexpr std::size_t kOrderedRuns = 4;  // a turn of the audit of the order: enough to have one

AuditFinding not_run(std::string why) {
  return {AuditFinding::Outcome::not_run, std::move(why)};
}

AuditFinding caught(std::string why) {
  return {AuditFinding::Outcome::caught, std::move(why)};
}

// `what` takes so much of the time of `of_what`.
AuditFinding judge(const RaceResult& result, std::string_view what, std::string_view of_what) {
  if (result.ratio_bound >= kHonestRatio) return {};
  return caught(fmt::format("{} takes {:.0f} % of the time of {} (at most {:.0f} %, in {} comparisons)", what,
                            100 * result.ratio, of_what, 100 * result.ratio_bound, result.turns));
}

AuditFinding judge(const Difference& difference, std::string_view where) {
  if (difference.worst_sqnr_db() >= kSameAnswerDb) return {};
  return caught(fmt::format("answers {} differ: SQNR is {:.1f} dB, less than {:g}", where,
                            difference.worst_sqnr_db(), kSameAnswerDb));
}

Result<std::int64_t> time_run(Session& session, Binding& binding, Clock& clock) {
  const std::int64_t start_ns = clock.now_ns();
  auto ran = session.run(binding);
  const std::int64_t end_ns = clock.now_ns();
  if (!ran) return ran.error();
  return end_ns - start_ns;
}

// --- seed

// Samples in memory, each in a slot.
Result<Lane> load_samples(const Audited& audited) {
  const WorkloadInfo& info = audited.workload.info();
  EB_GET(const Lane one, Lane::create(info, audited.session, 1, 1));
  const auto fitting = kMostSampleBytes / std::max<std::uint64_t>(one.slot_bytes(), 1);
  const std::size_t slots = std::min<std::size_t>(std::clamp<std::uint64_t>(fitting, 2, kMostSamples),
                                                  audited.workload.sample_count());
  EB_GET(Lane lane, Lane::create(info, audited.session, slots, 1));
  for (std::size_t slot = 0; slot < slots; ++slot) EB_OK(audited.workload.load(slot, lane.inputs(slot)));
  return lane;
}

// Numbers from 0, none after the one that it usually follows.
std::vector<std::size_t> unusual_order(std::size_t count, std::mt19937_64& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto is_usual = [](std::size_t a, std::size_t b) { return b == a + 1; };
  constexpr int kTries = 64;
  for (int i = 0; i < kTries; ++i) {
    std::shuffle(order.begin(), order.end(), random);
    if (std::adjacent_find(order.begin(), order.end(), is_usual) == order.end()) return order;
  }
  std::sort(order.rbegin(), order.rend());
  return order;
}

// Runs all slots in that order.
Result<std::vector<std::optional<Numbers>>> answers_in_order(const Audited& audited, Lane& lane,
                                                             const std::vector<std::size_t>& order) {
  std::vector<std::optional<Numbers>> answers(order.size());
  for (const std::size_t slot : order) {
    lane.start_stream();
    EB_OK(audited.session.run(lane.binding(slot)));
    answers[slot] = numbers_of(lane.binding(slot).outputs());
  }
  return answers;
}

Result<AuditFinding> compare_orders(const Audited& audited, Lane& lane, std::mt19937_64& random) {
  const auto unusual = unusual_order(lane.slots(), random);
  auto usual = unusual;
  std::sort(usual.begin(), usual.end());
  EB_GET(const auto expected, answers_in_order(audited, lane, usual));
  EB_GET(const auto answers, answers_in_order(audited, lane, unusual));
  Difference difference;
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (expected[i] && answers[i]) difference.add(*expected[i], *answers[i]);
  return judge(difference, "in another order");
}

// --- cache

class VariedSample {
 public:
  static Result<VariedSample> create(const Audited& audited) {
    EB_GET(SampleRunner runner, SampleRunner::create(audited.workload, audited.session));
    EB_OK(runner.load(0));
    return VariedSample(audited, std::move(runner));
  }

  // A run of the sample itself, for variant 0, or of one that is new.
  Result<std::int64_t> run(std::uint64_t variant) {
    vary_all(variant);
    return time_run(audited_->session, runner_.binding(), audited_->clock);
  }

  // False if there are no inputs that differ from the sample.
  bool vary_all(std::uint64_t variant) {
    bool is_new = false;
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      const Tensor& input = runner_.inputs()[inputs_[i]];
      std::copy(samples_[i].begin(), samples_[i].end(), input.bytes.begin());
      if (variant > 0 && vary(input, variant)) is_new = true;
    }
    return is_new;
  }

 private:
  VariedSample(const Audited& audited, SampleRunner runner) : audited_(&audited), runner_(std::move(runner)) {
    const auto& states = audited.workload.info().state;
    for (std::size_t i = 0; i < runner_.inputs().size(); ++i) {
      const Tensor& input = runner_.inputs()[i];
      const bool is_state = std::any_of(states.begin(), states.end(), [&](const StatePair& pair) {
        return pair.input == input.spec->name;
      });
      if (is_state) continue;
      inputs_.push_back(i);
      samples_.emplace_back(input.bytes.begin(), input.bytes.end());
    }
  }

  const Audited* audited_;
  SampleRunner runner_;
  std::vector<std::size_t> inputs_{};              // that are no state
  std::vector<std::vector<std::byte>> samples_{};  // what they were, by position in `inputs_`
};

// --- name

constexpr std::size_t kComparedSamples = 8;
constexpr std::int64_t kWarmUpNs = 300'000'000;
// Threads of the session that ran before wait actively for some milliseconds, and take processors from this
// one.
constexpr std::int64_t kSettleNs = 10'000'000;

// Runs for so long, and gives the time of the last run.
Result<std::int64_t> run_for(std::int64_t duration_ns, Session& session, SampleRunner& runner, Clock& clock) {
  const std::int64_t start_ns = clock.now_ns();
  std::int64_t last_ns = 0;
  do {
    EB_GET(last_ns, time_run(session, runner.binding(), clock));
  } while (last_ns > 0 && clock.now_ns() - start_ns < duration_ns);
  return last_ns;
}

// Each turn has the next sample.
TimedRun turns_of(const Audited& audited, Session& session, SampleRunner& runner) {
  return [&audited, &session, &runner, last_ns = std::int64_t{0}](
             std::size_t turn, std::size_t run) mutable -> Result<std::int64_t> {
    if (run == 0) {
      EB_OK(runner.load(turn % audited.workload.sample_count()));
      if (last_ns < kSettleNs) EB_OK(run_for(kSettleNs, session, runner, audited.clock));
    }
    EB_GET(last_ns, time_run(session, runner.binding(), audited.clock));
    return last_ns;
  };
}

}  // namespace

Result<AuditFinding> audit_seed(const Audited& audited) {
  if (audited.workload.sample_count() < 2) return not_run("there is one sample only");
  EB_GET(Lane lane, load_samples(audited));
  std::mt19937_64 random(audited.seed);
  if (audited.is_repeatable) {
    EB_GET(const AuditFinding answers, compare_orders(audited, lane, random));
    if (answers.outcome != AuditFinding::Outcome::passed) return answers;
  }
  const std::size_t runs = std::min(kOrderedRuns, lane.slots());
  std::vector<std::size_t> order;
  const auto run_slot = [&](std::size_t slot) {
    lane.start_stream();
    return time_run(audited.session, lane.binding(slot % lane.slots()), audited.clock);
  };
  const TimedRun usual = [&](std::size_t turn, std::size_t run) { return run_slot(turn + run); };
  const TimedRun unusual = [&](std::size_t turn, std::size_t run) {
    if (run == 0) order = unusual_order(runs, random);
    return run_slot(turn + order[run]);
  };
  EB_GET(const RaceResult result, race(usual, unusual, {.fewest_runs = runs, .most_runs = runs}));
  return judge(result, "a sample after the one before it", "the same in another order");
}

Result<AuditFinding> audit_cache(const Audited& audited) {
  EB_GET(VariedSample sample, VariedSample::create(audited));
  std::uint64_t variant = 1;
  if (!sample.vary_all(variant)) return not_run("inputs of this model cannot be varied");
  const TimedRun repeated = [&](std::size_t, std::size_t) { return sample.run(0); };
  const TimedRun fresh = [&](std::size_t, std::size_t) { return sample.run(++variant); };
  EB_GET(const RaceResult result, race(repeated, fresh));
  return judge(result, "an input that was given before", "a new one");
}

Result<AuditFinding> audit_name(const Audited& audited, Session& renamed) {
  EB_GET(SampleRunner known, SampleRunner::create(audited.workload, audited.session));
  EB_GET(SampleRunner unknown, SampleRunner::create(audited.workload, renamed));
  Difference difference;
  for (std::size_t i = 0; i < std::min(kComparedSamples, audited.workload.sample_count()); ++i) {
    EB_OK(known.load(i));
    EB_OK(unknown.load(i));
    EB_GET(const auto expected, known.answers());
    EB_GET(const auto answers, unknown.answers());
    if (expected && answers && audited.is_repeatable) difference.add(*expected, *answers);
  }
  const AuditFinding same = judge(difference, "of the same model under other names");
  if (same.outcome != AuditFinding::Outcome::passed) return same;
  EB_OK(run_for(kWarmUpNs, audited.session, known, audited.clock));
  EB_OK(run_for(kWarmUpNs, renamed, unknown, audited.clock));
  EB_GET(const RaceResult result,
         race(turns_of(audited, audited.session, known), turns_of(audited, renamed, unknown)));
  return judge(result, "the model", "the same model under other names");
}

}  // namespace eb
