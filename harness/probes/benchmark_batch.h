#pragma once
// Google Benchmark as what drives the rounds of a probe: its loop, and its care that nothing is moved out of
// it.
#include <functional>
#include <string>

namespace eb::probes {

// Calls `round` `count` times; each says how many seconds it took. Nothing is printed.
void run_batch(const std::string& name, std::size_t count, const std::function<double()>& round);

}  // namespace eb::probes
