#include <fmt/format.h>

#include <algorithm>

#include "harness/app/commands.h"
#include "harness/app/compare_options.h"
#include "harness/base/files.h"
#include "harness/base/process.h"
#include "harness/run/journal.h"
#include "reporters/reporters.h"
#include "results/compare/compare.h"

namespace eb {
namespace {

using Comparisons = std::vector<RunComparison>;

constexpr const char* kReferenceName = "the reference run";

Result<Run> reference_run() {
  if (reference_run_json().empty())
    return Error{ErrorKind::not_found,
                 "--reference: this program was built without a reference run; give a run instead"};
  return run_from_json(reference_run_json(), kReferenceName);
}

// "3%", "3 %" or "3".
Result<double> parse_percent(std::string text) {
  while (!text.empty() && (text.back() == '%' || text.back() == ' ')) text.pop_back();
  constexpr double kMost = 1000;
  double percent = 0;
  const bool has_digits = !text.empty() && text.size() < 12 &&
                          text.find_first_not_of("0123456789.") == std::string::npos &&
                          std::count(text.begin(), text.end(), '.') <= 1 && text != ".";
  if (has_digits) {
    const std::size_t point = std::min(text.find('.'), text.size());
    double scale = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i == point) continue;
      percent = percent * 10 + (text[i] - '0');
      if (i > point) scale *= 10;
    }
    percent /= scale;
  }
  if (!has_digits || percent > kMost)
    return Error{ErrorKind::invalid,
                 fmt::format("'{}' is not a percentage from 0 to {}, as in 3%", text, kMost)};
  return percent;
}

// The last part of the path that says something: of results/runs/a/run.json it is a.
std::string name_of(const std::filesystem::path& path) {
  const auto clean = path.lexically_normal();
  for (auto part = clean; !part.empty() && part != part.root_path(); part = part.parent_path())
    if (const std::string name = part.filename().string(); !name.empty() && name != "run.json" && name != ".")
      return name;
  return path.string();
}

// Folders of one name are told by their whole paths.
std::vector<std::string> names_of(const CompareCommand& command) {
  if (!command.names.empty()) return command.names;
  std::vector<std::string> names;
  for (const auto& path : command.runs) names.push_back(name_of(path));
  std::vector<std::string> sorted = names;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = command.runs[i].string();
  return names;
}

Result<std::vector<NamedRun>> read_all(const CompareCommand& command) {
  const std::size_t fewest = command.is_with_reference ? 1 : 2;
  if (command.runs.size() < fewest)
    return Error{ErrorKind::invalid, "compare needs two runs or more, or one and --reference"};
  const auto names = names_of(command);
  if (names.size() != command.runs.size())
    return Error{ErrorKind::invalid,
                 fmt::format("--names has {} names for {} runs", names.size(), command.runs.size())};
  std::vector<NamedRun> runs;
  if (command.is_with_reference) {
    EB_GET(Run reference, reference_run());
    runs.push_back({kReferenceName, std::move(reference)});
  }
  for (std::size_t i = 0; i < command.runs.size(); ++i) {
    EB_GET(Run run, read_run(command.runs[i]));
    runs.push_back({names[i], std::move(run)});
  }
  return runs;
}

std::string rendered(const Comparisons& all, const std::string& format) {
  if (format == "html") return comparisons_html(all);
  if (format == "md") return comparisons_markdown(all);
  return comparisons_json(all).dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

Status write_files(const Comparisons& all, const CompareCommand& command) {
  if (command.formats.empty()) return Done{};
  if (auto writable = make_writable_folder(command.out_folder); !writable)
    return writable.error().within("--out");
  for (const std::string& format : command.formats) {
    const auto file = command.out_folder / ("compare." + format);
    EB_OK(write_file_atomic(file, rendered(all, format)));
    fmt::print("{}\n", file.string());
  }
  return Done{};
}

bool has_ratio(const RunComparison& one) {
  return std::any_of(one.cells.begin(), one.cells.end(),
                     [](const Comparison& cell) { return cell.speed.has_value(); });
}

// One line for each cell that is too slow.
std::size_t tell_slower(const Comparisons& all, double percent) {
  std::size_t count = 0;
  for (const RunComparison& one : all)
    for (const Comparison& cell : one.cells)
      if (cell.speed && is_slower_by(*cell.speed, percent)) {
        ++count;
        complain(fmt::format("{} is more than {:.6g} % slower in {} than in {}", cell_name(cell), percent,
                             one.other, one.first),
                 exit_failed);
      }
  return count;
}

Result<int> compare(const CompareCommand& command) {
  std::optional<double> percent;
  if (command.fail_if_slower) {
    auto parsed = parse_percent(*command.fail_if_slower);
    if (!parsed) return parsed.error().within("--fail-if-slower");
    percent = *parsed;
  }
  EB_GET(const std::vector<NamedRun> runs, read_all(command));
  Comparisons all;
  for (std::size_t i = 1; i < runs.size(); ++i)
    all.push_back(compare_runs(runs[0], runs[i], {command.is_forced, command.may_devices_differ}));
  const int columns = terminal_width();
  constexpr int kColumnsOfFiles = 80;
  fmt::print("{}", render_comparisons(all, columns > 0 ? columns : kColumnsOfFiles, columns > 0));
  EB_OK(write_files(all, command));
  if (std::none_of(all.begin(), all.end(), has_ratio))
    return Error{
        ErrorKind::invalid,
        "no cell can be compared: give runs that share cells and tier, or --across-devices or --force"};
  return percent && tell_slower(all, *percent) > 0 ? exit_failed : exit_ok;
}

Result<int> score(const ScoreCommand& command) {
  EB_GET(const Run run, read_run(command.run));
  const bool is_own = command.reference.empty();
  EB_GET(const Run reference, is_own ? reference_run() : read_run(command.reference));
  const std::string name = is_own ? kReferenceName : name_of(command.reference);
  const auto scores = score_run(run, reference);
  const int columns = terminal_width();
  if (command.format == "json")
    fmt::print(
        "{}\n",
        scores_json(scores, name).dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  else
    fmt::print("{}", render_scores(scores, name, columns, columns > 0));
  if (scores.empty())
    return Error{ErrorKind::invalid, "the run has no speed of a workload that the reference has"};
  return exit_ok;
}

}  // namespace

int compare_command(const CompareCommand& command) {
  const auto code = compare(command);
  return code ? *code : complain(code.error().message, exit_usage);
}

int score_command(const ScoreCommand& command) {
  const auto code = score(command);
  return code ? *code : complain(code.error().message, exit_usage);
}

}  // namespace eb
