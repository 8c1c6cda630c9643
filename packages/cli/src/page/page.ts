/** Renders a page: a headline, a picture, facts, a table of contents, sections. It is one file without scripts or external resources. */
import { html, trusted } from './html.ts';
import type { Html } from './html.ts';
import { STYLE } from './style.ts';

/** One section of the page, in order. */
export interface Section {
  readonly title: string;
  readonly body: Html;
}

/** A fact of the head. */
export type Fact = readonly [term: string, text: string];

/** The head of a page, above the sections. */
export interface PageHead {
  /** Title of the window. */
  readonly title: string;
  /** Subject of the page, above the headline. */
  readonly eyebrow: string;
  /** The main result. */
  readonly headline: string;
  readonly lead?: string;
  readonly picture?: Html | undefined;
  readonly facts?: readonly Fact[];
}

/** A table of a section: words in the first column, figures in the others. A row whose first cell begins with a blank belongs under the one before. */
export interface HtmlTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Longer facts take a line of their own, in characters. */
const LONG_FACT = 60;
/** Fewest sections for a table of contents. */
const CONTENTS_FROM = 3;

/** The whole page. */
export function renderPage(head: PageHead, sections: readonly Section[]): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${head.title}</title>
        <style>
          ${trusted(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <div class="eyebrow">${head.eyebrow}</div>
          <h1>${head.headline}</h1>
          ${head.lead === undefined ? html`` : html`<p class="lead">${head.lead}</p>`}
          ${head.picture === undefined ? html`` : html`<div class="hero">${head.picture}</div>`}
          ${factsHtml(head.facts ?? [])} ${contents(sections)}
        </header>
        <main>
          ${sections.map(
            ({ title, body }, index) =>
              html`<section>
                <h2 id="${idOf(index)}">${title}</h2>
                ${body}
              </section>`,
          )}
        </main>
      </body>
    </html>`;
  return `${page.markup}\n`;
}

function idOf(index: number): string {
  return `section-${index + 1}`;
}

function contents(sections: readonly Section[]): Html {
  if (sections.length < CONTENTS_FROM) return html``;
  return html`<nav class="contents" aria-label="Contents">
    <ol>
      ${sections.map(({ title }, index) => html`<li><a href="#${idOf(index)}">${title}</a></li>`)}
    </ol>
  </nav>`;
}

/** Facts as a list, long ones over the whole width; nothing where there is none. */
function factsHtml(facts: readonly Fact[]): Html {
  if (facts.length === 0) return html``;
  return html`<dl class="facts">
    ${facts.map(
      ([term, text]) =>
        html`<div class="${text.length > LONG_FACT ? 'long' : ''}">
          <dt>${term}</dt>
          <dd>${text}</dd>
        </div>`,
    )}
  </dl>`;
}

/** A table of figures, which scrolls by itself on a narrow page. */
export function tableHtml({ header, rows }: HtmlTable): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table">
    <table>
      <thead>
        <tr>
          ${header.map((cell) => html`<th scope="col">${cell}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(([first = '', ...cells], index) => {
          const next = rows[index + 1]?.[0] ?? '';
          const level = isUnder(first) ? 'under' : isUnder(next) ? 'sum' : '';
          return html`<tr>
            <th scope="row" class="${level}">${first.trim()}</th>
            ${cells.map((cell) => html`<td>${cell}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function isUnder(title: string): boolean {
  return title.startsWith(' ');
}
