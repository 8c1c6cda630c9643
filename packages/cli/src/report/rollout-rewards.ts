/** Renders the outcome of every reward for one completion, and its way to the advantage: clip, gate, weight, sum. */
import type { RewardOutcome, RolloutContribution, RolloutLine } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { formatFigure } from '../render/format.ts';

/** Text of a cell where a reward added nothing. */
const NOTHING = '–';

/** A column of figures: its title, its figure for a reward, and its total. */
interface Column {
  readonly title: string;
  of(contribution: RolloutContribution): number | null;
  readonly total?: number | null;
}

/**
 * One row per reward, `said → after clip and gate → × weight → adds`, and its part of the advantage when the estimator keeps rewards
 * separate; below a row its parts and its reason; at the bottom the sums. A column without effect is left out. Runs that did not log the
 * contributions show only the outcomes.
 */
export function rewardsHtml(entry: RolloutLine): Html {
  const columns = columnsOf(entry);
  const titles = ['reward', 'said', ...columns.map(({ title }) => title)];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Rewards">
    <table>
      <thead>
        <tr>
          ${titles.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${Object.entries(entry.outcomes).map(([name, outcome]) => {
          const contribution = entry.contributions?.[name];
          const figures = columns.map(({ of }) => contribution && of(contribution));
          const why = explanation(outcome, contribution);
          return html`<tr class="${why === '' ? '' : 'explained'}">
              <td>${name}</td>
              <td>${outcome.status === 'scored' ? formatFigure(outcome.value) : outcome.status}</td>
              ${figures.map(figureCell)}
            </tr>
            ${
              why === ''
                ? html``
                : html`<tr>
                    <td class="words why" colspan="${titles.length}">${why}</td>
                  </tr>`
            }`;
        })}
        ${columns.length === 0 ? html`` : totalRow(columns)}
      </tbody>
    </table>
  </div>`;
}

function columnsOf({ contributions, outcomes, reward, advantage }: RolloutLine): readonly Column[] {
  if (contributions === undefined) return [];
  const all = Object.entries(contributions);
  const shared = all.some(([, found]) => found.advantage !== undefined);
  const changed = all.some(([name, { value }]) => {
    const outcome = outcomes[name];
    return outcome?.status === 'scored' && value !== outcome.value;
  });
  const columns: readonly (Column | false)[] = [
    changed && { title: 'after clip and gate', of: ({ value }) => value },
    { title: 'weight', of: ({ weight }) => weight },
    {
      title: 'adds',
      of: ({ value, weight }) => (value === null ? null : weight * value),
      total: reward,
    },
    shared && {
      title: 'to the advantage',
      of: (found) => found.advantage ?? null,
      total: advantage,
    },
  ];
  return columns.filter((column) => column !== false);
}

function totalRow(columns: readonly Column[]): Html {
  return html`<tr class="total">
    <td>sum</td>
    <td></td>
    ${columns.map(({ total }) => (total === undefined ? html`<td></td>` : figureCell(total)))}
  </tr>`;
}

function figureCell(figure: number | null | undefined): Html {
  return html`<td>${figure === null || figure === undefined ? NOTHING : formatFigure(figure)}</td>`;
}

/** The reward's own parts and reason, and what clip or gate did to its value. */
function explanation(outcome: RewardOutcome, added: RolloutContribution | undefined): string {
  const parts =
    outcome.status === 'scored'
      ? Object.entries(outcome.parts ?? {}).map(([name, value]) => `${name} ${formatFigure(value)}`)
      : [];
  const words = [...parts, ...(outcome.reason === undefined ? [] : [outcome.reason])];
  if (outcome.status === 'scored' && added !== undefined) {
    if (added.closed !== undefined) words.push(`gate closed: ${added.closed}`);
    else if (added.value !== outcome.value) words.push('clipped');
  }
  return words.join(', ');
}
