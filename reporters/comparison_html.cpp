// compare.html: the page of comparisons, in the look of the report. No script, nothing fetched.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reporters/comparison.h"
#include "reporters/comparison_plot.h"
#include "reporters/comparison_text.h"
#include "reporters/html_parts.h"
#include "reporters/text.h"

namespace eb {
namespace {

using Verdict = CompareVerdict;

constexpr std::string_view kStyle = R"css(
main > .cards { margin-bottom: 16px; }
.ratios { margin: 4px 0 22px; }
.ratios .equal { width: 2px !important; margin-left: -1px; top: -4px; bottom: -4px; background: var(--dim); opacity: 0.5; }
.ratios .between { top: 5px; bottom: 5px; min-width: 2px; border-radius: 3px; opacity: 0.45; }
.ratios .good { background: var(--good); }
.ratios .bad { background: var(--bad); }
.ratios .quiet { background: var(--quiet); }
.ratios .unsure { background: var(--card); border: 2px solid var(--doubtful); }
.compared .verdict { white-space: normal; min-width: 15em; padding-left: 14px; }
.compared .badge { margin-right: 4px; }
.means td { white-space: nowrap; }
.means th { color: var(--ink); font-size: 14px; font-weight: 400; }
.causes { margin: 6px 0 16px; padding-left: 24px; }
.causes:last-child { margin-bottom: 0; }
.causes li { padding: 3px 0; }
.contexts th[scope="row"] { white-space: nowrap; }
.contexts td { width: 45%; }
@media (max-width: 720px) {
  .compared tr { grid-template-columns: 1fr 1fr; }
  .compared td:first-child, .compared td.verdict { grid-column: 1 / 3; }
  .compared td.verdict { padding-left: 0; }
  .compared td.verdict::before { content: none; }
  .ratios .bar-label a { display: inline; }
  .means td { white-space: normal; }
  .contexts th[scope="row"] { white-space: normal; }
  .contexts td { width: auto; }
}
)css";

std::string_view tone_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::faster:
      return "badge good";
    case Verdict::slower:
      return "badge bad";
    case Verdict::too_few_launches:
      return "badge doubtful";
    default:
      return "badge quiet";
  }
}

Markup badge(Verdict verdict) {
  Markup html;
  html.raw("<span").attr("class", tone_of(verdict)).raw(">").text(verdict_name(verdict)).raw("</span>");
  return html;
}

// A ratio in words, without the verdict that a badge beside it says.
std::string interval_text(const Ratio& ratio) {
  return ratio.interval ? ratio_text(ratio, {.better = "", .worse = "", .same = ""}) : "";
}

Markup card(std::string_view title, const std::string& value, const std::string& note) {
  Markup html;
  html.raw("<div class=\"card stat\"><div class=\"label\">").text(title).raw("</div><div class=\"value\">");
  html.text(value).raw("</div><div class=\"note\">").text(note).raw("</div></div>\n");
  return html;
}

Markup cards(const RunComparison& one) {
  std::array<std::size_t, 5> counts{};
  for (const Comparison& cell : one.cells) ++counts[static_cast<std::size_t>(cell.verdict)];
  const auto count = [&](Verdict verdict) {
    return fmt::format("{}", counts[static_cast<std::size_t>(verdict)]);
  };
  const std::string all = "of " + counted(one.cells.size(), "cell");
  Markup html;
  html.raw("<div class=\"cards\">\n");
  for (const GroupRatio& group : one.groups)
    if (group.task.empty())
      html.append(card("Geometric mean, " + one_line(group.precision),
                       group.ratio.interval ? times_text(group.ratio.value) : "–",
                       verdict_of(group.ratio) == Verdict::too_few_launches
                           ? std::string(verdict_name(Verdict::too_few_launches))
                           : ratio_text(group.ratio)));
  html.append(card("Faster", count(Verdict::faster), all))
      .append(card("Slower", count(Verdict::slower), all));
  html.append(card("No significant difference", count(Verdict::no_difference), all));
  const auto unsure = counts[static_cast<std::size_t>(Verdict::too_few_launches)];
  const auto unlike = counts[static_cast<std::size_t>(Verdict::not_comparable)];
  if (unsure + unlike > 0)
    html.append(card("Without a verdict", fmt::format("{}", unsure + unlike),
                     fmt::format("{} too few launches, {} not comparable", unsure, unlike)));
  return std::move(html.raw("</div>\n"));
}

// Of a metric's text: "ms" of "mean latency, ms".
std::string_view unit_of(std::string_view metric) {
  const auto comma = metric.rfind(", ");
  return comma == std::string_view::npos ? "" : metric.substr(comma + 2);
}

void append_value_head(Markup& html, std::string_view letter, std::string_view unit) {
  html.raw("<th scope=\"col\" class=\"num\">").text(letter).raw("<span class=\"unit\">").text(unit);
  html.raw("</span></th>");
}

void append_value(Markup& html, std::string_view label, const std::string& text, std::string_view unit) {
  html.raw("<td").attr("class", text.empty() ? "num absent" : "num").attr("data-label", label).raw(">");
  html.text(text.empty() ? "–" : grouped(text));
  if (!text.empty()) html.raw("<span class=\"cell-unit\"> ").text(unit).raw("</span>");
  html.raw("</td>");
}

Markup energy_cell(const Comparison& cell) {
  Markup html;
  const std::string text = energy_text(cell);
  html.raw("<td").attr("class", text.empty() ? "absent" : "").attr("data-label", "energy").raw(">");
  if (cell.first.energy_per_sample_mj && cell.other.energy_per_sample_mj)
    html.text(fmt::format("{} → {} mJ/sample", human_number(*cell.first.energy_per_sample_mj),
                          human_number(*cell.other.energy_per_sample_mj)))
        .raw("<div class=\"note\">");
  html.text(text.empty() ? "–" : text);
  if (cell.first.energy_per_sample_mj && cell.other.energy_per_sample_mj) html.raw("</div>");
  return std::move(html.raw("</td>"));
}

Markup quality_cell(const Comparison& cell) {
  const std::string change = quality_change_text(cell);
  Markup html;
  html.raw("<td").attr("class", change.empty() ? "absent" : "").attr("data-label", "quality").raw(">");
  html.text(!change.empty() ? change : cell.quality_change ? "same" : "–").raw("</td>");
  return html;
}

// What only some cells have is no column where none does.
struct Columns {
  std::string_view unit{};
  bool has_energy = false, has_quality = false;
};

Markup row(const Comparison& cell, const std::string& letter, const Columns& columns) {
  Markup html;
  html.raw("<tr><td>").append(workload_name(one_line(cell.first.workload))).raw("</td>");
  append_value(html, "A", first_value(cell), columns.unit);
  append_value(html, letter, other_value(cell), columns.unit);
  html.raw("<td class=\"verdict\" data-label=\"verdict\">").append(badge(cell.verdict));
  if (cell.is_forced) html.raw(" <span class=\"badge doubtful\">forced</span>");
  if (cell.speed) html.raw(" ").text(interval_text(*cell.speed));
  html.raw("</td>");
  if (columns.has_energy) html.append(energy_cell(cell));
  if (columns.has_quality) html.append(quality_cell(cell));
  return std::move(html.raw("</tr>\n"));
}

Markup cell_section(const CellGroup& group, const std::string& letter) {
  Columns columns{.unit = unit_of(group.metric)};
  for (const Comparison* cell : group.cells) {
    columns.has_energy = columns.has_energy || !energy_text(*cell).empty();
    columns.has_quality = columns.has_quality || cell->quality_change;
  }
  Markup html;
  html.raw("<section class=\"card\"><h2>").text(group.title).raw("</h2><p class=\"dim\">").text(group.metric);
  html.raw("</p>\n").append(comparison_plot(group));
  html.raw(
      "<div class=\"scroll\"><table class=\"results compared\"><thead><tr><th scope=\"col\">workload</th>");
  append_value_head(html, "A", columns.unit);
  append_value_head(html, letter, columns.unit);
  html.raw("<th scope=\"col\" class=\"verdict\">").text(letter + " is").raw("</th>");
  if (columns.has_energy) html.raw("<th scope=\"col\">energy</th>");
  if (columns.has_quality) html.raw("<th scope=\"col\">quality</th>");
  html.raw("</tr></thead><tbody>\n");
  for (const Comparison* cell : group.cells) html.append(row(*cell, letter, columns));
  html.raw("</tbody></table></div></section>\n");
  return html;
}

Markup explanations(const RunComparison& one) {
  Markup html;
  if (one.explanations.empty()) return html;
  html.raw("<section class=\"card\"><h2>What can cause it</h2>\n");
  for (const Explanation& explanation : one.explanations) {
    html.raw("<p>").text(explanation_head(explanation)).raw("</p>\n<ol class=\"causes\">\n");
    for (const Cause& cause : explanation.causes)
      html.raw("<li>")
          .text(one_line(cause.sentence))
          .raw("<div class=\"note\">")
          .text(cause_note(cause))
          .raw("</div></li>\n");
    html.raw("</ol>\n");
  }
  return std::move(html.raw("</section>\n"));
}

Markup groups_section(const RunComparison& one, const std::string& letter) {
  Markup html;
  const auto groups = shown_groups(one.groups);
  if (groups.empty()) return html;
  html.raw("<section class=\"card\"><h2>Geometric means</h2><table class=\"means\"><tbody>\n");
  for (const GroupRatio* group : groups) {
    html.raw("<tr><th scope=\"row\">").text(group_title(*group)).raw("</th><td class=\"dim\">");
    html.text(counted(group->cells, "cell"))
        .raw("</td><td>")
        .text(letter + " is ")
        .append(badge(verdict_of(group->ratio)));
    html.raw(" ").text(interval_text(group->ratio)).raw("</td></tr>\n");
  }
  return std::move(html.raw("</tbody></table></section>\n"));
}

Markup list(std::string_view title, const std::vector<std::string>& lines) {
  Markup html;
  if (lines.empty()) return html;
  html.raw("<section class=\"card notice\"><h2>").text(title).raw("</h2><ul>\n");
  for (const std::string& line : lines) html.raw("<li>").text(one_line(line)).raw("</li>\n");
  return std::move(html.raw("</ul></section>\n"));
}

Markup context_section(const RunComparison& one, const std::string& letter) {
  Markup html;
  if (one.context.empty()) return html;
  const auto text = [](const nlohmann::ordered_json& value) {
    constexpr std::size_t kMost = 400;  // of a nested value
    std::string shown = value.is_null() ? "–" : context_text(value);
    return shown.size() <= kMost ? shown : valid_utf8(shown.substr(0, kMost)) + "…";
  };
  html.raw(
      "<section class=\"card\"><h2>Contexts that differ</h2><div class=\"scroll\"><table "
      "class=\"contexts\"><thead><tr>");
  html.raw("<th scope=\"col\">key</th><th scope=\"col\">A</th><th scope=\"col\">").text(letter);
  html.raw("</th></tr></thead><tbody>\n");
  for (const ContextDifference& difference : one.context) {
    html.raw("<tr><th scope=\"row\">")
        .text(one_line(difference.key))
        .raw("</th><td>")
        .text(text(difference.first));
    html.raw("</td><td>").text(text(difference.other)).raw("</td></tr>\n");
  }
  return std::move(html.raw("</tbody></table></div></section>\n"));
}

Markup comparison_section(const RunComparison& one, const std::string& letter) {
  Markup html;
  html.raw("<h2 class=\"divider\">").text(letter + " against A").raw("</h2>\n").append(cards(one));
  if (one.cells.empty())
    html.raw(
            "<section class=\"card notice bad\"><h2>Nothing to compare</h2><p>The runs have no cell in "
            "common ")
        .raw("that both have a speed of.</p></section>\n");
  for (const CellGroup& group : group_cells(one.cells)) html.append(cell_section(group, letter));
  html.append(groups_section(one, letter)).append(explanations(one));
  Markup notices;
  notices.append(list("Notes", reasons_of(one.cells))).append(list("Only A has a speed of", one.only_first));
  notices.append(list(fmt::format("Only {} has a speed of", letter), one.only_other));
  if (!notices.str().empty()) html.raw("<div class=\"notices\">\n").append(notices).raw("</div>\n");
  return std::move(html.append(context_section(one, letter)));
}

}  // namespace

std::string comparisons_html(std::span<const RunComparison> all) {
  Markup body;
  const std::string title = all.empty() ? "no runs" : one_line(all.front().first);
  body.raw("<header class=\"page-head\">\n").append(html_brand("comparison")).raw("<h1>").text(title);
  if (all.size() == 1) body.text(" and " + one_line(all.front().other));
  if (all.size() > 1) body.text(fmt::format(" and {} others", all.size()));
  body.raw("</h1>\n<p class=\"facts\"><span>A: ").text(title).raw("</span>");
  for (std::size_t i = 0; i < all.size(); ++i)
    body.raw("<span>").text(run_letter(i + 1) + ": " + one_line(all[i].other)).raw("</span>");
  body.raw("</p></header>\n<main>\n");
  for (std::size_t i = 0; i < all.size(); ++i) body.append(comparison_section(all[i], run_letter(i + 1)));
  body.raw("</main>\n<footer>").text(kComparisonNote).raw("</footer>\n");
  return html_page(title, body, kStyle);
}

}  // namespace eb
