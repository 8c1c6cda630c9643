/** Keeps the figures of runs in the page, and fetches only new ones. */
import { useEffect, useState } from 'preact/hooks';
import type { MetricsPage, RunSummary } from '../../src/wire/wire.ts';
import { ask } from './fetching.ts';

/** Figures in columns, complete up to `records`. */
export type Figures = MetricsPage;

const known = new Map<string, Figures>();

/** The figures of some runs, by id; runs whose figures are still loading are left out. */
export function useFigures(runs: readonly RunSummary[]): ReadonlyMap<string, Figures> {
  const [figures, setFigures] = useState<ReadonlyMap<string, Figures>>(
    () => new Map(runs.flatMap(({ id }) => (known.has(id) ? [[id, known.get(id)!]] : []))),
  );
  const version = runs
    .map(({ id, records, generation }) => `${id}/${records}/${generation}`)
    .join();
  useEffect(() => {
    let isWanted = true;
    for (const { id } of runs) {
      void fetchNew(id).then((all) => {
        if (isWanted) setFigures((before) => new Map([...before, [id, all]]));
      }, noFigures);
    }
    return () => {
      isWanted = false;
    };
  }, [version]);
  return figures;
}

/** The head of the page already shows that the server cannot be reached. */
function noFigures(): void {}

async function fetchNew(id: string): Promise<Figures> {
  const before = known.get(id);
  const more = await ask<MetricsPage>(`api/runs/${id}/metrics?after=${before?.records ?? 0}`);
  const isSame = before !== undefined && more.generation === before.generation;
  const all = isSame ? joined(before, more) : before === undefined ? more : await afresh(id);
  known.set(id, all);
  return all;
}

function afresh(id: string): Promise<Figures> {
  return ask<MetricsPage>(`api/runs/${id}/metrics?after=0`);
}

/** Two pages one after the other; a column that one of them lacks has no values there. */
export function joined(before: Figures, more: Figures): Figures {
  if (more.steps.length === 0) return before;
  const names = new Set([...Object.keys(before.columns), ...Object.keys(more.columns)]);
  const gaps = (count: number): readonly null[] => Array.from({ length: count }, () => null);
  return {
    ...more,
    steps: [...before.steps, ...more.steps],
    columns: Object.fromEntries(
      [...names].map((name) => [
        name,
        [
          ...(before.columns[name] ?? gaps(before.steps.length)),
          ...(more.columns[name] ?? gaps(more.steps.length)),
        ],
      ]),
    ),
  };
}
