// One run, as it was sent.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/base/ascii.h"
#include "results/server/page_parts.h"
#include "results/server/query.h"

namespace eb::board {
namespace {

std::string context_text(const nlohmann::ordered_json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

Markup record_row(const RunRecord& r) {
  Markup html;
  html.raw("<tr><td class=\"device\"><span class=\"main\">")
      .append(link(device_url(name_of_device(r)), name_of_device(r)))
      .raw("</span><span class=\"sub\">")
      .text(backend_and_kind(r))
      .raw("</span></td><td class=\"workload\"><span class=\"main\">")
      .text(one_line(r.workload))
      .raw("</span><span class=\"sub\">")
      .text(one_line(fmt::format("{} · {} · {}", r.precision, r.scenario, r.tier)))
      .raw("</span></td><td data-label=\"Status\">")
      .append(status_badge(r.status));
  if (!r.reason.empty()) html.raw("<span class=\"sub\">").text(one_line(r.reason)).raw("</span>");
  if (r.status == RunStatus::ok && !r.ranked) {
    html.raw("<span class=\"sub\">unranked: ");
    for (const std::string& why : r.unranked_reasons) html.text(one_line(why)).raw("; ");
    html.raw("</span>");
  }
  html.raw("</td><td class=\"num\" data-label=\"Latency\">").append(measured(r.latency_p50_ms, "ms"));
  if (r.latency_mean_low_ms)
    html.raw("<span class=\"sub\">mean ")
        .append(interval_text(r.latency_mean_low_ms, r.latency_mean_high_ms))
        .raw("</span>");
  html.raw("</td><td class=\"num\" data-label=\"Throughput\">").append(measured(r.throughput_sps, "/s"));
  html.raw("</td><td class=\"num\" data-label=\"Quality\">").append(measured(r.quality, r.quality_metric));
  if (!r.quality_basis.empty())
    html.raw("<span class=\"sub\">").text(one_line(r.quality_basis)).raw("</span>");
  html.raw("</td><td class=\"num\" data-label=\"On device\">").append(placement_cell(r));
  return html.raw("</td></tr>\n");
}

Markup records_table(const Run& run) {
  Markup html;
  html.raw("<h2>Results</h2>\n<div class=\"card scroll\"><table class=\"results\"><thead><tr><th ")
      .raw("scope=\"col\">Device</th><th scope=\"col\">Workload</th><th scope=\"col\">Status</th><th ")
      .raw("scope=\"col\" class=\"num\">Latency</th><th scope=\"col\" class=\"num\">Throughput</th><th ")
      .raw("scope=\"col\" class=\"num\">Quality</th><th scope=\"col\" class=\"num\">On ")
      .raw("device</th></tr></thead>\n<tbody>\n");
  for (const RunRecord& record : run.records) html.append(record_row(record));
  return html.raw("</tbody></table></div>\n");
}

Markup context_table(const Run& run) {
  Markup html;
  html.raw(
      "<h2>Where it ran</h2>\n<div class=\"card scroll\"><table class=\"plain-table context\"><tbody>\n");
  for (const ContextKey& key : context_keys()) {
    const auto found = run.context.find(std::string(key.key));
    if (found == run.context.end() || found->is_structured()) continue;
    html.raw("<tr><th scope=\"row\"").attr("title", key.doc).raw(">").text(key.key).raw("</th><td>");
    html.text(one_line(context_text(*found)));
    if (!key.unit.empty()) html.raw(" <span class=\"unit\">").text(key.unit).raw("</span>");
    html.raw("</td></tr>\n");
  }
  return html.raw("</tbody></table></div>\n");
}

Markup run_head(const StoredRun& run) {
  const std::string api = fmt::format("/api/v1/results/{}", run.run_id);
  Markup html;
  html.raw("<div class=\"page-head\"><h1>Run ").text(run.run_id.substr(0, 12)).raw("</h1>\n<p>");
  html.append(trust_badge(run.trust)).raw("</p>\n<dl class=\"facts\"><div><dt>Received</dt><dd>");
  html.text(run.received_at).raw("</dd></div><div><dt>By</dt><dd>").text(run.source).raw("</dd></div>");
  if (!run.key_id.empty())
    html.raw("<div><dt>Signed with</dt><dd><code>").text(run.key_id.substr(0, 16)).raw("…</code></dd></div>");
  html.raw("<div><dt>SHA-256</dt><dd><code class=\"break\">")
      .text(run.run_id)
      .raw("</code></dd></div></dl>\n");
  html.raw("<p class=\"exports\">This run as ").append(link(api, "JSON")).raw(" ");
  html.append(link(api + "?format=csv", "CSV"))
      .raw(" ")
      .append(link(api + "?format=bmf", "bencher BMF"))
      .raw(" ");
  html.append(link(api + "?format=github-action-benchmark", "github-action-benchmark")).raw(" ");
  html.append(link(api + "?format=openbenchmarking", "OpenBenchmarking XML"));
  if (run.source == "upload") html.raw(" ").append(link(api + "/bundle", "Signed bundle"));
  return html.raw("</p></div>\n");
}

}  // namespace

Result<HttpAnswer> run_page(const PageSource& source, const std::string& id) {
  const Error none{ErrorKind::not_found, "there is no such run: it may have been deleted"};
  if (!is_sha256(id)) return none;
  EB_GET(const auto run, source.store.run(id));
  if (!run) return none;
  Markup html;
  html.append(run_head(*run)).append(records_table(run->run)).append(context_table(run->run));
  html.raw(
          "<p class=\"note\">Who sent it can take it away with the delete token of its receipt: "
          "<code>edgebench ")
      .raw("upload --delete RECEIPT</code>.</p>\n");
  return page_answer(fmt::format("Run {}", id.substr(0, 12)), Section::none, html);
}

}  // namespace eb::board
