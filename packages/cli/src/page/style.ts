/** The style of pages: light or dark as the reader's system prefers, down to the width of a phone. */

const LIGHT = `--ink: #1b2026; --faint: #5b6570; --line: #dde1e6; --paper: #fff; --card: #f5f6f8; --accent: #0b5f9e; --good: #0a6b45; --bad: #b3261e;
--on-color: #fff; --c0: #0b68a8; --c1: #c2410c; --c2: #00795c; --c3: #a8488a; --c4: #806300; --c5: #20789f; --c6: #7a4a3a; --c7: #444c56;`;
const DARK = `--ink: #e4e7eb; --faint: #9aa4af; --line: #30363e; --paper: #14171b; --card: #1c2026; --accent: #6cb6f2; --good: #58cf9d; --bad: #ff8f85;
--on-color: #101418; --c0: #5db2f0; --c1: #ff9248; --c2: #3ec9a0; --c3: #e28fc4; --c4: #e6c14a; --c5: #8fd3ff; --c6: #c99a86; --c7: #b8c0cc;`;

/** The style sheet. Colors of lines and categories are `--c0` to `--c7`. */
export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; color: var(--ink); background: var(--paper); max-width: 1120px; margin: 0 auto; padding: 28px 24px 80px; overflow-wrap: break-word; }
h1 { font-size: 30px; line-height: 1.2; margin: 4px 0 10px; max-width: 32ch; text-wrap: balance; letter-spacing: -0.01em; }
h2 { font-size: 20px; margin: 44px 0 10px; padding-top: 12px; border-top: 1px solid var(--line); scroll-margin-top: 8px; }
h3 { font-size: 15px; margin: 0 0 6px; } p { margin: 0 0 8px; }
a { color: var(--accent); }
.eyebrow { color: var(--faint); font-size: 13px; } .lead { font-size: 17px; max-width: 75ch; }
.faint { color: var(--faint); font-size: 13.5px; max-width: 90ch; } .good { color: var(--good); } .bad { color: var(--bad); }
nav.contents { margin: 18px 0 0; font-size: 14px; } nav.contents ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 240px), 1fr)); gap: 8px 24px; margin: 18px 0 0; grid-auto-flow: dense; }
dl.facts div { min-width: 0; } dl.facts div.long { grid-column: 1 / -1; } dt { font-size: 12px; color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.row { display: flex; flex-wrap: wrap; gap: 14px; align-items: flex-end; margin: 8px 0; } .cards + h3 { margin-top: 22px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 18px 20px; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 14px; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px; min-width: 0; }
.question { font-weight: 600; white-space: pre-wrap; margin-bottom: 4px; }
.answers { display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 6px 0; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 14px; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; font-weight: 400; }
thead th { color: var(--faint); font-size: 13px; vertical-align: bottom; }
th:first-child, td:first-child, th.words, td.words { text-align: left; } th:first-child, td:first-child { padding-left: 0; }
td.words { white-space: normal; min-width: 130px; max-width: 640px; overflow-wrap: anywhere; }
tbody th { white-space: normal; min-width: 110px; } tbody th.sum { font-weight: 600; } tbody th.under { padding-left: 20px; color: var(--faint); }
tr.explained td { border-bottom: none; padding-bottom: 0; } td.words.why { color: var(--faint); font-size: 13px; padding: 0 0 6px; max-width: none; }
tr.total td { font-weight: 600; border-bottom: none; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); padding: 8px 10px; border-radius: 6px; font-size: 12.5px; margin: 6px 0; max-height: 440px; overflow-y: auto; }
figure { margin: 0; min-width: 0; } figcaption { font-size: 14px; font-weight: 600; } figcaption .faint { font-weight: 400; font-size: 13px; }
figure.map { width: 200px; } figure.map figcaption { font-size: 12px; font-weight: 400; color: var(--faint); }
svg { display: block; width: 100%; height: auto; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 14px; margin: 2px 0 0; padding: 0; font-size: 12.5px; }
ul.legend i { display: inline-block; width: 12px; height: 3px; border-radius: 2px; margin-right: 5px; vertical-align: middle; }
.frames { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: 4px; margin: 8px 0; } .frames img { width: 100%; border-radius: 4px; display: block; }
.frames.one { grid-template-columns: minmax(0, 260px); }
.hero { margin: 22px 0 0; } .narrow { display: none; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin: 0 5px 0 0; } .keys { display: flex; flex-wrap: wrap; gap: 0 14px; font-size: 13px; color: var(--faint); }
details { margin: 8px 0; } summary { cursor: pointer; color: var(--accent); }
.bars { display: grid; grid-template-columns: minmax(90px, max-content) 1fr max-content; gap: 5px 12px; align-items: center; font-variant-numeric: tabular-nums; }
.bars .under { padding-left: 16px; color: var(--faint); } .bar { position: relative; height: 14px; background: var(--card); border-radius: 3px; }
.bar > i { position: absolute; inset: 0 auto 0 0; background: var(--c0); border-radius: 3px; } .bar > b { position: absolute; top: -3px; bottom: -3px; width: 2px; background: var(--ink); }
ul.alerts { padding-left: 18px; }
@media (max-width: 640px) {
  body { padding: 16px 14px 60px; } h1 { font-size: 24px; } .lead { font-size: 16px; } .wide { display: none; } .narrow { display: block; }
  th, td { padding: 4px 8px; font-size: 13.5px; } .card { padding: 10px; }
}
@media print { details > * { display: block; } nav.contents { display: none; } pre { max-height: none; } }
`;
