// Comparisons and scores for a terminal.
#include <fmt/format.h>

#include "reporters/comparison.h"
#include "reporters/comparison_text.h"
#include "reporters/text.h"
#include "reporters/text_table.h"

namespace eb {
namespace {

constexpr std::size_t kMostLonely = 8;  // cells of one side only, by name
constexpr int kWidestText = 100;        // paragraphs, where the terminal sets no limit

// Words in lines of at most `width` columns, each after the first indented.
std::string wrapped(const std::string& text, int width_columns, int indent) {
  const int width = width_columns > 0 ? width_columns : kWidestText;
  std::string lines, line;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines += line + "\n";
      line = std::string(static_cast<std::size_t>(indent), ' ') + word;
    } else {
      line += (at == 0 ? "" : " ") + word;
    }
    at = end + 1;
  }
  return lines + line + "\n";
}

std::string verdict_text(const Comparison& cell) {
  if (!cell.speed) return std::string(verdict_name(cell.verdict));
  return ratio_text(*cell.speed) + (cell.is_forced ? " FORCED" : "");
}

std::string dash(const std::string& text) {
  return text.empty() ? "–" : text;
}

std::string cell_table(const CellGroup& group, const std::string& letter, int width, bool colour) {
  TextTable table;
  table.columns = {{group.metric, false}, {"A", true}, {letter, true}, {letter + " is", false}};
  for (const Comparison* cell : group.cells) {
    table.rows.push_back({one_line(cell->first.workload), dash(first_value(*cell)), dash(other_value(*cell)),
                          verdict_text(*cell)});
    const auto energy = [](const RunRecord& record) {
      return record.energy_per_sample_mj ? human_number(*record.energy_per_sample_mj) : "";
    };
    if (const std::string text = energy_text(*cell); !text.empty())
      table.rows.push_back({"  energy, mJ a sample", energy(cell->first), energy(cell->other), text});
    if (!quality_change_text(*cell).empty())
      table.rows.push_back({"  " + one_line(cell->first.quality_metric), short_number(*cell->first.quality),
                            short_number(*cell->other.quality), "of another quality"});
  }
  return group.title + "\n" + text_table(table, width, colour);
}

std::string group_table(const RunComparison& one, const std::string& letter, int width, bool colour) {
  TextTable table;
  table.columns = {{"geometric mean", false}, {"cells", true}, {letter + " is", false}};
  for (const GroupRatio* group : shown_groups(one.groups))
    table.rows.push_back({group_title(*group), fmt::format("{}", group->cells), ratio_text(group->ratio)});
  return table.rows.empty() ? "" : "\n" + text_table(table, width, colour);
}

std::string causes_text(const RunComparison& one, int width) {
  std::string text;
  for (const Explanation& explanation : one.explanations) {
    text += "\n" + wrapped(explanation_head(explanation), width, 0);
    std::size_t number = 0;
    for (const Cause& cause : explanation.causes) {
      if (++number > kMostCauses) break;
      text +=
          wrapped(fmt::format("  {}. {}; {}", number, one_line(cause.sentence), cause_note(cause)), width, 5);
    }
    if (explanation.causes.size() > kMostCauses)
      text += fmt::format("  and {} less likely; --format html shows all\n",
                          explanation.causes.size() - kMostCauses);
  }
  return text;
}

std::string lonely_text(const std::vector<std::string>& cells, const std::string& letter, int width) {
  if (cells.empty()) return "";
  std::string text = fmt::format("\nOnly {} has a speed of:\n", letter);
  for (std::size_t i = 0; i < std::min(cells.size(), kMostLonely); ++i)
    text += wrapped("  " + one_line(cells[i]), width, 4);
  if (cells.size() > kMostLonely) text += fmt::format("  and {} more\n", cells.size() - kMostLonely);
  return text;
}

std::string score_table(std::span<const Score> scores, int width, bool colour) {
  TextTable table;
  table.columns = {{"task", false}, {"score", true}, {"interval", false}, {"workloads", true}, {"", false}};
  for (const Score& score : scores) {
    const std::string interval =
        score.interval ? fmt::format("{:.0f} to {:.0f}", score.interval->low, score.interval->high) : "–";
    table.rows.push_back({score.task.empty() ? "all" : one_line(score.task),
                          fmt::format("{:.0f}", score.value), interval,
                          fmt::format("{} of {}", score.cells, score.cells + score.missing.size()),
                          score.missing.empty() ? "" : "partial"});
  }
  return text_table(table, width, colour);
}

std::string missing_text(const Score& score, int width) {
  if (score.missing.empty()) return "";
  std::string names;
  for (const std::string& name : score.missing) names += (names.empty() ? "" : ", ") + one_line(name);
  return wrapped("partial, since these have no speed: " + names, width, 2);
}

std::string comparison_text(const RunComparison& one, const std::string& letter, int width, bool colour) {
  std::string text;
  for (const CellGroup& group : group_cells(one.cells))
    text += "\n" + cell_table(group, letter, width, colour);
  if (one.cells.empty())
    text += fmt::format("\nA and {} have no cell in common that both have a speed of.\n", letter);
  text += group_table(one, letter, width, colour);
  const auto reasons = reasons_of(one.cells);
  if (!reasons.empty()) text += "\n";
  for (const std::string& reason : reasons) text += wrapped(reason, width, 2);
  text += causes_text(one, width);
  text += lonely_text(one.only_first, "A", width) + lonely_text(one.only_other, letter, width);
  return text;
}

}  // namespace

std::string render_comparisons(std::span<const RunComparison> all, int width_columns, bool colour) {
  if (all.empty()) return "";
  std::string text = wrapped("A: " + one_line(all.front().first), width_columns, 3);
  for (std::size_t i = 0; i < all.size(); ++i)
    text += wrapped(fmt::format("{}: {}", run_letter(i + 1), one_line(all[i].other)), width_columns, 3);
  for (std::size_t i = 0; i < all.size(); ++i)
    text += comparison_text(all[i], run_letter(i + 1), width_columns, colour);
  return text + "\n" + wrapped(std::string(kComparisonNote), width_columns, 0);
}

std::string render_scores(std::span<const Score> scores, std::string_view reference, int width_columns,
                          bool colour) {
  std::string text = wrapped(fmt::format("1000 is {}", one_line(reference)), width_columns, 2);
  if (scores.empty()) return text + "\nNo device has a speed of any workload of the reference.\n";
  for (std::size_t at = 0; at < scores.size();) {
    const std::size_t begin = at;
    const auto place = [](const Score& score) {
      return one_line(fmt::format("{}, {}, {}", score.device, score.precision, score.scenario));
    };
    while (at < scores.size() && place(scores[at]) == place(scores[begin])) ++at;
    const auto group = scores.subspan(begin, at - begin);
    text += fmt::format("\n{}\n{}", place(group[0]), score_table(group, width_columns, colour));
    text += missing_text(group[0], width_columns);
  }
  return text;
}

}  // namespace eb
