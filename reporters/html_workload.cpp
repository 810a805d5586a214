// One section for each group of records: what was opened once, in all its scenarios.
#include <fmt/format.h>

#include <algorithm>

#include "reporters/html_parts.h"
#include "reporters/html_sustained.h"
#include "reporters/html_svg.h"
#include "reporters/text.h"

namespace eb {
namespace {

using R = RunRecord;
using Records = std::vector<const R*>;

// A record without a scenario was judged, not timed.
std::string scenario_title(const R& record) {
  std::string title = one_line(record.scenario);
  return title.empty() ? "verified" : title;
}

void append_tile(Markup& html, std::string_view title, const std::string& value, const std::string& note) {
  if (value.empty()) return;
  html.raw("<div class=\"tile\"><div class=\"label\">")
      .text(title)
      .raw("</div><div class=\"value\">")
      .text(value);
  html.raw("</div>");
  if (!note.empty()) html.raw("<div class=\"note\">").text(note).raw("</div>");
  html.raw("</div>");
}

std::string with_unit(R::Number value, std::string_view unit) {
  const std::string text = grouped(measured_text(value));
  return text.empty() ? text : fmt::format("{} {}", text, unit);
}

std::string at_most(R::Number bound) {
  const std::string text = with_unit(bound, "ms");
  return text.empty() ? text : "≤ " + text + " at 99 % confidence";
}

// What a rate was found between, or what was really done.
std::string load_evidence(const R& record) {
  if (record.rate_too_high_qps) return "too many: " + with_unit(record.rate_too_high_qps, "queries/s");
  return record.target_rate_qps ? with_unit(record.achieved_rate_qps, "queries/s done") : "";
}

// "12.3 W, package, P1"
std::string power_note(const R& record) {
  std::string note = with_unit(record.mean_power_w, "W");
  for (const std::string& part : {one_line(record.power_scope), one_line(record.evidence_class)})
    if (!note.empty() && !part.empty()) note += ", " + part;
  return note;
}

std::string steady_note(const R& record) {
  const std::string steady = record.steady_latency_ms ? with_unit(record.steady_latency_ms, "ms")
                                                      : with_unit(record.steady_throughput_sps, "samples/s");
  return steady.empty() ? steady : steady + " when hot";
}

Markup tiles(const Records& records) {
  Markup html;
  for (const R* record : records) {
    const std::string scenario = scenario_title(*record);
    append_tile(html, "load, " + scenario, load_text(*record), load_evidence(*record));
    append_tile(html, "p50, " + scenario, with_unit(record->latency_p50_ms, "ms"),
                at_most(record->latency_p50_bound_ms));
    append_tile(html, "p90, " + scenario, with_unit(record->latency_p90_ms, "ms"),
                at_most(record->latency_p90_bound_ms));
    append_tile(html, "throughput, " + scenario, with_unit(record->throughput_sps, "samples/s"),
                with_unit(record->effective_tops, "TOPS"));
    append_tile(html, "interference, " + scenario, with_unit(record->interference, "x"),
                "the time of a sample, by that alone");
    append_tile(html, "energy, " + scenario, with_unit(record->energy_per_sample_mj, "mJ/sample"),
                power_note(*record));
    append_tile(html, "speed kept, " + scenario, with_unit(record->retention_percent, "%"),
                steady_note(*record));
  }
  Markup framed;
  if (!html.str().empty()) framed.raw("<div class=\"tiles\">").append(html).raw("</div>\n");
  return framed;
}

// Of sustained windows. Counts `next_id` up for each chart of the page.
Markup sustained_charts(const Records& records, std::size_t& next_id) {
  Markup html;
  for (const R* record : records) {
    if (!has_sustained_charts(*record)) continue;
    const std::string scenario = scenario_title(*record);
    html.raw("<div class=\"charts\"><figure><figcaption>Speed over time, ")
        .text(scenario)
        .raw("</figcaption>");
    html.append(sustained_speed(*record, next_id++)).raw("</figure>");
    const Markup state = sustained_state(*record, next_id++);
    if (!state.str().empty())
      html.raw("<figure><figcaption>Temperature, clock, power: % of the highest (in the legend), ")
          .text(scenario)
          .raw("</figcaption>")
          .append(state)
          .raw("</figure>");
    html.raw("</div>\n");
  }
  return html;
}

// Counts `next_id` up for each chart of the page.
Markup charts(const Records& records, std::size_t& next_id) {
  Markup html;
  for (const R* record : records) {
    if (!has_latency_charts(*record)) continue;
    const std::string scenario = scenario_title(*record);
    html.raw("<div class=\"charts\"><figure><figcaption>Distribution of queries, ")
        .text(scenario)
        .raw("</figcaption>");
    html.append(latency_histogram(*record, next_id++))
        .raw("</figure><figure><figcaption>Percentiles, ")
        .text(scenario);
    html.raw(" <span class=\"dim legend\"><i></i>99 % confidence bound</span></figcaption>");
    html.append(percentile_curve(*record, next_id++)).raw("</figure></div>\n");
  }
  return html;
}

std::string number_text(const Field& field, const R& record) {
  if (const auto* number = std::get_if<R::Number R::*>(&field.member))
    return grouped(measured_text(record.**number));
  if (std::holds_alternative<R::Count R::*>(field.member)) return grouped(field_text(field, record));
  return "";
}

// latency_p90_bound_ms belongs to latency_p90_ms, and so on: by the names, so that a new percentile needs
// nothing.
const Field* bound_of(const Field& field) {
  const auto unit = field.name.rfind('_');
  if (unit == std::string_view::npos) return nullptr;
  return find_field(fmt::format("{}_bound{}", field.name.substr(0, unit), field.name.substr(unit)));
}

bool is_in_numbers(const Field& field) {
  return field.name.find("_bound_") == std::string_view::npos && !field.name.starts_with("placement") &&
         !field.name.starts_with("quality");
}

void append_number_row(Markup& html, const Field& field, const Records& records) {
  const auto text_of = [&](const R* record) { return number_text(field, *record); };
  if (std::all_of(records.begin(), records.end(), [&](const R* r) { return text_of(r).empty(); })) return;
  const Field* bound = bound_of(field);
  html.raw("<tr><th scope=\"row\"").attr("title", field.doc).raw(">").text(label_of(field.name, field.unit));
  html.raw("</th><td class=\"unit\">").text(field.unit).raw("</td>");
  for (const R* record : records) {
    const std::string text = text_of(record);
    const std::string limit = bound == nullptr ? "" : number_text(*bound, *record);
    html.raw("<td class=\"num\">").text(text.empty() ? "–" : text);
    if (!limit.empty())
      html.raw(" <span class=\"dim\"").attr("title", bound->doc).raw(">≤ ").text(limit).raw("</span>");
    html.raw("</td>");
  }
  html.raw("</tr>");
}

Markup numbers_table(const Records& records) {
  Markup rows, html;
  for (const Field& field : fields())
    if (is_in_numbers(field)) append_number_row(rows, field, records);
  if (rows.str().empty()) return html;
  html.raw("<div class=\"scroll\"><table class=\"numbers\"><thead><tr><th scope=\"col\">measured</th>");
  html.raw("<th scope=\"col\" class=\"unit\">unit</th>");
  for (const R* record : records)
    html.raw("<th scope=\"col\" class=\"num\">").text(scenario_title(*record)).raw("</th>");
  html.raw("</tr></thead><tbody>").append(rows).raw("</tbody></table></div>\n");
  return html;
}

void append_meter(Markup& html, std::string_view tone, double share, const R::Number& tick) {
  html.raw("<div class=\"meter\" aria-hidden=\"true\"><i").attr("class", tone).raw(" style=\"width:");
  html.number(std::clamp(share, 0.0, 1.0) * 100).raw("%\"></i>");
  if (tick && *tick >= 0 && *tick <= 1) html.raw("<b style=\"left:").number(*tick * 100).raw("%\"></b>");
  html.raw("</div>");
}

// The first record that has it: quality and placement belong to the session, which all scenarios share.
const R* first_with(const Records& records, R::Number R::*member) {
  const auto at = std::find_if(records.begin(), records.end(),
                               [&](const R* record) { return !measured_text(record->*member).empty(); });
  return at == records.end() ? nullptr : *at;
}

Markup quality_box(const Records& records) {
  Markup html;
  const R* record = first_with(records, &R::quality);
  if (record == nullptr) return html;
  html.raw("<div class=\"box\"").attr("title", field_doc("quality")).raw("><h4>Quality</h4><p><strong>");
  html.text(quality_value(*record)).raw("</strong> ").text(one_line(record->quality_metric));
  const std::string target = target_text(*record), basis = one_line(record->quality_basis);
  if (!target.empty())
    html.raw(" <span class=\"dim\">target ").text(target.substr(target.starts_with("target ") ? 7 : 0));
  if (!target.empty()) html.raw("</span>");
  html.raw("</p>");
  if (*record->quality >= 0 && *record->quality <= 1)
    append_meter(html, record->status == RunStatus::wrong ? "bad" : "good", *record->quality,
                 record->quality_target);
  if (!basis.empty()) html.raw("<p class=\"dim\">judged against ").text(basis).raw("</p>");
  html.raw("</div>\n");
  return html;
}

Markup placement_box(const Records& records) {
  Markup html;
  const R* record = first_with(records, &R::placement_macs);
  const bool by_macs = record != nullptr;
  if (!by_macs) record = first_with(records, &R::placement_nodes);
  if (record == nullptr) return html;
  const double share = by_macs ? *record->placement_macs : *record->placement_nodes;
  html.raw("<div class=\"box\"")
      .attr("title", field_doc("placement_evidence"))
      .raw("><h4>Placement</h4><p><strong>");
  html.text(share_text(share)).raw("</strong>");
  html.text(fmt::format(" of {} on {}", by_macs ? "MACs" : "nodes", device_path(*record)));
  if (by_macs && record->placement_nodes)
    html.raw(" <span class=\"dim\">").text(share_text(*record->placement_nodes)).raw(" of nodes</span>");
  if (record->placement_time)
    html.raw(" <span class=\"dim\">").text(share_text(*record->placement_time)).raw(" of the time</span>");
  html.raw("</p>");
  append_meter(html, record->status == RunStatus::fallback ? "doubtful" : "good", share, {});
  std::string evidence = one_line(record->placement_evidence), detail = one_line(record->placement);
  if (!evidence.empty()) evidence = "evidence: " + evidence;
  if (!detail.empty()) evidence += (evidence.empty() ? "" : "; ") + detail;
  if (!evidence.empty()) html.raw("<p class=\"dim\">").text(evidence).raw("</p>");
  html.raw("</div>\n");
  return html;
}

// The different texts that the records have, in order of appearance.
template <class TextsOf>
R::Texts distinct(const Records& records, TextsOf texts_of) {
  R::Texts all;
  for (const R* record : records) {
    for (const std::string& raw : texts_of(*record)) {
      const std::string text = one_line(raw);
      if (!text.empty() && std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
    }
  }
  return all;
}

// Texts that have no place of their own in the section; a new field is here without a word.
bool is_detail(const Field& field) {
  constexpr std::string_view kPlaced[] = {"workload", "backend",  "device",  "scenario",
                                          "reason",   "warnings", "command", "unranked_reasons"};
  const bool is_text = std::holds_alternative<std::string R::*>(field.member) ||
                       std::holds_alternative<R::Texts R::*>(field.member);
  return is_text && !field.name.starts_with("placement") && !field.name.starts_with("quality") &&
         std::find(std::begin(kPlaced), std::end(kPlaced), field.name) == std::end(kPlaced);
}

Markup details(const Records& records) {
  Markup rows, html;
  for (const Field& field : fields()) {
    if (!is_detail(field)) continue;
    const auto texts =
        distinct(records, [&](const R& record) { return R::Texts{field_text(field, record)}; });
    if (texts.empty()) continue;
    rows.raw("<dt").attr("title", field.doc).raw(">").text(label_of(field.name, field.unit)).raw("</dt><dd");
    rows.attr("class", field.name.ends_with("sha256") ? "hash" : "").raw(">");
    for (const std::string& text : texts) rows.text(&text == &texts.front() ? "" : "; ").text(text);
    rows.raw("</dd>");
  }
  if (!rows.str().empty()) html.raw("<dl>").append(rows).raw("</dl>\n");
  return html;
}

void append_list(Markup& html, std::string_view title, const R::Texts& texts) {
  if (texts.empty()) return;
  html.raw("<div class=\"box\"><h4>").text(title).raw("</h4>");
  for (const std::string& text : texts) html.raw("<p>").text(text).raw("</p>");
  html.raw("</div>\n");
}

Markup notes(const Records& records) {
  Markup html;
  append_list(html, "Warnings", distinct(records, [](const R& record) { return record.warnings; }));
  append_list(html, "Not ranked", distinct(records, [](const R& record) {
                return record.status == RunStatus::ok ? record.unranked_reasons : R::Texts{};
              }));
  return html;
}

void append_reasons(Markup& html, const Records& records) {
  for (const R* record : records) {
    if (record->status == RunStatus::ok) continue;
    html.raw("<div")
        .attr("class", fmt::format("reason {}", tone_class(tone_of(record->status))))
        .raw("><strong>");
    html.text(scenario_title(*record)).raw("</strong> ").append(status_badge(record->status)).raw("<p>");
    html.text(record->reason.empty() ? "No reason was given." : record->reason).raw("</p></div>\n");
  }
}

void append_commands(Markup& html, const Records& records) {
  const auto commands = distinct(records, [](const R& record) { return R::Texts{record.command}; });
  if (commands.empty()) return;
  html.raw("<p class=\"label\">To repeat it</p><pre>");
  for (const std::string& command : commands)
    html.text(&command == &commands.front() ? "" : "\n").text(command);
  html.raw("</pre>\n");
}

void append_section(Markup& html, const ReportPage& page, std::size_t index, std::size_t& next_id) {
  const RecordGroup& group = page.groups[index];
  const R& first = *group.records.front();
  const auto differs = [&](const R* record) { return record->status != first.status; };
  html.raw("<section class=\"card workload\"").attr("id", group_anchor(index)).raw("><header><h3>");
  html.append(workload_name(one_line(first.workload)))
      .raw("</h3><span class=\"dim\">")
      .text(device_path(first));
  html.text(one_line(first.precision).empty() ? "" : " · " + one_line(first.precision));
  html.text(one_line(first.beside).empty() ? "" : " · beside " + one_line(first.beside)).raw("</span><span>");
  if (std::none_of(group.records.begin(), group.records.end(), differs))
    html.append(status_badge(first.status));
  html.append(ranked_badge(first)).raw("</span></header>\n");
  append_reasons(html, group.records);
  html.append(tiles(group.records)).append(charts(group.records, next_id));
  html.append(sustained_charts(group.records, next_id));
  html.raw("<div class=\"split\"><div>").append(quality_box(group.records));
  html.append(placement_box(group.records)).raw("</div><div>").append(notes(group.records));
  html.raw("</div></div>\n");
  constexpr std::size_t kMostOpen = 4;  // more of them would bury one another
  html.raw("<details class=\"all\"");
  if (page.groups.size() <= kMostOpen) html.raw(" open=\"\"");
  html.raw("><summary>Layers, all numbers, where they come from</summary>");
  html.append(html_layers(page.run, group)).raw("<div class=\"split\"><div>");
  html.append(numbers_table(group.records)).raw("</div><div>").append(details(group.records));
  html.raw("</div></div>\n");
  append_commands(html, group.records);
  html.raw("</details></section>\n");
}

}  // namespace

std::string_view tone_class(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "good";
    case Tone::bad:
      return "bad";
    case Tone::doubtful:
      return "doubtful";
    case Tone::quiet:
      break;
  }
  return "quiet";
}

Markup status_badge(RunStatus status) {
  Markup html;
  html.raw("<span").attr("class", fmt::format("badge {}", tone_class(tone_of(status))));
  html.attr("title", field_doc("status")).raw(">").text(status_name(status)).raw("</span>");
  return html;
}

Markup ranked_badge(const R& record) {
  Markup html;
  if (record.status != RunStatus::ok) return html;  // says it already
  if (record.ranked) return std::move(html.raw("<span class=\"badge ranked\">ranked</span>"));
  std::string reasons;
  for (const std::string& reason : record.unranked_reasons) reasons += (reasons.empty() ? "" : "; ") + reason;
  html.raw("<span class=\"badge outline\"").attr("title", reasons).raw(">unranked</span>");
  return html;
}

Markup workload_name(const std::string& workload) {
  Markup html;
  const auto slash = workload.rfind('/');
  if (slash == std::string::npos) return std::move(html.text(workload));
  html.raw("<span class=\"folder\">").text(workload.substr(0, slash + 1)).raw("</span>");
  return std::move(html.text(workload.substr(slash + 1)));
}

std::string group_anchor(std::size_t group) {
  return fmt::format("w{}", group + 1);
}

Markup html_workloads(const ReportPage& page) {
  Markup html;
  if (!page.groups.empty()) html.raw("<h2 class=\"divider\">Workloads</h2>\n");
  std::size_t next_id = 1;
  for (std::size_t i = 0; i < page.groups.size(); ++i) append_section(html, page, i, next_id);
  return html;
}

}  // namespace eb
