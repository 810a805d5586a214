#pragma once
// Sound files as samples. Knows nothing of models.
#include <cstddef>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct SoundLimits {
  int rate_hz = 0;              // the file must have exactly this rate: we never resample
  std::size_t max_samples = 0;  // a longer file is refused before it is decoded
};

// Decodes one channel of sound from the bytes of a sound file (WAV and whatever else libsndfile reads).
// Full scale is -1..1; 16-bit samples come out as s / 32768 exactly.
Result<std::vector<float>> decode_sound(std::string_view bytes, const SoundLimits& limits);

}  // namespace eb
