/** The curves of a run, or of several runs to compare. All charts show the same steps. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RunSummary } from '../../src/wire/wire.ts';
import { useFigures } from '../data/metrics.ts';
import type { Figures } from '../data/metrics.ts';
import { go, link } from '../data/route.ts';
import type { Route } from '../data/route.ts';
import { Chart } from './chart.tsx';
import type { StepRange } from './chart.tsx';
import { chartsFor } from '../../src/plans.ts';
import type { PlannedChart } from '../../src/plans.ts';
import { lineOf } from './series.ts';
import type { Line } from './series.ts';

/** Charts that are drawn at first; a button shows the others. */
const SHOWN = 12;

/** Every chart of the run. */
export function Curves(props: {
  readonly run: RunSummary;
  readonly runs: readonly RunSummary[];
  readonly route: Route;
}) {
  const { run, runs, route } = props;
  const others = runs.filter(({ id, kind }) => kind === 'training' && id !== run.id);
  const chosen = (route.query.get('with') ?? '').split(',').filter(Boolean);
  const compared = [run, ...others.filter(({ id }) => chosen.includes(id))];
  const figures = useFigures(compared);
  const [smoothing, setSmoothing] = useState(0.8);
  const [range, setRange] = useState<StepRange>();
  const [showsAll, setShowsAll] = useState(false);
  const theme = useTheme();
  const charts = useMemo(() => drawn(compared, figures), [figures, chosen.join()]);
  const own = figures.get(run.id);
  const choose = (id: string, isChosen: boolean): void => {
    const now = isChosen ? [...chosen, id] : chosen.filter((one) => one !== id);
    go(link(['run', run.id, 'curves'], { with: now.join(',') }), true);
  };
  return (
    <section aria-label="Curves">
      <div class="controls">
        <label>
          Smoothing
          <input
            type="range"
            min="0"
            max="0.95"
            step="0.05"
            value={smoothing}
            onInput={({ currentTarget }) => setSmoothing(Number(currentTarget.value))}
          />
        </label>
        {range !== undefined && (
          <button type="button" onClick={() => setRange(undefined)}>
            Show all steps
          </button>
        )}
        {others.length > 0 && (
          <details class="choice">
            <summary>Compare with other runs{chosen.length > 0 && ` (${chosen.length})`}</summary>
            <div class="options">
              {others.map(({ id, name }) => (
                <label key={id}>
                  <input
                    type="checkbox"
                    checked={chosen.includes(id)}
                    onChange={({ currentTarget }) => choose(id, currentTarget.checked)}
                  />
                  {name}
                </label>
              ))}
            </div>
          </details>
        )}
        <span class="faint hint">Drag across a chart to zoom.</span>
      </div>
      {own === undefined && <p class="empty">Reading the figures…</p>}
      {own !== undefined && charts.length === 0 && (
        <p class="empty">No step is done yet, or the run has no jsonl sink.</p>
      )}
      <div class="charts">
        {charts.slice(0, showsAll ? charts.length : SHOWN).map(({ title, note, lines }) => (
          <Chart
            key={title}
            {...{ title, note, lines, smoothing, range, theme }}
            onRange={setRange}
          />
        ))}
      </div>
      {!showsAll && charts.length > SHOWN && (
        <button type="button" onClick={() => setShowsAll(true)}>
          Show {charts.length - SHOWN} more charts
        </button>
      )}
    </section>
  );
}

interface DrawnChart {
  readonly title: string;
  readonly note: string;
  readonly lines: readonly Line[];
}

/** For one run, the planned charts with a line per figure. For several, a chart per figure with a line per run. */
function drawn(
  runs: readonly RunSummary[],
  figures: ReadonlyMap<string, Figures>,
): readonly DrawnChart[] {
  const known = runs.flatMap(({ id, name }) => {
    const own = figures.get(id);
    return own === undefined ? [] : [{ name, own }];
  });
  const names = [...new Set(known.flatMap(({ own }) => Object.keys(own.columns)))];
  const isZero = (metric: string): boolean =>
    known.every(({ own }) => (own.columns[metric] ?? []).every((value) => !value));
  const charts = chartsFor(names, isZero);
  const [only, another] = known;
  if (only === undefined) return [];
  if (another === undefined) {
    return charts.map(({ title, note, lines }) => ({
      ...{ title, note },
      lines: lines.map(({ metric, label }) => lineOf(only.own, metric, label)),
    }));
  }
  return charts.flatMap((chart) =>
    chart.lines.map(({ metric, label }) => ({
      title: titleOf(chart, label),
      note: chart.note,
      lines: known
        .map(({ name, own }) => lineOf(own, metric, name))
        .filter(({ steps }) => steps.length > 0),
    })),
  );
}

function titleOf({ title, lines }: PlannedChart, label: string): string {
  return lines.length === 1 ? title : `${title}: ${label}`;
}

/** Goes up when colors change. */
function useTheme(): number {
  const [theme, setTheme] = useState(0);
  useEffect(() => {
    const change = (): void => setTheme((before) => before + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    addEventListener('themechange', change);
    system.addEventListener('change', change);
    return () => {
      removeEventListener('themechange', change);
      system.removeEventListener('change', change);
    };
  }, []);
  return theme;
}
