import { html, trusted } from './html.ts';
import type { Html } from './html.ts';

/** One section of the page, in order. */
export interface Section {
  readonly title: string;
  readonly body: Html;
}

/** A table of a section: first column words, the others figures. */
export interface HtmlTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --faint: #667; --line: #d8dbe0; --paper: #fff; --card: #f6f7f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --faint: #9aa3ad; --line: #343a42; --paper: #15181c; --card: #1d2126; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1080px; margin: 0 auto; padding: 24px; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 36px 0 8px; border-bottom: 1px solid var(--line); }
h3 { font-size: 15px; margin: 0 0 6px; } .faint { color: var(--faint); } .row { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; margin: 12px 0; }
table { border-collapse: collapse; margin: 8px 0; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 12px; border-bottom: 1px solid var(--line); text-align: right; } th:first-child, td:first-child, th.words, td.words { text-align: left; } th:first-child, td:first-child { padding-left: 0; }
tr.total td { font-weight: 600; border-bottom: none; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--paper); border: 1px solid var(--line); padding: 8px; border-radius: 4px; font-size: 13px; margin: 6px 0; }
figure { margin: 0; } figcaption { font-size: 12px; color: var(--faint); } img { image-rendering: pixelated; border-radius: 3px; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 5px; margin: 0 4px 0 10px; }
`;

/** The whole page: one file, no script, nothing fetched. */
export function renderPage(title: string, subtitle: string, sections: readonly Section[]): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <div class="faint">${subtitle}</div>
        ${sections.map(
          (section) =>
            html`<section>
              <h2>${section.title}</h2>
              ${section.body}
            </section>`,
        )}
      </body>
    </html>`;
  return `${page.markup}\n`;
}

/** A table of figures. */
export function tableHtml({ header, rows }: HtmlTable): Html {
  const cells = (row: readonly string[]): readonly Html[] =>
    row.map((cell) => html`<td>${cell}</td>`);
  return html`<table>
    <thead>
      <tr>
        ${header.map((cell) => html`<th>${cell}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${cells(row)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
