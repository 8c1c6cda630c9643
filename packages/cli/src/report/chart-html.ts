/** Renders charts for a page: a drawing, with title and legend as text around it so that they are never cut. */
import { html, trusted } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { formatFigure } from '../render/format.ts';
import { panelDrawing } from './curves.ts';
import type { Panel, Series } from './curves.ts';

const SMALL = { width: 400, height: 220 };
/** The first picture, on a screen and on a phone. */
const [WIDE, NARROW] = [
  { width: 900, height: 320 },
  { width: 380, height: 260 },
] as const;
/** Points at either end that are averaged into one figure. */
const END_POINTS = 10;

/** A small chart among others. */
export async function chartHtml(panel: Panel): Promise<Html> {
  const drawing = await panelDrawing(panel, SMALL);
  return html`<figure>
    ${caption(panel)}
    <div role="img" aria-label="${inWords(panel)}">${trusted(drawing)}</div>
    ${legend(panel)}
  </figure>`;
}

/** The first picture of a page. */
export async function heroChartHtml(panel: Panel): Promise<Html> {
  const [wide, narrow] = await Promise.all([
    panelDrawing(panel, WIDE),
    panelDrawing(panel, NARROW),
  ]);
  return html`<figure>
    ${caption(panel)}
    <div role="img" aria-label="${inWords(panel)}">
      <div class="wide">${trusted(wide)}</div>
      <div class="narrow">${trusted(narrow)}</div>
    </div>
    ${legend(panel)}
  </figure>`;
}

function caption({ title, note = '' }: Panel): Html {
  return html`<figcaption>
    ${title}${note === '' ? html`` : html` <span class="faint">${note}</span>`}
  </figcaption>`;
}

/** The legend. A single line has only figures, no name. The figures of a trend are those of its source. */
function legend({ series }: Panel): Html {
  const source = series.find(({ isPale }) => isPale);
  return html`<ul class="legend">
    ${series.map((one, index) => {
      const name = series.length === 1 && one.name.includes('/') ? [] : [html`${one.name} `];
      return html`<li>
        <i style="background: var(--c${index % 8})${one.isPale ? '; opacity: 0.45' : ''}"></i
        >${name}<span class="faint">${one.isPale === true ? '' : ends(source ?? one)}</span>
      </li>`;
    })}
  </ul>`;
}

/** `0.512 → 0.634`: the first and last of a few points, or means over both ends of many. */
function ends({ points }: Series): string {
  if (points.length === 0) return '';
  const mean = (some: typeof points): string =>
    formatFigure(some.reduce((sum, [, value]) => sum + value, 0) / some.length);
  const width =
    points.length < END_POINTS ? 1 : Math.min(END_POINTS, Math.floor(points.length / 2));
  return points.length === 1
    ? mean(points)
    : `${mean(points.slice(0, width))} → ${mean(points.slice(-width))}`;
}

function inWords({ title, series }: Panel): string {
  const lines = series.filter(({ isPale }) => isPale !== true);
  return `${title}: ${lines.map((one) => `${one.name} ${ends(one)}`).join(', ')}`;
}
