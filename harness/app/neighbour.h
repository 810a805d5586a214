#pragma once
// A workload that runs back to back in a process of its own, for as long as another one is measured beside
// it.
#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "harness/base/result.h"
#include "harness/run/sandbox.h"

namespace eb {

// "speech/keyword-spotting@vulkan" or "...@vulkan:1": what runs, and where.
struct NeighbourName {
  std::string workload{}, backend{};
  std::string device{};  // empty: the backend's first
};
Result<NeighbourName> neighbour_from_text(std::string_view text);

class Neighbour {
 public:
  // Does a job until `is_stopped` is true, and says its phases; see do_job.
  using DoJob = std::function<ChildOutcome(const Job&, const std::function<void(std::string_view)>& on_phase,
                                           const std::function<bool()>& is_stopped)>;

  // Starts `job`, whose window is its own business.
  Neighbour(Job job, const DoJob& do_job);
  ~Neighbour();  // ends it
  Neighbour(const Neighbour&) = delete;
  Neighbour& operator=(const Neighbour&) = delete;

  // Whether it runs back to back by now; an error is why it never will. Waits at most as long as
  // `is_given_up` is false.
  Status wait_until_running(const std::function<bool()>& is_given_up);
  // An error is why it has ended, though nobody ended it.
  Status ended();

 private:
  enum class State : std::uint8_t { starting, running, over };
  std::atomic<State> state_{State::starting};
  std::atomic<bool> is_stopped_{false};
  ChildOutcome outcome_{};  // once it is over
  std::thread thread_;
};

// The job of a neighbour of `job`, on a named device: the same folders, providers and threads, and a window
// that outlasts any other.
Job neighbour_job(const Job& job, const NeighbourName& name, const std::string& precision);

}  // namespace eb
