#include "workloads/speech/notes.h"

#include <algorithm>
#include <cmath>

namespace eb {

std::vector<Note> find_notes(std::span<const float> onsets, std::size_t keys, double step_ms) {
  std::vector<Note> found;
  const std::size_t steps = onsets.size() / keys;
  for (std::size_t key = 0; key < keys; ++key)
    for (std::size_t step = 1; step + 1 < steps; ++step) {
      const float* const here = &onsets[step * keys + key];
      if (*here > *(here - keys) && *here >= *(here + keys))
        found.push_back({.key = key, .onset_ms = static_cast<double>(step) * step_ms, .chance = *here});
    }
  return found;
}

std::vector<Match> match_notes(std::vector<Note> found, std::span<const Note> truth, double tolerance_ms) {
  std::stable_sort(found.begin(), found.end(),
                   [](const Note& a, const Note& b) { return a.chance > b.chance; });
  std::vector<bool> hit(truth.size());
  std::vector<Match> matches;
  matches.reserve(found.size());
  for (const Note& note : found) {
    const auto distance = [&](std::size_t i) { return std::abs(truth[i].onset_ms - note.onset_ms); };
    std::size_t nearest = truth.size();
    for (std::size_t i = 0; i < truth.size(); ++i) {
      const bool is_near = truth[i].key == note.key && !hit[i] && distance(i) <= tolerance_ms;
      if (is_near && (nearest == truth.size() || distance(i) < distance(nearest))) nearest = i;
    }
    const bool is_hit = nearest < truth.size();
    if (is_hit) hit[nearest] = true;
    matches.push_back({.score = note.chance, .is_hit = is_hit});
  }
  return matches;
}

}  // namespace eb
