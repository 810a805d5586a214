#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "results/compare/match.h"
#include "results/compare/speed.h"

namespace eb {
namespace {

constexpr double kReferenceScore = 1000;

// What a run measured in one way on one device; of several records of a workload the last with a speed.
struct Place {
  std::string device{}, scenario{}, precision{};
  friend bool operator<(const Place& a, const Place& b) {
    return std::tie(a.device, a.scenario, a.precision) < std::tie(b.device, b.scenario, b.precision);
  }
};
using ByWorkload = std::map<std::string, const RunRecord*>;

std::map<Place, ByWorkload> places_of(const std::vector<RunRecord>& records) {
  std::map<Place, ByWorkload> places;
  for (const RunRecord& record : records) {
    if (!record.beside.empty()) continue;
    const std::string device =
        record.device.empty() ? record.backend : fmt::format("{}:{}", record.backend, record.device);
    const RunRecord*& kept = places[{device, record.scenario, record.precision}][record.workload];
    if (kept == nullptr || has_speed(record)) kept = &record;
  }
  return places;
}

// Those in that scenario and precision.
std::vector<const RunRecord*> reference_cells(const std::vector<const RunRecord*>& fastest,
                                              const Place& place) {
  std::vector<const RunRecord*> cells;
  for (const RunRecord* record : fastest)
    if (has_speed(*record) && record->scenario == place.scenario && record->precision == place.precision)
      cells.push_back(record);
  return cells;
}

// Of the cells of one task, or of all. Absent where none has a speed on both sides.
std::optional<Score> score_of(const Place& place, const ByWorkload& found,
                              const std::vector<const RunRecord*>& reference, const std::string& task) {
  Score score{place.device, place.scenario, place.precision, task, 0, {}, 0, {}};
  std::vector<SpeedRatio> speeds;
  for (const RunRecord* cell : reference) {
    if (!task.empty() && cell->task != task) continue;
    const auto at = found.find(cell->workload);
    if (at != found.end() && has_speed(*at->second))
      speeds.push_back(speed_ratio(*cell, *at->second));
    else
      score.missing.push_back(at == found.end()
                                  ? cell->workload
                                  : fmt::format("{} ({})", cell->workload, status_name(at->second->status)));
  }
  if (speeds.empty()) return std::nullopt;
  const Ratio mean = geometric_mean_of(speeds);
  score.value = kReferenceScore * mean.value;
  if (mean.interval)
    score.interval = Interval{kReferenceScore * mean.interval->low, kReferenceScore * mean.interval->high};
  score.cells = speeds.size();
  return score;
}

}  // namespace

std::vector<Score> score_run(const Run& run, const Run& reference) {
  std::vector<Score> scores;
  // Every workload of the reference on its fastest device.
  const auto fastest = match_fastest(reference.records, {}).only_first;
  for (const auto& [place, found] : places_of(run.records)) {
    const auto cells = reference_cells(fastest, place);
    std::set<std::string> tasks = {""};
    for (const RunRecord* cell : cells) tasks.insert(cell->task);
    for (const std::string& task : tasks)
      if (auto score = score_of(place, found, cells, task)) scores.push_back(*std::move(score));
  }
  return scores;
}

}  // namespace eb
