import type { MetricRecord } from '@loci/core';
import type { HtmlTable } from '../page/page.ts';
import { formatFigure } from '../render/format.ts';

/** Steps at either end that a figure is averaged over. */
const END_STEPS = 10;

const ABSENT = '–';

/** What each reward said, what became of it, and what it added: means at the start of the run → at its end. */
export function rewardSummary(metrics: readonly MetricRecord[]): HtmlTable | undefined {
  const names = new Set(
    metrics.flatMap(({ values }) =>
      Object.keys(values).flatMap((name) => /^weighted\/(.+)$/.exec(name)?.[1] ?? []),
    ),
  );
  if (names.size === 0) return undefined;
  const columns = [
    { title: 'said', prefix: 'reward/' },
    { title: 'gate open', prefix: 'gate/' },
    { title: 'weight, where it moves', prefix: 'weight/' },
    { title: 'added', prefix: 'weighted/' },
    { title: 'to the advantages', prefix: 'advantage/' },
  ].filter(({ prefix }) => [...names].some((name) => ends(metrics, prefix + name) !== ABSENT));
  return {
    header: ['reward', ...columns.map(({ title }) => title)],
    rows: [...names].map((name) => [
      name,
      ...columns.map(({ prefix }) => ends(metrics, prefix + name)),
    ]),
  };
}

/** `0.512 → 0.634`: means over the first and the last steps that have the figure. */
function ends(metrics: readonly MetricRecord[], name: string): string {
  const found = metrics.flatMap(({ values }) => values[name] ?? []);
  if (found.length === 0) return ABSENT;
  const mean = (values: readonly number[]): string =>
    formatFigure(values.reduce((sum, value) => sum + value, 0) / values.length);
  return `${mean(found.slice(0, END_STEPS))} → ${mean(found.slice(-END_STEPS))}`;
}
