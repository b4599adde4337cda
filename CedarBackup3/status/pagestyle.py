"""How the page looks, on paper-white and in the dark, on a desk and on a phone.

Text and what it stands on differ by 4.5:1 at least, pictures by 3:1 (WCAG 2.2, level AA, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

STYLE = """\
:root {
  --paper: #ffffff; --ink: #1b1f24; --muted: #57606a; --line: #7d8590;
  --well: #1a7f37; --failed: #b42318; --late: #8f5400; --unknown: #57606a; --bar: #0b61a4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e6edf3; --muted: #9aa4af; --line: #717b86;
    --well: #56c16f; --failed: #ff8a80; --late: #e3a83b; --unknown: #9aa4af; --bar: #6cb6ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 90rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
h1, h2 { line-height: 1.2; margin: 1rem 0 0.5rem; }
a { color: inherit; }
.muted { color: var(--muted); }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: 0.4rem 0.6rem; text-align: left; vertical-align: top; }
/* Words and numbers stay whole; names, and source and target, which stand last, may be long. */
thead th, td { overflow-wrap: normal; }
tbody th { min-width: 7rem; }
td.number, .badge { white-space: nowrap; }
td:nth-last-child(-n+2) { min-width: 9rem; overflow-wrap: anywhere; }
thead th { color: var(--muted); font-weight: 600; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; }
.badge { border-radius: 0.4rem; color: var(--paper); font-size: 0.85rem; font-weight: 600; padding: 0.1rem 0.5rem; }
.badge.well { background: var(--well); }
.badge.failed { background: var(--failed); }
.badge.late { background: var(--late); }
.badge.unknown { background: var(--unknown); }
section { margin-top: 2rem; }
svg { display: block; }
/* On a phone the end of the year shows first. */
.strip { direction: rtl; overflow-x: auto; }
.calendar { direction: ltr; margin-right: auto; max-width: 60rem; min-width: 40rem; width: 100%; }
.calendar text { fill: var(--muted); font: 9px system-ui, sans-serif; }
.calendar .none rect { fill: none; stroke: var(--line); stroke-width: 0.6; }
.calendar .well rect { fill: var(--well); }
.calendar .failed rect { fill: var(--failed); }
.calendar .failed path { fill: none; stroke: var(--paper); stroke-width: 1.5; }
.plots { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); margin-top: 1rem; }
figure { margin: 0; }
.plot { width: 100%; }
.plot path { fill: none; stroke: var(--bar); stroke-width: 1.2; }
.plot .base { stroke: var(--line); stroke-width: 0.5; }
@media (max-width: 80rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, th, td { display: block; }
  tr { border-bottom: 1px solid var(--line); padding: 0.5rem 0; }
  th, td { border: 0; padding: 0.1rem 0; }
  td { display: flex; gap: 1rem; justify-content: space-between; text-align: right; overflow-wrap: anywhere; }
  td::before { color: var(--muted); content: attr(data-label); flex: none; text-align: left; }
}
"""
