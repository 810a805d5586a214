#include "harness/lab/plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "harness/base/files.h"
#include "harness/base/json_schema.h"

namespace eb::lab {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMostBytes = 64 << 20;
constexpr std::size_t kMostJobs = 1'000'000;

// Members of `run`, and the options of edgebench run that they are.
struct RunOption {
  const char* member;
  std::string_view option;
  std::string_view unit;  // of a time, as the option takes it
};
constexpr std::array kRunOptions{RunOption{"workloads", "--workloads", ""},
                                 RunOption{"backends", "--backends", ""},
                                 RunOption{"devices", "--device", ""},
                                 RunOption{"precisions", "--precisions", ""},
                                 RunOption{"scenarios", "--scenarios", ""},
                                 RunOption{"audits", "--audits", ""},
                                 RunOption{"formats", "--format", ""},
                                 RunOption{"tier", "--tier", ""},
                                 RunOption{"beside", "--beside", ""},
                                 RunOption{"threads", "--threads", ""},
                                 RunOption{"launches", "--launches", ""},
                                 RunOption{"streams", "--streams", ""},
                                 RunOption{"time_budget_s", "--time-budget", "s"},
                                 RunOption{"sustained_s", "--sustained", "s"},
                                 RunOption{"rate_qps", "--rate", ""},
                                 RunOption{"latency_target_ms", "--latency-target", ""},
                                 RunOption{"dims", "--dim", ""},
                                 RunOption{"strict", "--strict", ""}};

std::string value_text(const Json& value) {
  if (value.is_array()) return fmt::format("{}", fmt::join(value.get<std::vector<std::string>>(), ","));
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void add_arguments(const RunOption& option, const Json& value, std::vector<std::string>& arguments) {
  if (value.is_boolean()) {
    if (value.get<bool>()) arguments.emplace_back(option.option);
  } else if (value.is_object()) {
    for (const auto& [key, number] : value.items())
      arguments.push_back(fmt::format("{}={}={}", option.option, key, number.dump()));
  } else {
    arguments.push_back(fmt::format("{}={}{}", option.option, value_text(value), option.unit));
  }
}

// Names of dimensions are any text in ONNX; here, one that an argument can hold.
Status check_dims(const Json& run) {
  const Json dims = run.value("dims", Json::object());
  for (const auto& [key, number] : dims.items()) {
    const bool is_plain =
        !key.empty() && key.size() <= 200 &&
        std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~' && c != '='; });
    if (!is_plain)
      return Error{ErrorKind::invalid,
                   "run.dims has a name that is empty, longer than 200 bytes or not plain ASCII"};
  }
  return Done{};
}

std::vector<std::string> texts_at(const Json& json, const char* key) {
  return json.value(key, std::vector<std::string>());
}

Result<PlannedJob> planned_job_of(const Json& json) {
  const Json boards = json.value("boards", Json::object());
  const Json& run = json.at("run");
  EB_OK(check_dims(run));
  PlannedJob job{.id = json.at("id"),
                 .boards = {texts_at(boards, "ids"), texts_at(boards, "classes"), texts_at(boards, "tags")},
                 .arguments = {},
                 .workloads = texts_at(run, "workloads"),
                 .backends = texts_at(run, "backends"),
                 .precisions = texts_at(run, "precisions")};
  for (const RunOption& option : kRunOptions)
    if (const auto at = run.find(option.member); at != run.end()) add_arguments(option, *at, job.arguments);
  job.repeats = json.value("repeats", job.repeats);
  job.retries = json.value("retries", job.retries);
  job.retry_wait_s = json.value("retry_wait_s", job.retry_wait_s);
  job.time_limit_s = json.value("time_limit_s", job.time_limit_s);
  return job;
}

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// The boards of a planned job.
Result<std::vector<std::size_t>> boards_of(const PlannedJob& job, const Inventory& inventory) {
  std::vector<std::size_t> all;
  std::set<std::string> unseen(job.boards.ids.begin(), job.boards.ids.end());
  for (std::size_t i = 0; i < inventory.boards.size(); ++i) {
    unseen.erase(inventory.boards[i].id);
    if (fits(job.boards, inventory.boards[i])) all.push_back(i);
  }
  if (!unseen.empty())
    return Error{ErrorKind::invalid,
                 fmt::format("the inventory has no board '{}'; look at boards.ids", *unseen.begin())};
  if (all.empty())
    return Error{ErrorKind::invalid,
                 "no board of the inventory fits; look at boards.classes and boards.tags"};
  return all;
}

}  // namespace

bool fits(const Selection& selection, const Board& board) {
  const auto matters = [](const std::vector<std::string>& list, const std::string& text) {
    return list.empty() || has(list, text);
  };
  return matters(selection.ids, board.id) && matters(selection.classes, board.board_class) &&
         std::all_of(selection.tags.begin(), selection.tags.end(),
                     [&](const std::string& tag) { return has(board.tags, tag); });
}

Result<Plan> plan_from_json(std::string_view text, std::string_view name) {
  EB_GET(const Json json, read_json(text, lab_plan_schema(), name));
  Plan plan;
  plan.boards_at_once = json.value("boards_at_once", plan.boards_at_once);
  plan.board_failures = json.value("board_failures", plan.board_failures);
  plan.board_wait_s = json.value("board_wait_s", plan.board_wait_s);
  std::set<std::string> ids;
  for (const Json& item : json.at("jobs")) {
    auto job = planned_job_of(item);
    const auto id = item.at("id").get<std::string>();
    if (!job) return job.error().within(fmt::format("{}: job {}", name, id));
    if (!ids.insert(id).second)
      return Error{ErrorKind::invalid, fmt::format("{}: two jobs have the id {}", name, id)};
    plan.jobs.push_back(*std::move(job));
  }
  return plan;
}

Result<Plan> read_plan(const std::filesystem::path& file) {
  EB_GET(const std::string text, read_file(file, kMostBytes));
  return plan_from_json(text, file.string());
}

Result<std::vector<Job>> jobs_of(const Plan& plan, const Inventory& inventory) {
  std::vector<std::vector<std::size_t>> boards;
  int repeats = 0;
  std::size_t count = 0;
  for (const PlannedJob& job : plan.jobs) {
    auto found = boards_of(job, inventory);
    if (!found) return found.error().within(fmt::format("job {}", job.id));
    count += found->size() * static_cast<std::size_t>(job.repeats);
    boards.push_back(*std::move(found));
    repeats = std::max(repeats, job.repeats);
  }
  if (count > kMostJobs)
    return Error{ErrorKind::invalid,
                 fmt::format("the plan comes to {} jobs, more than {}; lower `repeats`, or make "
                             "two plans",
                             count, kMostJobs)};
  std::vector<Job> jobs;
  jobs.reserve(count);
  for (int repeat = 1; repeat <= repeats; ++repeat)
    for (std::size_t i = 0; i < plan.jobs.size(); ++i)
      for (const std::size_t board : boards[i])
        if (repeat <= plan.jobs[i].repeats)
          jobs.push_back({fmt::format("{}/{}/{}", plan.jobs[i].id, inventory.boards[board].id, repeat), i,
                          board, repeat});
  return jobs;
}

}  // namespace eb::lab
