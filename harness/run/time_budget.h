#pragma once
// How a time budget is dealt out: slots for children, windows within a slot, and what it buys. Pure.
#include <optional>
#include <string>

#include "harness/run/job.h"
#include "harness/run/plan.h"

namespace eb {

// The rule with a window that ends after `share_s`, with less evidence if need be, but never with less than
// one query; unchanged where it asks for less.
WindowRule fitted(const WindowRule& rule, double share_s);

// What comes next in a slot of which `left_s` are left: a window; one with a search, which needs about as
// much time again; or the one at the rate that a search found, some of whose share stays for a lower rate in
// case it fails.
enum class Turn : std::uint8_t { window, search, found_rate };
// Its length. `windows_after` others will each take `cost_s` besides their windows.
double window_of_slot_s(double left_s, std::size_t windows_after, double cost_s, Turn turn);

// Deals the time of a run to its children.
class TimeBudget {
 public:
  // `begin_s`: when the run began, by the clock of all the times below.
  TimeBudget(double budget_s, double begin_s)
      : end_s_(begin_s + budget_s - kClosingS), grace_s_(kGrace * budget_s) {}

  // For a child that has `windows` of the `windows_left` still to come.
  double slot_s(double now_s, std::size_t windows, std::size_t windows_left) const;
  // For all that is still to come.
  double left_s(double now_s) const;
  // After which a child is ended: a record that is a little late is worth more than none.
  double limit_s(double now_s) const { return left_s(now_s) + grace_s_; }
  // Whether no child is worth starting any more.
  bool is_used_up(double now_s) const { return left_s(now_s) < kShortestShareS; }
  // That child took so long, from before its start until after its end.
  void took(double slot_s, double child_s);

 private:
  static constexpr double kClosingS = 0.3;  // for the reports
  static constexpr double kGrace = 0.02;    // of the budget; 0.05 over is what a budget promises at most

  double end_s_, grace_s_;
  double overrun_s_ = 0.15;  // of a child that used its slot: its start and its end
};

// What a budget buys, in one sentence for people, before the start: "time budget 60 s: 6 cells x 1 launch x
// about 7 s of window; tier trial, since quick asks for 10 s". `left_s`: of it, for all launches.
struct BudgetPlan {
  double budget_s = 0, left_s = 0;
  std::size_t cells = 0;  // that can be measured
  int launches = 1;
};
// Whether it is enough for all of them, as far as can be said beforehand. One that is not is overrun; one
// that is ends in time, and what turned out not to fit is skipped.
bool is_enough(const BudgetPlan& plan);
std::string budget_text(const BudgetPlan& plan, const Tier& tier);

}  // namespace eb
