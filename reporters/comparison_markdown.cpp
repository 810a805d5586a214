// compare.md: comparisons for pull requests and the summary of a job.
#include <fmt/format.h>

#include "reporters/comparison.h"
#include "reporters/comparison_text.h"
#include "reporters/markdown_text.h"
#include "reporters/text.h"

namespace eb {
namespace {

std::string dash(const std::string& text) {
  return text.empty() ? "–" : markdown_text(text);
}

std::string verdict(const Comparison& cell) {
  std::string text = cell.speed ? ratio_text(*cell.speed) : std::string(verdict_name(cell.verdict));
  text = markdown_text(text);
  const bool stands_out = cell.verdict == CompareVerdict::faster || cell.verdict == CompareVerdict::slower;
  if (stands_out) text = "**" + text + "**";
  return cell.is_forced ? text + " (forced)" : text;
}

std::string cell_table(const CellGroup& group, const std::string& letter) {
  std::string text = fmt::format("\n### {}\n\n", markdown_text(group.title));
  text += markdown_row({"workload", "A: " + group.metric, letter, letter + " is", "energy", "quality"});
  text += markdown_row({"---", "---:", "---:", "---", "---", "---"});
  for (const Comparison* cell : group.cells)
    text += markdown_row({markdown_text(cell->first.workload), dash(first_value(*cell)),
                          dash(other_value(*cell)), verdict(*cell), dash(energy_text(*cell)),
                          cell->quality_change == 0.0 ? "same" : dash(quality_change_text(*cell))});
  return text;
}

std::string list(std::string_view title, const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string text = fmt::format("\n{}\n\n", title);
  for (const std::string& line : lines) text += "- " + markdown_text(line) + "\n";
  return text;
}

std::string groups_text(const RunComparison& one, const std::string& letter) {
  const auto groups = shown_groups(one.groups);
  if (groups.empty()) return "";
  std::string text = "\n### Geometric means\n\n" +
                     markdown_row({"precision, task", "cells", letter + " is"}) +
                     markdown_row({"---", "---:", "---"});
  for (const GroupRatio* group : groups)
    text += markdown_row({markdown_text(group_title(*group)), fmt::format("{}", group->cells),
                          markdown_text(ratio_text(group->ratio))});
  return text;
}

std::string causes_text(const RunComparison& one) {
  std::string text;
  for (const Explanation& explanation : one.explanations) {
    text += fmt::format("\n{}\n\n", markdown_text(explanation_head(explanation)));
    std::size_t number = 0;
    for (const Cause& cause : explanation.causes) {
      if (++number > kMostCauses) break;
      text += fmt::format("{}. {}; {}\n", number, markdown_text(cause.sentence),
                          markdown_text(cause_note(cause)));
    }
  }
  return text;
}

}  // namespace

std::string comparisons_markdown(std::span<const RunComparison> all) {
  std::string text = "# edgebench: comparison\n\n";
  for (std::size_t i = 0; i < all.size(); ++i) {
    const RunComparison& one = all[i];
    const std::string letter = run_letter(i + 1);
    if (i == 0) text += fmt::format("- A: {}\n", markdown_text(one.first));
    text += fmt::format("- {}: {}\n", letter, markdown_text(one.other));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const RunComparison& one = all[i];
    const std::string letter = run_letter(i + 1);
    text += fmt::format("\n## {} against A\n", letter);
    if (one.cells.empty()) text += "\nThe runs have no cell in common that both have a speed of.\n";
    for (const CellGroup& group : group_cells(one.cells)) text += cell_table(group, letter);
    text += groups_text(one, letter) + causes_text(one);
    text += list("Notes:", reasons_of(one.cells));
    text += list("Only A has a speed of:", one.only_first);
    text += list(fmt::format("Only {} has a speed of:", letter), one.only_other);
  }
  return text + fmt::format("\n{}\n", kComparisonNote);
}

}  // namespace eb
