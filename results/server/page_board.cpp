// The leaderboard itself.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "results/server/page_parts.h"
#include "results/server/query.h"

namespace eb::board {
namespace {

constexpr std::int64_t kRowsAPage = 50;
constexpr std::int64_t kLooked = 1000;  // results from which the best of each device are taken

struct Filter {
  const char* field;
  const char* label;
  const char* all;
};
constexpr Filter kMainFilters[] = {{"task", "Task", "All tasks"},
                                   {"workload", "Workload", "All workloads"},
                                   {"precision", "Precision", "All precisions"},
                                   {"device_kind", "Device class", "All classes"}};
constexpr Filter kMoreFilters[] = {{"backend", "Backend", "All backends"},
                                   {"scenario", "Scenario", "All scenarios"},
                                   {"tier", "Tier", "All tiers"},
                                   {"power_scope", "Power scope", "All scopes"},
                                   {"trust", "Trust", "All levels"}};

struct Order {
  const char* field;
  const char* label;
  bool is_descending;  // as a reader wants it first
};
constexpr Order kOrders[] = {{"latency_p50_ms", "Latency", false}, {"throughput_sps", "Throughput", true},
                             {"effective_tops", "TOPS", true},     {"energy_per_sample_mj", "Energy", false},
                             {"tops_per_watt", "TOPS/W", true},    {"id", "Newest", true}};

struct BoardView {
  const Target& target;
  RecordQuery query{};
  const Order* order = std::prev(std::end(kOrders));
  bool is_ranking = false;    // of one workload: then rows have places
  bool is_best = false;       // one row for each device
  bool lacks_scope = false;   // energies of different scopes would be ranked together
  bool has_unranked = false;  // too
  bool is_reversed = false;
  std::vector<StoredRecord> records{};
  std::int64_t total = 0;
};

// The same page with one parameter changed; from its first row.
std::string changed(const BoardView& view, std::string_view name, const std::string& value) {
  auto parameters = view.target.without(name);
  std::erase_if(parameters, [](const auto& pair) { return pair.second.empty() || pair.first == "offset"; });
  if (!value.empty()) parameters.emplace_back(name, value);
  return make_url("/", parameters);
}

std::string cell_of(const RunRecord& r) {
  return fmt::format("{}\n{}\n{}", r.workload, r.precision, r.scenario);
}

// Of records with the best first, the first of each device in each cell.
std::vector<StoredRecord> best_of(std::vector<StoredRecord> records) {
  std::set<std::string> seen;
  std::erase_if(records, [&](const StoredRecord& stored) {
    const RunRecord& r = stored.record;
    return !seen.insert(fmt::format("{}\n{}\n{}\n{}", name_of_device(r), r.backend, r.tier, cell_of(r)))
                .second;
  });
  return records;
}

Status find_best(const PageSource& source, BoardView& view) {
  const auto offset = view.query.offset;
  RecordQuery query = view.query;
  query.offset = 0;
  query.limit = kLooked;
  query.is_descending = view.order->is_descending;
  EB_GET(auto records, source.store.find(query));
  records = best_of(std::move(records));
  if (view.is_reversed) std::reverse(records.begin(), records.end());
  view.total = static_cast<std::int64_t>(records.size());
  for (std::int64_t i = offset; i < std::min(offset + kRowsAPage, view.total); ++i)
    view.records.push_back(std::move(records[static_cast<std::size_t>(i)]));
  return Done{};
}

Result<BoardView> view_of(const PageSource& source, const Target& target) {
  BoardView view{.target = target};
  Target asked = target;
  std::erase_if(asked.parameters, [](const auto& pair) {
    return pair.first == "show" || pair.first == "rows" || pair.first == "order_by";
  });
  EB_GET(view.query, query_from(asked, {.usual = kRowsAPage, .most = kRowsAPage}));
  view.is_ranking = !target.parameter("workload").empty();
  if (view.is_ranking) view.order = &kOrders[0];
  for (const Order& order : kOrders)
    if (target.parameter("order_by") == order.field) view.order = &order;
  const std::string_view order_field = view.order->field;
  view.lacks_scope = (order_field == "energy_per_sample_mj" || order_field == "tops_per_watt") &&
                     target.parameter("power_scope").empty();
  view.is_ranking = view.is_ranking && !view.lacks_scope;
  view.is_best = view.is_ranking && target.parameter("rows") != "every";
  view.has_unranked = target.parameter("show") == "all";
  view.is_reversed = view.query.is_descending;
  view.query.order_by = view.order->field;
  view.query.is_descending = view.order->is_descending != view.is_reversed;
  view.query.where.push_back({"status", Condition::Op::equal, "ok"});
  if (!view.has_unranked) view.query.where.push_back({"ranked", Condition::Op::equal, "true"});
  if (view.is_best) {
    EB_OK(find_best(source, view));
    return view;
  }
  EB_GET(view.records, source.store.find(view.query));
  EB_GET(view.total, source.store.count(view.query.where));
  return view;
}

Result<Markup> selects(const PageSource& source, const Target& target, std::span<const Filter> filters) {
  Markup html;
  for (const Filter& filter : filters) {
    EB_GET(const auto values, source.facets.of(source.store, filter.field));
    html.append(labelled_select(filter.field, filter.label,
                                options(values, target.parameter(filter.field), filter.all)));
  }
  return html;
}

// A select of a few choices, of which the first is the default.
Markup choice(const BoardView& view, std::string_view name, std::string_view label,
              const std::vector<std::pair<std::string_view, std::string_view>>& choices) {
  Markup all;
  for (const auto& [value, text] : choices) {
    all.raw("<option").attr("value", value);
    if (view.target.parameter(name) == value) all.raw(" selected");
    all.raw(">").text(text).raw("</option>");
  }
  return labelled_select(name, label, all);
}

Markup order_select(const BoardView& view) {
  std::vector<std::pair<std::string_view, std::string_view>> choices = {{"", "Automatic"}};
  for (const Order& order : kOrders) choices.emplace_back(order.field, order.label);
  return choice(view, "order_by", "Sort by", choices);
}

Markup show_selects(const BoardView& view) {
  Markup html = choice(view, "rows", "Rows", {{"", "Best of each device"}, {"every", "Every result"}});
  return html.append(choice(view, "show", "Ranking", {{"", "Ranked only"}, {"all", "Unranked too"}}));
}

// Each workload is a ranking; the way there is one click.
Result<Markup> rankings(const PageSource& source, const BoardView& view) {
  EB_GET(const auto workloads, source.facets.of(source.store, "workload"));
  const std::string_view chosen = view.target.parameter("workload");
  Markup html;
  html.raw("<nav class=\"pills\" aria-label=\"Rankings\">");
  const auto pill = [&](const std::string& url, std::string_view name, bool is_current) {
    html.raw("<a").attr("href", url);
    if (is_current) html.raw(" aria-current=\"true\"");
    html.raw(">").text(one_line(name)).raw("</a>");
  };
  pill("/", "Latest", chosen.empty());
  for (const ValueCount& workload : workloads)
    pill(make_url("/", {{"workload", workload.value}}), workload.value, workload.value == chosen);
  return html.raw("</nav>\n");
}

Result<Markup> filter_form(const PageSource& source, const BoardView& view) {
  EB_GET(const Markup main, selects(source, view.target, kMainFilters));
  EB_GET(const Markup more, selects(source, view.target, kMoreFilters));
  const bool uses_more =
      std::any_of(std::begin(kMoreFilters), std::end(kMoreFilters),
                  [&](const Filter& filter) { return !view.target.parameter(filter.field).empty(); });
  Markup html;
  html.raw("<form class=\"card filters\" method=\"get\" action=\"/\">\n<div class=\"fields\">").append(main);
  html.append(order_select(view)).raw("</div>\n<details");
  if (uses_more || view.lacks_scope || view.has_unranked || !view.target.parameter("rows").empty())
    html.raw(" open");
  html.raw("><summary>More filters</summary><div class=\"fields\">").append(more).append(show_selects(view));
  return html.raw("</div></details>\n<div class=\"actions\"><button type=\"submit\">Apply</button>")
      .raw("<a class=\"button plain\" href=\"/\">Reset</a></div>\n</form>\n");
}

Markup column(const BoardView& view, std::string_view field, std::string_view label) {
  Markup html;
  const bool is_current = view.order->field == field;
  html.raw("<th scope=\"col\" class=\"num\"");
  if (is_current) {
    if (view.query.is_descending)
      html.raw(" aria-sort=\"descending\"");
    else
      html.raw(" aria-sort=\"ascending\"");
  }
  const std::string url = is_current ? changed(view, "descending", view.is_reversed ? "" : "1")
                                     : changed(view, "order_by", std::string(field));
  return html.raw(">").append(link(url, label)).raw("</th>");
}

Markup table_head(const BoardView& view, bool has_places) {
  Markup html;
  html.raw("<thead><tr>");
  if (has_places) html.raw("<th scope=\"col\" class=\"num\">#</th>");
  html.raw("<th scope=\"col\">Device</th><th scope=\"col\">Workload</th>")
      .append(column(view, "latency_p50_ms", "Latency"))
      .append(column(view, "throughput_sps", "Throughput"))
      .append(column(view, "effective_tops", "TOPS"))
      .append(column(view, "energy_per_sample_mj", "Energy"))
      .raw("<th scope=\"col\" class=\"num\">On device</th><th scope=\"col\">Trust</th>")
      .append(column(view, "id", "Received"));
  return html.raw("</tr></thead>\n");
}

// What bars compare within: precisions too, since they are ranked together.
std::string bar_group_of(const RunRecord& r) {
  return fmt::format("{}\n{}", r.workload, r.scenario);
}

// The longest latency of each group of bars on the page, interval included.
std::map<std::string, double> scales(const std::vector<StoredRecord>& records) {
  std::map<std::string, double> most;
  for (const StoredRecord& stored : records) {
    const RunRecord& r = stored.record;
    double& scale = most[bar_group_of(r)];
    scale = std::max({scale, r.latency_p50_ms.value_or(0), r.latency_mean_high_ms.value_or(0)});
  }
  return most;
}

Markup latency_cell(const RunRecord& r, double most) {
  Markup html;
  html.append(measured(r.latency_p50_ms, "ms"));
  if (!r.latency_p50_ms) return html;
  const std::string label = fmt::format("median {} ms{}", human_number(*r.latency_p50_ms, 3),
                                        r.latency_mean_low_ms ? ", with the interval of its mean" : "");
  html.append(bar({*r.latency_p50_ms, most, r.latency_mean_low_ms, r.latency_mean_high_ms, label}));
  if (r.latency_p99_ms)
    html.raw("<span class=\"sub\">p99 ").text(human_number(*r.latency_p99_ms, 3)).raw(" ms</span>");
  return html;
}

Markup energy_cell(const RunRecord& r) {
  Markup html = measured(r.energy_per_sample_mj, "mJ");
  if (!r.energy_per_sample_mj) return html;
  html.raw("<span class=\"sub\">").text(one_line(r.power_scope));
  if (!r.evidence_class.empty()) html.raw(" · ").text(one_line(r.evidence_class));
  return html.raw("</span>");
}

Markup device_cell(const StoredRecord& stored) {
  const RunRecord& r = stored.record;
  const std::string name = name_of_device(r);
  Markup html;
  html.raw("<span class=\"main\">").append(link(device_url(name), name)).raw("</span><span class=\"sub\">");
  html.text(backend_and_kind(r));
  if (!stored.machine.empty()) html.raw(" · ").text(one_line(stored.machine));
  return html.raw("</span>");
}

Markup row(const StoredRecord& stored, std::optional<std::int64_t> place, double most) {
  const RunRecord& r = stored.record;
  Markup html;
  html.raw("<tr>");
  if (place) html.raw("<td class=\"num place\">").count(static_cast<std::size_t>(*place)).raw("</td>");
  html.raw("<td class=\"device\">").append(device_cell(stored)).raw("</td><td class=\"workload\">");
  html.raw("<span class=\"main\">").text(one_line(r.workload)).raw("</span><span class=\"sub\">");
  html.text(one_line(fmt::format("{} · {} · {}", r.precision, r.scenario, r.tier)));
  if (!r.ranked) html.raw(" · <em>unranked</em>");
  html.raw("</span></td><td class=\"num latency\" data-label=\"Latency\">").append(latency_cell(r, most));
  html.raw("</td><td class=\"num\" data-label=\"Throughput\">").append(measured(r.throughput_sps, "/s"));
  html.raw("</td><td class=\"num\" data-label=\"TOPS\">").append(measured(r.effective_tops, ""));
  html.raw("</td><td class=\"num\" data-label=\"Energy\">").append(energy_cell(r));
  html.raw("</td><td class=\"num\" data-label=\"On device\">").append(placement_cell(r));
  html.raw("</td><td class=\"trust\">").append(trust_badge(stored.trust));
  html.raw("</td><td class=\"num when\">").append(link(run_url(stored.run_id), day_of(stored.received_at)));
  return html.raw("</td></tr>\n");
}

Markup pager(const BoardView& view) {
  const std::int64_t first = view.query.offset, end = first + static_cast<std::int64_t>(view.records.size());
  Markup html;
  html.raw("<nav class=\"pager\" aria-label=\"Pages\">");
  if (first > 0)
    html.append(link(changed(view, "offset", first > kRowsAPage ? fmt::format("{}", first - kRowsAPage) : ""),
                     "← Previous"));
  html.raw("<span>").text(grouped(fmt::format("{}", view.total == 0 ? 0 : first + 1))).raw("–");
  html.text(grouped(fmt::format("{}", end))).raw(" of ").text(grouped(fmt::format("{}", view.total)));
  html.raw("</span>");
  if (end < view.total && end <= kDeepestOffset)
    html.append(link(changed(view, "offset", fmt::format("{}", end)), "Next →"));
  return html.raw("</nav>\n");
}

Markup export_links(const BoardView& view) {
  auto parameters = view.target.parameters;
  std::erase_if(parameters, [](const auto& pair) {
    return pair.second.empty() || pair.first == "show" || pair.first == "order_by" ||
           pair.first == "descending";
  });
  parameters.emplace_back("order_by", view.query.order_by);
  if (view.query.is_descending) parameters.emplace_back("descending", "1");
  for (const Condition& condition : view.query.where)
    if (condition.field == "status" || condition.field == "ranked")
      parameters.emplace_back(condition.field, condition.value);
  Markup html;
  html.raw("<p class=\"exports\">These results as ");
  constexpr std::pair<const char*, const char*> kExports[] = {
      {"json", "JSON"},
      {"csv", "CSV"},
      {"bmf", "bencher BMF"},
      {"github-action-benchmark", "github-action-benchmark"},
      {"openbenchmarking", "OpenBenchmarking XML"}};
  for (const auto& [format, name] : kExports) {
    auto with_format = parameters;
    with_format.emplace_back("format", format);
    html.append(link(make_url("/api/v1/results", with_format), name)).raw(" ");
  }
  return html.raw("</p>\n");
}

Markup results(const BoardView& view) {
  Markup html;
  if (view.records.empty())
    return html
        .raw("<div class=\"card empty\"><h2>No results fit</h2><p>Take a filter away, or show unranked ")
        .raw("results too. To send yours: <code>edgebench upload</code>.</p></div>\n");
  const auto most = scales(view.records);
  html.raw("<div class=\"card scroll\"><table class=\"results\">").append(table_head(view, view.is_ranking));
  html.raw("<tbody>\n");
  std::int64_t place = view.query.offset;
  for (const StoredRecord& stored : view.records) {
    ++place;
    html.append(row(stored, view.is_ranking ? std::optional(place) : std::nullopt,
                    most.at(bar_group_of(stored.record))));
  }
  return html.raw("</tbody></table></div>\n");
}

Markup scope_notice(const BoardView& view) {
  Markup html;
  if (!view.lacks_scope) return html;
  return html
      .raw("<p class=\"notice\" role=\"note\">Energies of different power scopes are not comparable: choose ")
      .raw("one under More filters to see a ranking.</p>\n");
}

}  // namespace

Result<HttpAnswer> board_page(const PageSource& source, const Target& target) {
  EB_GET(const BoardView view, view_of(source, target));
  EB_GET(const Markup form, filter_form(source, view));
  EB_GET(const Markup pills, rankings(source, view));
  Markup html;
  html.raw(
          "<div class=\"page-head\"><h1>Leaderboard</h1><p class=\"lead\">Machine-learning inference at the "
          "edge, ")
      .raw("as measured: answers checked before timing, where it ran verified, every number with its ")
      .raw("error.</p></div>\n")
      .append(pills)
      .append(form)
      .append(scope_notice(view))
      .append(pager(view))
      .append(results(view));
  if (static_cast<std::int64_t>(view.records.size()) > 10) html.append(pager(view));
  html.raw(
          "<p class=\"note\">Bars: median latency against the longest of the same workload and "
          "scenario ")
      .raw(
          "on this page; whiskers: 99 % interval of the mean over launches, where there were three or more. ")
      .raw("Energies of different scopes are not comparable.</p>\n")
      .append(export_links(view));
  return page_answer("Leaderboard", Section::board, html);
}

}  // namespace eb::board
