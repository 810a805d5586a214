#pragma once
// WAV files made in memory, for tests.
#include <cstdint>
#include <string>
#include <vector>

namespace eb::testing {

struct WavFormat {
  std::uint32_t rate_hz = 16000;
  std::uint16_t channels = 1;
  std::uint32_t claimed_bytes = 0;  // what the header says of the data's length; 0: the truth
};

// Appends `value` in `bytes` bytes, lowest first.
inline void append(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 0xFFU));
}

inline std::string make_wav(const std::vector<std::int16_t>& pcm, const WavFormat& format = {}) {
  const auto true_bytes = static_cast<std::uint32_t>(pcm.size() * 2);
  const std::uint32_t data_bytes = format.claimed_bytes != 0 ? format.claimed_bytes : true_bytes;
  std::string wav = "RIFF";
  append(wav, data_bytes + 36, 4);
  wav += "WAVEfmt ";
  append(wav, 16, 4);
  append(wav, 1, 2);  // PCM
  append(wav, format.channels, 2);
  append(wav, format.rate_hz, 4);
  append(wav, format.rate_hz * format.channels * 2, 4);
  append(wav, format.channels * 2U, 2);
  append(wav, 16, 2);
  wav += "data";
  append(wav, data_bytes, 4);
  for (const std::int16_t sample : pcm) append(wav, static_cast<std::uint16_t>(sample), 2);
  return wav;
}

}  // namespace eb::testing
