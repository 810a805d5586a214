#include "results/compare/match.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "results/compare/speed.h"

namespace eb {
namespace {

using Key = std::vector<std::string>;
using Records = std::vector<const RunRecord*>;

Key device_key(const RunRecord& record) {
  return {record.workload, record.backend, record.device, record.precision, record.scenario, record.beside};
}

Key threads_key(const RunRecord& record) {
  Key key = device_key(record);
  key.push_back(std::to_string(record.threads.value_or(0)));
  return key;
}

Key work_key(const RunRecord& record) {
  return {record.workload, record.precision, record.scenario, record.beside};
}

Records pointers(const std::vector<RunRecord>& records) {
  Records all;
  for (const RunRecord& record : records) all.push_back(&record);
  return all;
}

// Takes what has a partner of the same key out of both lists.
void pair_up(Matched& matched, Key (*key_of)(const RunRecord&)) {
  std::map<Key, std::deque<const RunRecord*>> waiting;
  for (const RunRecord* record : matched.only_other) waiting[key_of(*record)].push_back(record);
  Records left;
  std::set<const RunRecord*> taken;
  for (const RunRecord* record : matched.only_first) {
    auto& partners = waiting[key_of(*record)];
    if (partners.empty()) {
      left.push_back(record);
      continue;
    }
    matched.pairs.push_back({record, partners.front()});
    taken.insert(partners.front());
    partners.pop_front();
  }
  std::erase_if(matched.only_other, [&](const RunRecord* record) { return taken.count(record) > 0; });
  matched.only_first = std::move(left);
}

// Whether `a` is the better one to stand for its key: one with a speed, the faster one of two.
bool is_better(const RunRecord& a, const RunRecord& b) {
  if (!has_speed(a) || !has_speed(b)) return has_speed(a) && !has_speed(b);
  return speed_ratio(b, a).value > 1;
}

Records fastest(const std::vector<RunRecord>& records) {
  Records best;
  std::map<Key, std::size_t> places;
  for (const RunRecord& record : records) {
    const auto [at, is_new] = places.try_emplace(work_key(record), best.size());
    if (is_new)
      best.push_back(&record);
    else if (is_better(record, *best[at->second]))
      best[at->second] = &record;
  }
  return best;
}

// Pointers into one vector, so that their order is that of the records.
void sort_pairs(Matched& matched) {
  std::sort(matched.pairs.begin(), matched.pairs.end(),
            [](const CellPair& a, const CellPair& b) { return std::less<>()(a.first, b.first); });
}

}  // namespace

Matched match_cells(const std::vector<RunRecord>& first, const std::vector<RunRecord>& other) {
  Matched matched{{}, pointers(first), pointers(other)};
  pair_up(matched, threads_key);
  pair_up(matched, device_key);
  sort_pairs(matched);
  return matched;
}

Matched match_fastest(const std::vector<RunRecord>& first, const std::vector<RunRecord>& other) {
  Matched matched{{}, fastest(first), fastest(other)};
  pair_up(matched, work_key);
  sort_pairs(matched);
  return matched;
}

}  // namespace eb
