// Header, cards, notices and the table of all records.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "reporters/html_parts.h"
#include "reporters/text.h"

namespace eb {
namespace {

struct Card {
  std::string title, value, unit, note, doc;
};

Markup card(const Card& card, const Markup& below = {}) {
  Markup html;
  html.raw("<div class=\"card stat\"").attr("title", card.doc).raw("><div class=\"label\">").text(card.title);
  html.raw("</div><div class=\"value\">").text(card.value);
  if (!card.unit.empty()) html.raw(" <span class=\"unit\">").text(card.unit).raw("</span>");
  html.raw("</div>").append(below);
  if (!card.note.empty()) html.raw("<div class=\"note\">").text(card.note).raw("</div>");
  html.raw("</div>\n");
  return html;
}

// One part for each status that occurs, as wide as its share.
Markup status_bar(const std::array<std::size_t, kStatusCount>& counts, std::size_t all) {
  Markup bar;
  bar.raw("<div class=\"share\" aria-hidden=\"true\">");
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    const double percent = 100.0 * static_cast<double>(counts[i]) / static_cast<double>(all);
    bar.raw("<i").attr("class", tone_class(tone_of(static_cast<RunStatus>(i)))).raw(" style=\"width:");
    bar.number(percent).raw("%\"></i>");
  }
  bar.raw("</div>");
  return bar;
}

Markup status_card(const Run& run) {
  const auto counts = count_statuses(run.records);
  std::string note;
  for (std::size_t i = 1; i < counts.size(); ++i)
    if (counts[i] > 0)
      note +=
          fmt::format("{}{} {}", note.empty() ? "" : ", ", counts[i], status_name(static_cast<RunStatus>(i)));
  if (note.empty()) note = run.records.empty() ? "nothing was run" : "every cell gave a valid result";
  return card({"Cells ok", fmt::format("{}", counts[0]), fmt::format("of {}", run.records.size()), note,
               "A cell is one workload on one device at one precision in one scenario."},
              run.records.empty() ? Markup() : status_bar(counts, run.records.size()));
}

const RunRecord* best(const Run& run, RunRecord::Number RunRecord::*member) {
  const RunRecord* found = nullptr;
  for (const RunRecord& record : run.records) {
    if (record.status != RunStatus::ok || measured_text(record.*member).empty()) continue;
    if (found == nullptr || *(record.*member) > *(found->*member)) found = &record;
  }
  return found;
}

Markup ranked_card(const Run& run) {
  const auto is_ranked = [](const RunRecord& record) { return record.ranked; };
  const auto ranked = std::count_if(run.records.begin(), run.records.end(), is_ranked);
  const auto reasons = shared_unranked_reasons(run.records);
  const auto fewer = [](const Shared& a, const Shared& b) { return a.records.size() < b.records.size(); };
  const auto main_reason = std::max_element(reasons.begin(), reasons.end(), fewer);
  return card({"Ranked", fmt::format("{}", ranked), fmt::format("of {}", run.records.size()),
               main_reason == reasons.end() ? "" : main_reason->text, std::string(field_doc("ranked"))});
}

std::string duration_text(const Run& run) {
  const auto at = run.context.find("duration_s");
  if (at == run.context.end() || !at->is_number()) return "";
  const double seconds = at->get<double>();
  if (!(seconds >= 0 && seconds < 1e9)) return "";
  const auto whole = std::llround(seconds);
  if (whole < 120) return short_number(seconds, 3) + " s";
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

Markup cards(const Run& run) {
  Markup html;
  html.raw("<div class=\"cards\">\n").append(status_card(run));
  if (const RunRecord* record = best(run, &RunRecord::effective_tops))
    html.append(card({"Best effective speed", measured_text(record->effective_tops), "TOPS",
                      one_line(record->workload) + ", " + one_line(record->scenario),
                      std::string(field_doc("effective_tops"))}));
  const auto overhead = run.context.find("harness_overhead_ns");
  if (overhead != run.context.end() && overhead->is_number())
    html.append(card({"Harness overhead", short_number(overhead->get<double>(), 3), "ns a query",
                      "measured in this run with a null session", ""}));
  html.append(ranked_card(run));
  const std::string duration = duration_text(run), load = context_text(run, "load_1m");
  if (!duration.empty())
    html.append(
        card({"Duration", duration, "", load.empty() ? "" : "load average at the start " + load, ""}));
  html.raw("</div>\n");
  return html;
}

struct NoticeKind {
  std::string_view title;
  Tone tone;
};

Markup notice(const NoticeKind& kind, const std::vector<Shared>& all, const ReportPage& page) {
  Markup html;
  const std::vector<Shared> items = folded(all);
  if (items.empty()) return html;
  html.raw("<section").attr("class", fmt::format("card notice {}", tone_class(kind.tone))).raw("><h2>");
  html.text(kind.title).raw("</h2><ul>");
  constexpr std::size_t kMost = 12;  // the sections have them all
  for (const Shared& item : std::span(items).first(std::min(items.size(), kMost))) {
    html.raw("<li>").text(item.text).raw(" <span class=\"dim\">(");
    if (item.records.size() == page.run.records.size())
      html.text("all cells");
    else if (item.records.size() == 1)
      html.text(record_title(*item.records.front()));
    else
      html.text(fmt::format("{} of {} cells", item.records.size(), page.run.records.size()));
    html.raw(")</span></li>");
  }
  if (items.size() > kMost)
    html.raw("<li class=\"dim\">")
        .text(fmt::format("and {} more, at their workloads below", items.size() - kMost));
  html.raw("</ul></section>\n");
  return html;
}

// Columns that a narrower window leaves out: their numbers are in the sections too.
constexpr int kSpareDropOrder = 7;

std::string column_class(const SummaryColumn& column, std::string_view more) {
  return fmt::format("{}{}{}{}", column.right_aligned ? "num" : "", column.field == "status" ? "status" : "",
                     column.drop_order >= kSpareDropOrder ? " spare" : "", more);
}

Markup ranked_cell(const RunRecord& record) {
  Markup html;
  std::string reasons;
  for (const std::string& reason : record.unranked_reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
  html.raw("<td data-label=\"ranked\"")
      .attr("class", record.ranked ? "ranking" : "ranking dim")
      .attr("title", reasons)
      .raw(">");
  return std::move(html.text(record.ranked ? "yes" : "no").raw("</td>"));
}

// No line ends between "≤" and its number.
std::string bound_to_sign(std::string text) {
  for (const std::string sign : {"≤", "≥"})
    for (std::size_t at = 0; (at = text.find(sign + " ", at)) != std::string::npos; at += sign.size())
      text.replace(at + sign.size(), 1, "\u00a0");
  return text;
}

Markup record_row(const RunRecord& record, std::size_t group, std::span<const SummaryColumn* const> columns) {
  Markup html;
  html.raw("<tr>");
  for (const SummaryColumn* column : columns) {
    const std::string text = column->text(record);
    html.raw("<td").attr("data-label", column->title);
    html.attr("class", column_class(*column, text.empty() ? " absent" : "")).raw(">");
    if (column->field == "workload")
      html.raw("<a").attr("href", "#" + group_anchor(group)).raw(">").append(workload_name(text)).raw("</a>");
    else if (column->field == "status")
      html.append(status_badge(record.status));
    else
      html.text(text.empty() ? "–" : bound_to_sign(grouped(text)));
    if (!text.empty() && column->right_aligned && !column->unit.empty())
      html.raw("<span class=\"cell-unit\"> ").text(column->unit).raw("</span>");
    html.raw("</td>");
  }
  html.append(ranked_cell(record)).raw("</tr>\n");
  return html;
}

// A key column in which all records agree says nothing in a table; it is said once, in the caption.
bool is_uniform_key(const SummaryColumn& column, std::span<const RunRecord> records) {
  if (records.size() < 2 || (column.field != "device" && column.field != "precision")) return false;
  const std::string first = column.text(records.front());
  return std::all_of(records.begin(), records.end(),
                     [&](const RunRecord& r) { return column.text(r) == first; });
}

}  // namespace

Markup html_brand(std::string_view kind_of_page) {
  Markup html;
  html.raw("<div class=\"brand\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">");
  html.raw("<rect x=\"3\" y=\"13\" width=\"4\" height=\"8\" rx=\"1\"/><rect x=\"10\" y=\"8\" width=\"4\" ");
  html.raw("height=\"13\" rx=\"1\"/><rect x=\"17\" y=\"3\" width=\"4\" height=\"18\" rx=\"1\"/></svg>");
  html.raw("edgebench<span class=\"dim\">").text(kind_of_page).raw("</span></div>\n");
  return html;
}

Markup html_header(const ReportPage& page) {
  Markup html;
  html.raw("<header class=\"page-head\">\n").append(html_brand("inference report")).raw("<h1>");
  html.text(machine_title(page.run));
  html.raw("</h1>\n<p class=\"facts\">");
  for (const std::string& fact : headline_facts(page.run)) html.raw("<span>").text(fact).raw("</span>");
  html.raw("</p>\n").append(cards(page.run)).raw("</header>\n");
  return html;
}

Markup html_notices(const ReportPage& page) {
  Markup html;
  if (context_text(page.run, "interrupted") == "yes")
    html.raw(
            "<section class=\"card notice bad\"><h2>Interrupted</h2><p>The run was stopped before its last "
            "cell. ")
        .raw("What is here was finished.</p></section>\n");
  Markup notices;
  notices.append(
      notice({"Warnings", Tone::doubtful}, shared_texts(page.run.records, &RunRecord::warnings), page));
  notices.append(
      notice({"Not ranked because", Tone::quiet}, shared_unranked_reasons(page.run.records), page));
  if (!notices.str().empty()) html.raw("<div class=\"notices\">\n").append(notices).raw("</div>\n");
  return html;
}

Markup html_results(const ReportPage& page) {
  const std::span<const RunRecord> records = page.run.records;
  Markup html;
  html.raw("<section class=\"card\" id=\"results\"><h2>Results</h2>");
  if (records.empty()) return std::move(html.raw("<p>This run has no records.</p></section>\n"));
  std::vector<const SummaryColumn*> columns;
  std::string caption;
  for (const SummaryColumn& column : summary_columns()) {
    const auto has_value = [&](const RunRecord& record) { return !column.text(record).empty(); };
    if (std::none_of(records.begin(), records.end(), has_value)) continue;
    if (is_uniform_key(column, records))
      caption += (caption.empty() ? "All on " : ", ") + column.text(records.front());
    else
      columns.push_back(&column);
  }
  if (!caption.empty()) html.raw("<p class=\"dim\">").text(caption).raw(".</p>");
  html.raw("<div class=\"scroll\"><table class=\"results\"><thead><tr>");
  for (const SummaryColumn* column : columns) {
    html.raw("<th scope=\"col\"").attr("class", column_class(*column, ""));
    html.attr("title", field_doc(column->field)).raw(">").text(column->title);
    if (!column->unit.empty()) html.raw("<span class=\"unit\">").text(column->unit).raw("</span>");
    html.raw("</th>");
  }
  html.raw("<th scope=\"col\"").attr("title", field_doc("ranked")).raw(">ranked</th></tr></thead><tbody>\n");
  for (std::size_t i = 0; i < page.groups.size(); ++i)
    for (const RunRecord* record : page.groups[i].records) html.append(record_row(*record, i, columns));
  html.raw("</tbody></table></div></section>\n");
  return html;
}

}  // namespace eb
