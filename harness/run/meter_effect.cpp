#include "harness/run/meter_effect.h"

namespace eb {
namespace {

constexpr int kPairs = 12;
constexpr std::int64_t kTurnNs = 250'000'000, kSettleNs = 25'000'000;

// Runs on a lane, round and round.
class Runs {
 public:
  Runs(LoadedLane& loaded, Session& session, Clock& clock)
      : loaded_(loaded), session_(session), clock_(clock) {}

  // Mean nanoseconds of a run, over runs for that long, but at least one.
  Result<double> mean_ns(std::int64_t duration_ns) {
    const std::int64_t begin_ns = clock_.now_ns();
    std::int64_t spent_ns = 0, runs = 0;
    do {
      EB_GET(const std::int64_t run_ns, run_once());
      spent_ns += run_ns;
      ++runs;
    } while (clock_.now_ns() - begin_ns < duration_ns);
    return static_cast<double>(spent_ns) / static_cast<double>(runs);
  }

 private:
  Result<std::int64_t> run_once() {
    if (loaded_.starts_stream[slot_]) loaded_.lane.start_stream();
    const std::int64_t start_ns = clock_.now_ns();
    EB_OK(session_.run(loaded_.lane.binding(slot_)));
    const std::int64_t end_ns = clock_.now_ns();
    loaded_.lane.finish_run();
    slot_ = (slot_ + 1) % loaded_.starts_stream.size();
    return end_ns - start_ns;
  }

  LoadedLane& loaded_;
  Session& session_;
  Clock& clock_;
  std::size_t slot_ = 0;
};

}  // namespace

Result<MeterEffect> measure_meter_effect(LoadedLane& loaded, Session& session, Clock& clock,
                                         const std::function<void(bool is_wanted)>& want_meter) {
  Runs runs(loaded, session, clock);
  const auto turn = [&](bool is_metered) -> Result<double> {
    want_meter(is_metered);
    EB_OK(runs.mean_ns(kSettleNs));
    return runs.mean_ns(kTurnNs);
  };
  std::vector<double> ratios;
  for (int pair = 0; pair < kPairs; ++pair) {
    const bool is_metered_first = pair % 2 == 0;
    EB_GET(const double first_ns, turn(is_metered_first));
    EB_GET(const double second_ns, turn(!is_metered_first));
    if (first_ns > 0 && second_ns > 0)
      ratios.push_back(is_metered_first ? first_ns / second_ns : second_ns / first_ns);
  }
  want_meter(true);
  const auto interval = mean_interval(ratios);
  if (!interval)
    return Error{ErrorKind::device, "runs took no time at all, so that the meter's effect cannot be told"};
  const double ratio = mean_of(ratios);
  return MeterEffect{ratio, *interval, std::move(ratios)};
}

Result<std::vector<double>> add_meter_effect(LoadedLane& loaded, Session& session, Clock& clock,
                                             const std::function<void(bool is_wanted)>& want_meter,
                                             RunRecord& record) {
  EB_GET(MeterEffect effect, measure_meter_effect(loaded, session, clock, want_meter));
  record.meter_overhead = effect.ratio;
  record.meter_overhead_low = effect.interval.low;
  record.meter_overhead_high = effect.interval.high;
  return std::move(effect.ratios);
}

}  // namespace eb
