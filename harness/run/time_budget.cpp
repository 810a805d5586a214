#include "harness/run/time_budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

constexpr double kSearchedWindows = 2.2;  // a search takes about as long as the window, and sometimes longer
constexpr double kFoundRateShare = 0.8;   // where it fails the next one has 0.8 of the rest, and so on
constexpr double kSlowest = 0.9;          // of a slot: from there on it was the slot that ended the windows

std::string counted(std::size_t count, std::string_view noun, std::string_view plural) {
  return fmt::format("{} {}", count, count == 1 ? noun : plural);
}

int launches_of(const BudgetPlan& plan) {
  return plan.launches * static_cast<int>(plan.cells);
}

double window_of_plan_s(const BudgetPlan& plan) {
  return window_share_s(plan.left_s, launches_of(plan), kLaunchCostGuessS);
}

}  // namespace

WindowRule fitted(const WindowRule& rule, double share_s) {
  WindowRule shorter = rule;
  const double longest_ns = std::min(share_s * 1e9, static_cast<double>(rule.max_duration_ns));
  shorter.max_duration_ns = static_cast<std::int64_t>(longest_ns);
  shorter.min_duration_ns = std::min(rule.min_duration_ns, shorter.max_duration_ns);
  return shorter;
}

double window_of_slot_s(double left_s, std::size_t windows_after, double cost_s, Turn turn) {
  const auto after = static_cast<double>(windows_after);
  const double share_s = (left_s - after * cost_s) / (after + 1);
  const double part = turn == Turn::search       ? 1 / kSearchedWindows
                      : turn == Turn::found_rate ? kFoundRateShare
                                                 : 1;
  return std::max(kShortestShareS, part * share_s);
}

double TimeBudget::slot_s(double now_s, std::size_t windows, std::size_t windows_left) const {
  const double share = static_cast<double>(windows) / static_cast<double>(std::max(windows, windows_left));
  return std::max(0.0, (end_s_ - now_s) * share - overrun_s_);
}

double TimeBudget::left_s(double now_s) const {
  return std::max(0.0, end_s_ - now_s);
}

void TimeBudget::took(double slot_s, double child_s) {
  if (child_s >= kSlowest * slot_s && slot_s > 0)  // by half, as one child may have been held up
    overrun_s_ = std::clamp((overrun_s_ + child_s - slot_s) / 2, 0.0, slot_s);
}

bool is_enough(const BudgetPlan& plan) {
  return window_of_plan_s(plan) > kShortestShareS;
}

std::string budget_text(const BudgetPlan& plan, const Tier& tier) {
  const auto launches = static_cast<double>(plan.launches);
  const double all_launches = launches_of(plan), share_s = window_of_plan_s(plan);
  const std::string what =
      fmt::format("time budget {:g} s: {} x {}", plan.budget_s, counted(plan.cells, "cell", "cells"),
                  counted(static_cast<std::size_t>(plan.launches), "launch", "launches"));
  if (!is_enough(plan))
    return fmt::format(
        "{} x {:g} s of window, which with loading and warming up takes longer, about {:.0f} s or more; tier "
        "trial",
        what, kShortestShareS, all_launches * (kLaunchCostGuessS + kShortestShareS));
  const double asked_s = tier.min_window_s / launches;
  if (share_s >= asked_s)
    return fmt::format("{} x {:.3g} s of window, as tier {} asks; about {:.0f} s are needed", what, asked_s,
                       tier.name, all_launches * (asked_s + kLaunchCostGuessS));
  return fmt::format("{} x about {:.2g} s of window; tier trial, since {} asks for {:.3g} s", what, share_s,
                     tier.name, asked_s);
}

}  // namespace eb
