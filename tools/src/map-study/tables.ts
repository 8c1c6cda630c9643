/** The figures of the study as Markdown tables. */
import { SCORERS } from './scorers.ts';
import { acrossScenes, average, deviation, withinScenes, type Estimate } from './statistics.ts';
import { compared, COMPARISONS, VARIANTS, type Study } from './study.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [row(head), row(rule), ...rows.map(row)].join('\n');
}

/** Without the sign of a rounded zero. */
function figure(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Mean ± standard deviation of single maps by kind of map and scorer, and the means of what the reward gives: not below 0. */
export function meansTable(study: Study): string {
  const clamped = SCORERS.slice(1);
  const rows = VARIANTS.map((variant) => [
    variant.name,
    ...SCORERS.map((scorer) => {
      const scores = study(variant, scorer).flat();
      return `${figure(average(scores), 2)} ± ${figure(deviation(scores), 2)}`;
    }),
    ...clamped.map((scorer) => {
      const scores = study(variant, scorer).flat();
      return figure(average(scores.map((score) => Math.max(0, score))), 2);
    }),
  ]);
  const names = [...SCORERS.map(({ name }) => name), ...clamped.map(({ name }) => `${name}, ≥ 0`)];
  return table(['imagined map', ...names], rows);
}

/** The probability that the better map scores above the worse one, within a scene and across scenes, ± its standard error. */
export function aucTable(study: Study): string {
  const rows = COMPARISONS.map((comparison) => {
    const pairs = SCORERS.map((scorer) => compared(study, comparison, scorer));
    const text = ({ mean, error }: Estimate): string => `${figure(mean, 3)} ± ${figure(error, 3)}`;
    return [
      `${comparison.better.name} / ${comparison.worse.name}`,
      ...pairs.map((scores) => text(withinScenes(scores))),
      ...pairs.map((scores) => text(acrossScenes(scores))),
    ];
  });
  const names = SCORERS.map(({ name }) => name);
  return table(['better / worse map', ...names, ...names.map((name) => `${name}, pooled`)], rows);
}
