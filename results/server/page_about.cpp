// How to read the pages, and how to take part.
#include "results/server/page_parts.h"

namespace eb::board {
namespace {

Markup reading() {
  Markup html;
  return html.raw(R"(<section class="card prose"><h2>What a row says</h2>
<p>One workload, on one device, in one precision, under one scenario. The answers were judged first: a wrong answer has
no speed, and is not listed. <b>On device</b> is the share of multiply-accumulates that ran on the named device, with
how that is known: <i>assigned</i> by the runtime, <i>confirmed</i> by the vendor's own plan or profile, or
<i>counted</i> by hardware counters. Below 95 % a result is a fallback, and is not listed either.</p>
<p>The bar is the median latency; its whisker the 99 % interval of the mean over fresh launches. Two results whose
whiskers overlap are not known to differ. Energy is named with its <b>scope</b>, what is inside the number, and its
evidence class: P1 the chip's own gauge, P2 a shunt on the board, P3 an inline meter, P4 a laboratory analyser.
Energies of different scopes are never ranked together: a list sorted by energy has places once one scope is chosen.</p></section>
)");
}

Markup trust() {
  Markup html;
  html.raw("<section class=\"card prose\"><h2>How far to believe it</h2><dl class=\"levels\"><div><dt>");
  html.append(trust_badge(Trust::unverified))
      .raw(R"(</dt><dd>Somebody sent it. The validator recomputed every number
that follows from its raw latencies and power readings; invented traces are beyond it.</dd></div><div><dt>)");
  html.append(trust_badge(Trust::reproduced))
      .raw(R"(</dt><dd>A run signed with another key has the same workload,
model, precision, device, backend, scenario, tier and threads, both state an interval, and in every such cell the
intervals overlap. Keys cost nothing, so this says that it was repeated, not by whom.</dd></div><div><dt>)");
  return html.append(trust_badge(Trust::audited))
      .raw(R"(</dt><dd>An administrator looked into it.</dd></div></dl>
<p><b>Ranked</b> results come from real hardware that was otherwise idle, with a release build and the evidence that
their tier asks for. The others can be shown, with their reasons.</p></section>
)");
}

Markup taking_part() {
  Markup html;
  return html.raw(R"(<section class="card prose"><h2>Send yours</h2>
<pre><code>edgebench run --tier standard
edgebench upload results/runs/&lt;time&gt; --to &lt;this site&gt; --dry-run</code></pre>
<p><code>--dry-run</code> shows every byte that would leave; host names, user names, serial numbers and paths are not in
it. You need a token of this site's operator, in the environment as <code>EDGEBENCH_TOKEN</code>. The receipt has a
delete token, with which you can take your result away at any time.</p></section>
<section class="card prose"><h2>Use it elsewhere</h2>
<p>Everything here is also at <a href="/api/v1/results">/api/v1/results</a> (<a href="/api/v1/openapi.json">OpenAPI</a>),
and as CSV, <a href="https://bencher.dev/docs/reference/bencher-metric-format/" rel="noopener">bencher metric
format</a>, github-action-benchmark and OpenBenchmarking XML: the links are below each list.</p>
<p>Claims of makers are <a href="/chips">on a page of their own</a>. Results of MLPerf are made under other rules and are
never mixed with these.</p></section>
)");
}

}  // namespace

HttpAnswer about_page() {
  Markup html;
  html.raw(
          "<div class=\"page-head\"><h1>About</h1><p class=\"lead\">How to read these pages, and how to "
          "take ")
      .raw("part.</p></div>\n")
      .append(reading())
      .append(trust())
      .append(taking_part());
  return page_answer("About", Section::about, html);
}

}  // namespace eb::board
