"""How the page looks: light and dark, on a telephone and on paper."""

from __future__ import annotations

from typing import Final

from vantum.report.markup import Markup

CSS: Final = Markup(
    """
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --ink: #14181f; --soft: #5a6372; --line: #dfe3ea;
  --accent: #2459d6; --track: #edf0f5; --bad: #b3261e; --good: #17713a; --heat: #7199f7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216; --card: #181c22; --ink: #e9edf3; --soft: #9aa5b5; --line: #2b323c;
    --accent: #85aaff; --track: #232932; --bad: #ff9d94; --good: #7ddb9f; --heat: #3c61c8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 32px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 12px; }
h3 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 8px; }
.soft { color: var(--soft); font-size: .9rem; }
.tiles {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px;
  margin: 20px 0; padding: 0;
}
.tiles li { list-style: none; }
.tiles li, section.card, article {
  background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px;
}
.tiles b { display: block; font-size: 1.35rem; line-height: 1.2; overflow-wrap: anywhere; }
.tiles span { color: var(--soft); font-size: .9rem; }
.cards { columns: 2 420px; column-gap: 16px; }
.cards > .card { break-inside: avoid; margin-bottom: 16px; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .9rem; padding-bottom: 6px; }
th, td { text-align: left; padding: 5px 10px 5px 0; font-weight: 400; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-size: .85rem; }
thead tr > * { border-bottom: 1px solid var(--line); }
td.number, th.number { text-align: right; overflow-wrap: normal; }
td.number { white-space: nowrap; }
table + p { margin: 10px 0 0; }
table.bars, table.sums { table-layout: fixed; }
table.bars thead > tr > :first-child { width: 36%; }
table.bars thead > tr > :nth-child(2) { width: 17%; }
table.bars thead > tr > :nth-child(3) { width: 16%; }
table.sums thead > tr > :first-child { width: 34%; }
td.chart { padding-right: 0; }
.grid { overflow-x: auto; }
.grid table { font-size: .85rem; }
.grid td, .grid th { padding: 3px 6px; text-align: right; white-space: nowrap; }
svg { display: block; width: 100%; height: auto; }
svg.bar { height: 12px; border-radius: 3px; }
svg.heat { max-width: 560px; }
svg.gauge { max-width: 460px; margin-bottom: 10px; }
.track { fill: var(--track); }
.bar { fill: var(--accent); }
.heat { fill: var(--heat); }
.unknown { fill: var(--line); }
.over { fill: var(--bad); }
.limit { stroke: var(--ink); stroke-width: 2; }
svg text { font-size: 12px; fill: var(--ink); }
svg text.mark { font-size: 11px; fill: var(--soft); }
details { margin-top: 10px; }
summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--good); font-weight: 600; }
.people { display: grid; gap: 12px; margin-top: 16px; }
.people > h2 { margin: 12px 0 0; }
.people > p { margin: 0; }
.both {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 0 28px;
  align-items: start;
}
article .top {
  display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; justify-content: space-between;
}
.badge {
  border: 1px solid currentColor; border-radius: 99px; padding: 0 10px; font-size: .85rem;
  white-space: nowrap;
}
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 12px; margin: 10px 0 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
blockquote {
  margin: 10px 0 0; padding: 2px 0 2px 12px; border-left: 3px solid var(--accent);
  overflow-wrap: anywhere;
}
blockquote footer { max-width: none; margin: 0; padding: 0; color: var(--soft); font-size: .85rem; }
audio { display: block; width: 100%; max-width: 340px; height: 36px; margin-top: 6px; }
body > footer { padding-top: 24px; padding-bottom: 40px; }
a { color: var(--accent); }
@media (max-width: 560px) {
  main, header, footer { padding: 0 14px; }
  header { padding-top: 20px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles li, section.card, article { padding: 12px; }
  table { font-size: .93rem; }
  th, td { padding-right: 6px; }
  table.bars thead > tr > :first-child { width: 40%; }
  table.bars thead > tr > :nth-child(2) { width: 19%; }
  table.bars thead > tr > :nth-child(3) { width: 18%; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 6px; }
}
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb;
    --accent: #2459d6; --track: #eeeeee; --bad: #b3261e; --good: #17713a; --heat: #7199f7;
  }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  body { font-size: 11pt; }
  main, header, footer { max-width: none; padding: 0; }
  .cards { columns: 2 260px; }
  section.card, article, .tiles li { break-inside: avoid; }
  audio, details { display: none; }
}
"""
)
