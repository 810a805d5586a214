// The style sheet of the HTML report: system fonts, one accent, light and dark by the reader's preference,
// one column below 720 px, and a plain light page on paper.
#include <string_view>

#include "reporters/html_parts.h"

namespace eb {

namespace {

constexpr std::string_view kStyle =
    R"css(:root {
  color-scheme: light dark;
  --bg: #f5f6f8; --card: #ffffff; --ink: #18212c; --dim: #5d6976; --line: #e2e6eb; --soft: #eef1f4;
  --accent: #2563c9; --accent-soft: #b9cff5; --bound: #b3590a;
  --good: #12734a; --good-soft: #def3e8; --bad: #b3261e; --bad-soft: #fce8e6;
  --doubtful: #8a5a00; --doubtful-soft: #fcf0d4; --quiet: #55616e; --quiet-soft: #e9edf1;
  --mono: ui-monospace, SFMono-Regular, "Cascadia Mono", "Liberation Mono", "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --bg: #0f1317; --card: #171c22; --ink: #e5e9ee; --dim: #98a4b0; --line: #2a323b; --soft: #202730;
    --accent: #74a5f5; --accent-soft: #2e4670; --bound: #f0a955;
    --good: #6fd6a4; --good-soft: #15372a; --bad: #ff968c; --bad-soft: #45201e;
    --doubtful: #ecc06c; --doubtful-soft: #3c2f14; --quiet: #aab5c0; --quiet-soft: #28303a;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; max-width: 1280px; padding: 28px 24px 40px; background: var(--bg); color: var(--ink);
  font: 15px/1.5 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
h1, h2, h3, h4, p, ul, dl, dd, figure, pre { margin: 0; padding: 0; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -0.02em; }
h2 { font-size: 18px; font-weight: 650; letter-spacing: -0.01em; margin-bottom: 10px; }
h2.divider { margin: 34px 0 14px; }
h3 { font-size: 18px; font-weight: 650; letter-spacing: -0.01em; }
h4 { font-size: 13px; font-weight: 600; color: var(--dim); }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
th[title], dt[title] { cursor: help; }
.dim, .folder, .unit { color: var(--dim); font-weight: 400; }
.unit { font-size: 0.85em; }
.label { font-size: 13px; color: var(--dim); }
.note { font-size: 12.5px; line-height: 1.35; color: var(--dim); margin-top: 3px; }
.card {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; margin-bottom: 16px;
}
.scroll { overflow-x: auto; }

.page-head { margin-bottom: 16px; }
.brand { display: flex; align-items: center; gap: 8px; font-weight: 650; margin-bottom: 22px; }
.brand svg { width: 20px; height: 20px; fill: var(--accent); }
.brand .dim { padding-left: 8px; border-left: 1px solid var(--line); }
.facts { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 8px 0 20px; color: var(--dim); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(190px, 1fr)); gap: 12px; }
.stat { margin: 0; padding: 15px 18px 16px; }
.stat .value { font-size: 27px; line-height: 1.3; font-weight: 650; letter-spacing: -0.02em; }
.stat .value .unit { font-size: 14px; letter-spacing: 0; }
.share { display: flex; gap: 2px; height: 6px; margin: 5px 0 7px; border-radius: 3px; overflow: hidden; }
.share i.good, .meter i.good { background: var(--good); }
.share i.bad, .meter i.bad { background: var(--bad); }
.share i.doubtful, .meter i.doubtful { background: var(--doubtful); }
.share i.quiet { background: var(--quiet); opacity: 0.55; }

.notices { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 0 12px;
  align-items: start; }
.notice { padding: 14px 22px 15px; border-left: 4px solid var(--quiet); }
.notice h2 { font-size: 15px; margin-bottom: 3px; }
.notice ul { padding-left: 18px; }
.notice.doubtful { border-left-color: var(--doubtful); }
.notice.bad { border-left-color: var(--bad); }

.badge {
  display: inline-block; padding: 1px 9px 2px; border-radius: 99px; font-size: 12.5px; line-height: 1.5;
  font-weight: 600; white-space: nowrap;
}
.badge + .badge { margin-left: 5px; }
.badge.good { color: var(--good); background: var(--good-soft); }
.badge.bad { color: var(--bad); background: var(--bad-soft); }
.badge.doubtful { color: var(--doubtful); background: var(--doubtful-soft); }
.badge.quiet { color: var(--quiet); background: var(--quiet-soft); }
.badge.outline { color: var(--dim); border: 1px solid var(--line); font-weight: 400; padding: 0 8px 1px; }
.badge.ranked { color: var(--accent); border: 1px solid var(--accent-soft); padding: 0 8px 1px; }

table { border-collapse: collapse; width: 100%; font-size: 14px; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--dim); vertical-align: bottom; }
th, td { padding: 7px 11px 7px 0; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
td, th { overflow-wrap: break-word; }
.num { text-align: right; white-space: nowrap; }
.absent { color: var(--dim); }
.results th .unit { display: block; }
.results td { white-space: nowrap; }
.results td[data-label="load"] { white-space: normal; min-width: 8em; }
.results td:first-child { white-space: normal; overflow-wrap: anywhere; min-width: 190px; }
.results tbody tr:hover { background: var(--soft); }
.cell-unit { display: none; }
.matrix th, .matrix td { padding-right: 22px; vertical-align: top; }
.matrix th[scope="row"] { color: var(--ink); font-size: 14px; padding-top: 8px; }
.entry { white-space: nowrap; }
.entry + .entry { margin-top: 4px; }
.entry[title] { cursor: help; }
.why { margin-top: 12px; padding-top: 10px; border-top: 1px solid var(--line); font-size: 14px; }

.bars + .bars { margin-top: 26px; }
.bars figcaption { margin-bottom: 10px; }
.bar-row { display: grid; grid-template-columns: 300px 1fr 130px; gap: 14px; align-items: center; padding: 4px 0; }
.bar-label { line-height: 1.3; font-size: 14px; }
.bar-label .dim { font-size: 12.5px; }
.bar-label a { display: block; }
.track, .ticks { position: relative; height: 16px; }
.track { background: var(--soft); border-radius: 3px; }
.track i { position: absolute; top: 0; bottom: 0; }
.track .fill { background: var(--accent); border-radius: 3px; }
.track .reach { background: var(--accent-soft); border-radius: 0 3px 3px 0; }
.track .guide { top: 7.5px; bottom: 7.5px; background: var(--line); }
.track .dot { min-width: 12px; margin-left: -6px; top: 2px; bottom: 2px; border-radius: 6px; background: var(--accent); }
.bar-value { text-align: right; font-weight: 600; white-space: nowrap; font-size: 14px; }
.bar-axis { padding-top: 0; }
.ticks span { position: absolute; transform: translateX(-50%); font-size: 12px; color: var(--dim);
  white-space: nowrap; }
.ticks .first { transform: none; }
.ticks .last { transform: translateX(-100%); }

.workload { scroll-margin-top: 12px; }
.workload > header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 14px; margin-bottom: 14px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 14px 22px; margin-bottom: 20px; }
.tile { border-left: 2px solid var(--accent-soft); padding-left: 12px; }
.tile .value { font-size: 20px; line-height: 1.35; font-weight: 650; letter-spacing: -0.01em; }
.charts { display: grid; grid-template-columns: 1fr 1fr; gap: 26px; margin-bottom: 18px; }
figcaption { font-size: 14px; }
.roofs { margin-top: 20px; }
.charts figcaption { font-weight: 600; margin-bottom: 4px; }
.legend { float: right; font-weight: 400; font-size: 12.5px; }
.legend i { display: inline-block; width: 12px; height: 8px; margin-right: 5px; border: solid var(--bound);
  border-width: 2px 0 0; }
.chart { display: block; width: 100%; height: auto; overflow: visible; }
.chart text { font-size: 11.5px; fill: var(--dim); }
.chart .mid { text-anchor: middle; }
.chart .end { text-anchor: end; }
.chart .mark { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 4px;
  stroke-linejoin: round; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart .base { stroke: var(--dim); stroke-width: 1; opacity: 0.6; }
.chart .bin { fill: var(--accent); }
.chart .bin:hover { fill: var(--bound); }
.chart .mark-line { fill: none; stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; opacity: 0.75; }
.chart .curve { fill: none; stroke: var(--accent); stroke-width: 2.2; stroke-linejoin: round; }
.chart .second { stroke-dasharray: 7 4; stroke: var(--dim); }
.chart .hot { stroke: var(--bound); }
.chart .curve-gap { stroke: var(--accent); stroke-width: 1.6; stroke-dasharray: 2 4; }
.chart .point { fill: var(--accent); stroke: var(--card); stroke-width: 1.5; }
.chart .maximum { fill: var(--card); stroke: var(--accent); stroke-width: 1.8; }
.chart .bound { stroke: var(--bound); stroke-width: 2; }

.layers-title { margin-bottom: 2px; }
.layers-sum { font-size: 14px; }
.bounds { display: flex; gap: 2px; height: 8px; margin: 8px 0 5px; border-radius: 4px; overflow: hidden; }
.bounds i, .layer-bar i, .bound-legend i { background: var(--quiet); }
.bounds .compute, .layer-bar .compute, .bound-legend .compute { background: var(--accent); }
.bounds .memory, .layer-bar .memory, .bound-legend .memory { background: var(--bound); }
.bounds .unknown, .layer-bar .unknown, .bound-legend .unknown { background: var(--line); }
.bound-legend { font-size: 13px; color: var(--dim); }
.bound-legend span { margin-left: 10px; white-space: nowrap; }
.bound-legend i { display: inline-block; width: 9px; height: 9px; margin-right: 5px; border-radius: 2px; }
.layers { margin-top: 10px; font-size: 13.5px; }
.layers td { padding-top: 4px; padding-bottom: 4px; vertical-align: top; }
.layers .who { width: 40%; }
.layers .dim { font-size: 12.5px; }
.layers .num .dim { display: inline-block; min-width: 3.4em; }
.layer-bar { height: 5px; margin-top: 3px; background: var(--soft); border-radius: 3px; }
.layer-bar i { display: block; height: 100%; border-radius: 3px; }
.bound-label { font-weight: 600; white-space: nowrap; }
.bound-label.compute { color: var(--accent); }
.bound-label.memory { color: var(--bound); }
.bound-label.overhead { color: var(--quiet); }
.bound-label.unknown { color: var(--dim); font-weight: 400; }
.layers-note { margin: 6px 0 18px; }
.chart .layer { fill: var(--bound); opacity: 0.6; }

.split { display: grid; grid-template-columns: 1.15fr 1fr; gap: 34px; }
.split > div { min-width: 0; }
.split > div:empty { display: none; }
.numbers th[scope="row"] { color: var(--ink); font-weight: 400; font-size: 14px; }
.numbers th, .numbers td { padding-top: 4px; padding-bottom: 4px; vertical-align: baseline; }
.box { margin-bottom: 16px; }
.box { font-size: 14px; }
.box p.dim { font-size: 13.5px; }
.meter { position: relative; height: 8px; margin: 5px 0; background: var(--soft); border-radius: 4px; }
.meter i { display: block; height: 100%; border-radius: 4px; }
.meter b { position: absolute; top: -3px; bottom: -3px; width: 2px; margin-left: -1px; background: var(--ink); }
dl { font-size: 13.5px; }
.split dl { display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; }
dt { color: var(--dim); }
.hash { font: 12px/1.6 var(--mono); }
.context { columns: 2; column-gap: 34px; }
.context > div { display: grid; grid-template-columns: 170px 1fr; gap: 14px; padding: 4px 0; break-inside: avoid;
  border-bottom: 1px solid var(--line); }
.reason { padding: 10px 14px; margin-bottom: 12px; border-radius: 8px; background: var(--quiet-soft); }
.reason p { white-space: pre-wrap; margin-top: 3px; }
.reason.bad { background: var(--bad-soft); }
.reason.doubtful { background: var(--doubtful-soft); }
.all > .label { margin-top: 14px; }
.all > summary { font-size: 14px; }
pre { margin-top: 4px; padding: 10px 14px; background: var(--soft); border-radius: 8px; font: 12.5px/1.6 var(--mono);
  white-space: pre-wrap; overflow-wrap: anywhere; }
ul.plain { list-style: none; }
ul.plain li { padding: 3px 0; }
summary { cursor: pointer; font-weight: 650; font-size: 18px; }
details[open] summary { margin-bottom: 10px; }
footer { margin-top: 24px; font-size: 13px; color: var(--dim); }
)css"
    // Two literals: compilers limit the length of one.
    R"css(
@media (max-width: 1270px) and (min-width: 721px) { .results .spare { display: none; } }
@media (min-width: 721px) { .results .num + :not(.num) { padding-left: 8px; } }
@media (max-width: 720px) {
  body { padding: 18px 12px 28px; }
  h1 { font-size: 24px; }
  .card { padding: 15px 15px; border-radius: 10px; }
  .cards { grid-template-columns: 1fr 1fr; gap: 10px; }
  .stat { padding: 11px 13px; }
  .stat .value { font-size: 22px; }
  .charts, .split { grid-template-columns: minmax(0, 1fr); gap: 18px; }
  .chart text { font-size: 15px; }
  .legend { float: none; display: block; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tile .value { font-size: 17px; }
  .numbers .num { white-space: normal; }
  .bar-row { grid-template-columns: 1fr auto; gap: 2px 10px; padding: 6px 0; }
  .bar-row .track, .bar-row .ticks { grid-row: 2; grid-column: 1 / 3; }
  .bar-axis { padding: 0 0 6px; }
  .context { columns: 1; }
  .context > div { grid-template-columns: 128px 1fr; gap: 10px; }
  .results, .results tbody, .results tr, .results td { display: block; }
  .results thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .results tr { display: grid; grid-template-columns: 1fr 1.3fr 1fr; gap: 6px 12px; padding: 12px 0;
    border-bottom: 1px solid var(--line); }
  .results tr:last-child { border-bottom: 0; }
  .results td { padding: 0; border: 0; text-align: left; white-space: normal; }
  .results td::before { content: attr(data-label); display: block; font-size: 12px; color: var(--dim); }
  .results td:first-child { grid-column: 1 / 3; font-weight: 600; }
  .results td.status { grid-column: 3; grid-row: 1; text-align: right; padding: 0; }
  .results td.status::before { content: none; }
  .results td:first-child::before { content: none; }
  .matrix, .matrix tbody, .matrix tr { display: block; }
  .matrix thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .matrix tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 6px 14px;
    padding: 10px 0; border-bottom: 1px solid var(--line); }
  .matrix tr:last-child { border-bottom: 0; }
  .matrix th, .matrix th[scope="row"], .matrix td { padding: 0; border: 0; }
  .matrix th[scope="row"] { grid-column: 1 / -1; }
  .matrix td::before { content: attr(data-label); display: block; font-size: 12px; color: var(--dim); }
  .matrix td.untried { display: none; }
  .layers, .layers tbody, .layers tr, .layers td { display: block; }
  .layers thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .layers tr { display: grid; grid-template-columns: 3fr 3fr 5fr 4.5fr; gap: 4px 10px; padding: 9px 0;
    border-bottom: 1px solid var(--line); }
  .layers tr:last-child { border-bottom: 0; }
  .layers td, .layers .who { padding: 0; border: 0; text-align: left; width: auto; }
  .layers .who { grid-column: 1 / 4; }
  .layers td[data-label="bound by"] { grid-column: 4; grid-row: 1; text-align: right; }
  .layers td[data-label="MACs"] { display: none; }
  .layers td:empty { display: none; }
  .layers .num .dim { min-width: 0; }
  .layers td[data-label]::before { content: attr(data-label); display: block; font-size: 12px; color: var(--dim); }
  .results td.absent, .results .spare, .results .ranking { display: none; }
  .cell-unit { display: inline; color: var(--dim); font-size: 0.85em; }
}
@media (max-width: 720px) and (hover: none) { a { padding: 3px 0; } }
@media print {
  :root {
    color-scheme: light;
    --bg: #ffffff; --card: #ffffff; --ink: #000000; --dim: #444444; --line: #cccccc; --soft: #f0f0f0;
    --accent: #1d4fa5; --accent-soft: #b9cff5; --bound: #b3590a;
    --good: #0c5a39; --good-soft: #e3f4eb; --bad: #98190f; --bad-soft: #fce8e6;
    --doubtful: #6d4700; --doubtful-soft: #fcf0d4; --quiet: #444444; --quiet-soft: #eeeeee;
  }
  body { max-width: none; padding: 0; font-size: 11px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .card { border-radius: 0; border-width: 1px 0 0; padding: 12px 0; }
  .cards .card { border-width: 1px; padding: 8px; }
  .charts, .tiles, .box, tr, .bar-row, .reason, pre { break-inside: avoid; }
  h2, h3, .workload > header { break-after: avoid; }
  a { color: inherit; }
}
)css";

}  // namespace

std::string_view html_style() {
  return kStyle;
}

}  // namespace eb
