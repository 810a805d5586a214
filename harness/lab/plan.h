#pragma once
// What a lab is to run, from a file by results/schema/edgebench.lab-plan.1.json, and the jobs that it comes
// to on the boards of an inventory.
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/lab/inventory.h"

namespace eb::lab {

// Boards that have one of `ids`, one of `classes` and all of `tags`; what is empty does not matter.
struct Selection {
  std::vector<std::string> ids{}, classes{}, tags{};
};
bool fits(const Selection& selection, const Board& board);

struct PlannedJob {
  std::string id{};
  Selection boards{};
  std::vector<std::string> arguments{};  // of edgebench run, each option with its value: "--tier=quick"
  std::vector<std::string> workloads{}, backends{}, precisions{};  // asked for; empty: any
  int repeats = 1, retries = 2;
  double retry_wait_s = 10, time_limit_s = 3600;
};

struct Plan {
  int boards_at_once = 16, board_failures = 3;
  double board_wait_s = 30;
  std::vector<PlannedJob> jobs{};  // each id once
};

// `name` is what messages call the text.
Result<Plan> plan_from_json(std::string_view text, std::string_view name);
Result<Plan> read_plan(const std::filesystem::path& file);

// A planned job on one board, for the `repeat`th time (from 1).
struct Job {
  std::string id{};  // "quick/pi5-01/1": also its folder below that of the results
  std::size_t planned = 0, board = 0;
  int repeat = 1;
};
// All of them. The repeats of a board's jobs are interleaved (A B A B), so that what drifts meets all alike.
// An error that names the job where its selection has an unknown id or fits no board.
Result<std::vector<Job>> jobs_of(const Plan& plan, const Inventory& inventory);

}  // namespace eb::lab

namespace eb {

// The text of the schema, which travels inside the program.
std::string_view lab_plan_schema();

}  // namespace eb
