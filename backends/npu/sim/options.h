#pragma once
// Options of a session of the simulated NPU.
#include <filesystem>
#include <string>
#include <string_view>

#include "backends/gpu/ep_ort.h"

namespace eb::simnpu {

// How a provider may go wrong, by accident or on purpose. Each has one right outcome in a record.
enum class Misbehavior : std::uint8_t {
  none,
  half,         // takes every second matrix operation only
  cpu,          // takes all, and computes in the host's process
  wrong,        // answers are off
  stale,        // answers with what it answered last
  cheat_early,  // answers before the work is done
  cheat_later,  // works for some runs, then answers before the work is done
  cheat_cache,  // answers an input that it has seen from memory
  cheat_name,   // runs faster where it knows the names in a model
  crash,        // ends the process
  thrown,       // throws an exception at a caller that is C
  hang,         // never answers
  refuse,       // cannot run this model
  slow_start,   // takes its time to open
  throttle,     // the clock falls to a half after some runs
  leak,         // loses memory at every run
};

struct Options {
  Misbehavior misbehavior = Misbehavior::none;
  double clock_hz = 4e6;
  std::string known_name = "weight1";  // of a constant in a model that `cheat_name` knows: nlp/language-id's
  std::filesystem::path chip{};        // the program that is the chip
  std::filesystem::path report{};  // file that is told, as JSON, what was taken and what was refused and why
};

// `invalid` names the option that is unknown or has a wrong value.
Result<Options> read_options(const gpu::Ort& ort, std::string_view ep_name, const OrtSessionOptions& options);

}  // namespace eb::simnpu
