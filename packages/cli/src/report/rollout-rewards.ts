/** What every reward said of one completion and what became of it: clip, gate, weight, sum, advantage. */
import type { RewardOutcome, RolloutContribution, RolloutLine } from '@loci/core';
import { html } from '../page/html.ts';
import type { Html } from '../page/html.ts';
import { formatFigure } from '../render/format.ts';

/** What a cell shows where a reward added nothing. */
const NOTHING = '–';

/** A column of figures: its title, what it shows of a reward, and of all together. */
interface Column {
  readonly title: string;
  of(contribution: RolloutContribution): number | null;
  readonly total?: number | null;
}

/**
 * One row a reward, `said → after clip and gate → × weight → adds`, and what that adds to the advantage when the estimator tells
 * rewards apart; below them the sums. Runs that did not log what rewards added show what they said.
 */
export function rewardsHtml(entry: RolloutLine): Html {
  const columns = columnsOf(entry);
  return html`<table>
    <thead>
      <tr>
        ${['reward', 'said', ...columns.map(({ title }) => title)].map((title) => html`<th>${title}</th>`)}
        <th class="words">why</th>
      </tr>
    </thead>
    <tbody>
      ${Object.entries(entry.outcomes).map(([name, outcome]) => {
        const contribution = entry.contributions?.[name];
        const figures = columns.map(({ of }) => contribution && of(contribution));
        return html`<tr>
          <td>${name}</td>
          <td>${outcome.status === 'scored' ? formatFigure(outcome.value) : outcome.status}</td>
          ${figures.map(figureCell)}
          <td class="words">${explanation(outcome, contribution)}</td>
        </tr>`;
      })}
      ${columns.length === 0 ? html`` : totalRow(columns)}
    </tbody>
  </table>`;
}

function columnsOf({ contributions, reward, advantage }: RolloutLine): readonly Column[] {
  if (contributions === undefined) return [];
  const shared = Object.values(contributions).some((found) => found.advantage !== undefined);
  return [
    { title: 'after clip and gate', of: ({ value }) => value },
    { title: 'weight', of: ({ weight }) => weight },
    {
      title: 'adds',
      of: ({ value, weight }) => (value === null ? null : weight * value),
      total: reward,
    },
    ...(shared
      ? [
          {
            title: 'to the advantage',
            of: (found: RolloutContribution) => found.advantage ?? null,
            total: advantage,
          },
        ]
      : []),
  ];
}

function totalRow(columns: readonly Column[]): Html {
  return html`<tr class="total">
    <td>sum</td>
    <td></td>
    ${columns.map(({ total }) => (total === undefined ? html`<td></td>` : figureCell(total)))}
    <td></td>
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
