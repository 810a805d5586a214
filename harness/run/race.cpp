#include "harness/run/race.h"

#include <algorithm>
#include <vector>

#include "harness/stats/interval.h"
#include "harness/stats/percentile.h"

namespace eb {
namespace {

struct Turn {
  double median_ns = 0;
  std::int64_t total_ns = 0;
};

Result<Turn> take_turn(const TimedRun& way, std::size_t turn, std::size_t runs) {
  std::vector<double> times_ns;
  Turn taken;
  for (std::size_t run = 0; run < runs; ++run) {
    EB_GET(std::int64_t ns, way(turn, run));
    ns = std::max<std::int64_t>(ns, 1);
    times_ns.push_back(static_cast<double>(ns));
    taken.total_ns += ns;
  }
  taken.median_ns = median_of(times_ns);
  return taken;
}

}  // namespace

Result<RaceResult> race(const TimedRun& suspect, const TimedRun& honest, const RaceRule& rule) {
  EB_GET(const Turn warm_suspect, take_turn(suspect, 0, rule.fewest_runs));
  EB_GET(const Turn warm_honest, take_turn(honest, 0, rule.fewest_runs));
  const double run_ns = std::max(warm_suspect.median_ns, warm_honest.median_ns);
  const auto runs = std::clamp(static_cast<std::size_t>(static_cast<double>(rule.turn_ns) / run_ns),
                               rule.fewest_runs, rule.most_runs);
  std::vector<double> ratios;
  std::int64_t spent_ns = 0;
  for (std::size_t turn = 1; turn <= rule.turns; ++turn) {
    if (spent_ns > rule.longest_ns && turn > rule.fewest_turns) break;
    Turn of_suspect;
    if (turn % 2 == 0) {
      EB_GET(of_suspect, take_turn(suspect, turn, runs));
    }
    EB_GET(const Turn of_honest, take_turn(honest, turn, runs));
    if (turn % 2 == 1) {
      EB_GET(of_suspect, take_turn(suspect, turn, runs));
    }
    ratios.push_back(of_suspect.median_ns / of_honest.median_ns);
    spent_ns += of_suspect.total_ns + of_honest.total_ns;
  }
  std::sort(ratios.begin(), ratios.end());
  const std::size_t n = ratios.size();
  return RaceResult{median_of(ratios), ratios[bound_index(n, 0.5).value_or(n - 1)], n};
}

}  // namespace eb
