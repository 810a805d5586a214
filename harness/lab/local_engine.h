#pragma once
// The engine for the machine that the driver itself runs on: `edgebench run` as a child process, which ends
// with the driver. One board. An attempt that a driver left in the middle is started anew, from an empty
// folder.
#include "harness/base/process.h"
#include "harness/lab/engine.h"

namespace eb::lab {

struct LocalOptions {
  std::filesystem::path program{};         // that takes the arguments of edgebench run
  std::vector<std::string> arguments{};    // before those
  std::vector<std::string> environment{};  // "NAME=value", all that it has
};
std::unique_ptr<Engine> make_local_engine(LocalOptions options);

// What the end of an `edgebench run` means. `error_text`: what it said on standard error.
Progress judge_exit(const ProcessExit& exit, std::string_view error_text);

// The arguments of edgebench run for an attempt, with its results to go to `folder`.
std::vector<std::string> run_arguments(const Attempt& attempt, const std::string& folder);

}  // namespace eb::lab
