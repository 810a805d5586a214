#pragma once
// How the lab reaches boards. An engine does the steps of an attempt, each begun by a call that returns at
// once and looked after by `poll`. Every step of one (job, attempt) may be begun again, by another driver
// too, after the first was killed: a push or fetch is then done anew or found done, and a start never runs it
// twice.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "harness/lab/plan.h"

namespace eb::lab {

// One try of a job on its board. Borrowed parts outlive it.
struct Attempt {
  const Job* job = nullptr;
  const PlannedJob* planned = nullptr;
  const Board* board = nullptr;
  int number = 1;
  std::filesystem::path folder{};  // of its results, on this machine, once they are fetched; its own
};

struct Progress {
  enum class What : std::uint8_t {
    working,
    done,
    board_failed,  // the board could not be reached or has gone
    job_failed,    // the board is well; another attempt may succeed
    job_is_wrong   // so will every further attempt
  };
  What what = What::working;
  std::string reason{};  // of a failure, one sentence
};

class Engine {
 public:
  virtual ~Engine() = default;

  // What the board needs. Ends what other attempts may have left at work there: a driver can be killed
  // between its word in the ledger that one is given up and `cancel`.
  virtual void push(const Attempt& attempt) = 0;
  virtual void start(const Attempt& attempt) = 0;  // edgebench run
  virtual void fetch(const Attempt& attempt) = 0;  // its results
  // Of the step begun last.
  virtual Progress poll(const Attempt& attempt) = 0;
  // Ends whatever there is of it, as far as the board can be reached.
  virtual void cancel(const Attempt& attempt) = 0;
  // Turns the board off and on, where it has a switch.
  virtual void power_cycle(const Board& board) = 0;
};

}  // namespace eb::lab
