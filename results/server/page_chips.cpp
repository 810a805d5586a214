// What makers claim, beside what was measured; in a table of its own, since a claim is no measurement.
#include <fmt/format.h>

#include <map>

#include "results/chips.h"
#include "results/server/page_parts.h"

namespace eb::board {
namespace {

constexpr std::int64_t kBest = 1000;  // records that are looked at for the best of each claim

using BestOf = std::map<const ChipClaim*, StoredRecord>;

Result<BestOf> best_measured(Store& store, const std::vector<ChipClaim>& claims) {
  const RecordQuery query{
      .where = {{"status", Condition::Op::equal, "ok"}, {"effective_tops", Condition::Op::greater, "0"}},
      .order_by = "effective_tops",
      .is_descending = true,
      .limit = kBest};
  EB_GET(const auto records, store.find(query));
  BestOf best;
  for (const StoredRecord& stored : records)
    if (const ChipClaim* claim = claim_for(stored.record, stored.machine, claims))
      best.emplace(claim, stored);  // the first is the best
  return best;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

Markup measured_cell(const StoredRecord* stored) {
  if (stored == nullptr) return measured({}, "");
  Markup html = measured(stored->record.effective_tops, "TOPS");
  html.raw("<span class=\"sub\">").append(link(run_url(stored->run_id), stored->record.workload));
  return html.raw("</span>");
}

Markup share_cell(const ChipClaim& claim, const StoredRecord* stored) {
  if (stored == nullptr) return measured({}, "");
  return measured(*stored->record.effective_tops / claim.tops * 100, "%", 2);
}

Markup row(const ChipClaim& claim, const StoredRecord* stored) {
  Markup html;
  html.raw("<tr><td class=\"device\"><span class=\"main\">").text(one_line(claim.chip));
  html.raw("</span><span class=\"sub\">").text(one_line(joined(claim.device_kinds)));
  if (!claim.scope.empty() && claim.scope != joined(claim.device_kinds))
    html.raw(" · claimed for the ").text(one_line(claim.scope));
  html.raw("</span></td><td data-label=\"Precision\">").text(one_line(claim.precision));
  html.raw("</td><td data-label=\"Sparsity\">").text(one_line(claim.sparsity));
  html.raw("</td><td class=\"num\" data-label=\"Claimed\"><span class=\"value\">")
      .text(short_number(claim.tops));
  html.raw("</span> <span class=\"unit\">TOPS</span>");
  html.raw("</td><td class=\"num\" data-label=\"Measured\">").append(measured_cell(stored));
  html.raw("</td><td class=\"num\" data-label=\"Share\">").append(share_cell(claim, stored));
  html.raw("</td><td class=\"wrap\" data-label=\"Source\">").text(one_line(claim.source));
  html.raw("<span class=\"sub\">grade ").text(one_line(claim.grade));
  if (!claim.condition.empty()) html.raw(" · ").text(one_line(claim.condition));
  return html.raw("</span></td></tr>\n");
}

}  // namespace

Result<HttpAnswer> chips_page(const PageSource& source) {
  EB_GET(const auto claims, claims_from_json(chips_json(), "chips.json"));
  EB_GET(const auto best, best_measured(source.store, claims));
  Markup html;
  html.raw(
          "<div class=\"page-head\"><h1>Claims of makers</h1><p class=\"lead\">What a data sheet says, and "
          "the most ")
      .raw("that any workload here reached on that chip, in the claim's own precision. Claims never enter a ")
      .raw("ranking. Figures of MLPerf have other rules; there are none on this site.</p></div>\n")
      .raw("<div class=\"card scroll\"><table class=\"results\"><thead><tr><th scope=\"col\">Chip</th><th ")
      .raw("scope=\"col\">Precision</th><th scope=\"col\">Sparsity</th><th scope=\"col\" ")
      .raw("class=\"num\">Claimed</th><th scope=\"col\" class=\"num\">Measured</th><th scope=\"col\" ")
      .raw("class=\"num\">Share</th><th scope=\"col\">Source</th></tr></thead>\n<tbody>\n");
  // Measured ones first, else in the order of the list.
  for (const bool is_measured : {true, false})
    for (const ChipClaim& claim : claims) {
      const auto found = best.find(&claim);
      if ((found != best.end()) == is_measured)
        html.append(row(claim, is_measured ? &found->second : nullptr));
    }
  html.raw(
          "</tbody></table></div>\n<p class=\"note\">Grades: D official documentation, S secondary source, "
          "C ")
      .raw(
          "computed. Measured operations are nominal: dense, one multiply-accumulate is two. Where a claim "
          "is for ")
      .raw("sparse arithmetic, the share is of that claim all the same.</p>\n");
  return page_answer("Claims of makers", Section::chips, html);
}

}  // namespace eb::board
