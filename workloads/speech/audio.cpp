#include "workloads/speech/audio.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>

namespace eb {
namespace {

// The bytes as libsndfile's virtual file.
struct Memory {
  std::string_view bytes{};
  sf_count_t at = 0;
};

sf_count_t memory_length(void* user) {
  return static_cast<sf_count_t>(static_cast<Memory*>(user)->bytes.size());
}

sf_count_t memory_seek(sf_count_t offset, int whence, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  const sf_count_t length = memory_length(user);
  const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? memory.at : length;
  if (offset < -base || offset > length - base) return -1;
  memory.at = base + offset;
  return memory.at;
}

sf_count_t memory_read(void* target, sf_count_t count, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  const sf_count_t taken =
      std::clamp<sf_count_t>(memory_length(user) - memory.at, 0, std::max<sf_count_t>(count, 0));
  if (taken > 0) std::memcpy(target, memory.bytes.data() + memory.at, static_cast<std::size_t>(taken));
  memory.at += taken;
  return taken;
}

sf_count_t memory_write(const void* /*source*/, sf_count_t /*count*/, void* /*user*/) {
  return 0;
}

sf_count_t memory_tell(void* user) {
  return static_cast<Memory*>(user)->at;
}

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

Error bad(std::string message) {
  return {ErrorKind::invalid, std::move(message)};
}

}  // namespace

Result<std::vector<float>> decode_sound(std::string_view bytes, const SoundLimits& limits) {
  Memory memory{.bytes = bytes};
  SF_VIRTUAL_IO io{memory_length, memory_seek, memory_read, memory_write, memory_tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, Close> file(sf_open_virtual(&io, SFM_READ, &info, &memory));
  if (!file) return bad(fmt::format("not a sound file: {}", sf_strerror(nullptr)));
  if (info.channels != 1) return bad(fmt::format("has {} channels, must have 1", info.channels));
  if (info.samplerate != limits.rate_hz) {
    return bad(fmt::format("has {} samples a second, must have {}", info.samplerate, limits.rate_hz));
  }
  if (info.frames <= 0) return bad("holds no sound");
  if (static_cast<std::uint64_t>(info.frames) > limits.max_samples) {
    return bad(fmt::format("has {} samples, allowed are {}", info.frames, limits.max_samples));
  }
  std::vector<float> sound(static_cast<std::size_t>(info.frames));
  const sf_count_t decoded = sf_readf_float(file.get(), sound.data(), info.frames);
  if (decoded != info.frames) {
    return bad(fmt::format("breaks off after {} of {} samples", decoded, info.frames));
  }
  return sound;
}

}  // namespace eb
