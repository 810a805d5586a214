#pragma once
// Threads, each on a processor of its own, that begin a round together.
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "harness/probes/rounds.h"

namespace eb::probes {

class Crew {
 public:
  virtual ~Crew() = default;
  virtual int threads() const = 0;
  // All threads call `task` with their number, 0 to threads() - 1; returns when all are done.
  virtual void each(const std::function<void(int thread)>& task) = 0;
  // One round: all threads call `task` at the same time, which does `work` altogether. The rate is work by
  // the time from the first that began to the last that ended; the clock is counted by each thread right
  // before and after.
  virtual Round round(double work, const std::function<void(int thread)>& task) = 0;
};

// One thread for each of `cpus`. Only the one that made it may use it.
std::unique_ptr<Crew> make_crew(std::vector<int> cpus);

// The logical processors that this process may use, and going to one of them, where the system can do that.
std::vector<int> allowed_cpus();
void stay_on_cpu(int cpu);

}  // namespace eb::probes
