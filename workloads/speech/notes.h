#pragma once
// From a transcriber's chances to notes, and which of them are right. Pure functions.
#include <cstddef>
#include <span>
#include <vector>

#include "workloads/vision/boxes.h"

namespace eb {

struct Note {
  std::size_t key = 0;
  double onset_ms = 0;
  float chance = 1;
};

// Each peak in time of a key's chances that a note begins, however low. `onsets`: [steps, keys].
std::vector<Note> find_notes(std::span<const float> onsets, std::size_t keys, double step_ms);

// Matches the notes found in a clip, in order of falling chance, with the true ones: a note is a hit if one
// of its key that was not hit before begins at most `tolerance_ms` from it; the nearest is taken.
std::vector<Match> match_notes(std::vector<Note> found, std::span<const Note> truth, double tolerance_ms);

}  // namespace eb
