/** One chart, drawn by uPlot. Dragging and keys zoom it, and screen readers read it out. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { figure } from '../format.ts';
import { colorsOf } from './colors.ts';
import { aligned, areSparse, smoothed } from './series.ts';
import type { Line } from './series.ts';

/** First and last step in view; undefined for all. */
export type StepRange = readonly [from: number, to: number] | undefined;

interface ChartProps {
  readonly title: string;
  readonly note: string;
  readonly lines: readonly Line[];
  readonly smoothing: number;
  readonly range: StepRange;
  readonly onRange: (range: StepRange) => void;
  /** Changes when colors do. */
  readonly theme: number;
}

const HEIGHT = 190;

/** A chart with its title, its lines and its keys. */
export function Chart({ title, note, lines, smoothing, range, onRange, theme }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const zoom = useRef(onRange);
  zoom.current = onRange;
  const [cursor, setCursor] = useState<number>();
  const [isByKeys, setByKeys] = useState(false);
  const isSparse = areSparse(lines);
  const isSmoothed = smoothing > 0 && !isSparse;
  const smooth = useMemo(
    () => (isSmoothed ? lines.map((line) => smoothed(line, smoothing)) : lines),
    [lines, smoothing, isSmoothed],
  );
  const data = useMemo(
    () => aligned(isSmoothed ? [...smooth, ...lines] : smooth) as uPlot.AlignedData,
    [smooth, isSmoothed],
  );
  const names = lines.map(({ label }) => label).join('\n');
  const steps = data[0];

  useEffect(() => {
    const element = place.current!;
    const made = new uPlot(
      optionsOf(element, {
        names: lines.map(({ label }) => label),
        isSmoothed,
        isSparse,
        zoom,
        setCursor,
      }),
      data,
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: HEIGHT });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [names, isSmoothed, isSparse, theme]);

  useEffect(() => {
    const whole = [steps[0] ?? 0, steps.at(-1) ?? 1] as const;
    const [min, max] = range ?? whole;
    plot.current?.batch(() => {
      plot.current!.setData(data, false);
      plot.current!.setScale('x', { min, max: max > min ? max : min + 1 });
    });
  }, [data, range, theme, isSmoothed]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = cursor ?? steps.length;
    const move = (to: number): void => {
      const next = Math.max(0, Math.min(steps.length - 1, to));
      setByKeys(true);
      setCursor(next);
      const made = plot.current!;
      made.setCursor({ left: made.valToPos(steps[next]!, 'x'), top: made.height / 3 });
    };
    const [from, to] = range ?? [steps[0] ?? 0, steps.at(-1) ?? 1];
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => move(at - 1),
      ArrowRight: () => move(at + 1),
      Home: () => move(0),
      End: () => move(steps.length - 1),
      '+': () => onRange(around(steps[cursor ?? steps.length - 1] ?? to, (to - from) / 2, steps)),
      '-': () => onRange(around(steps[cursor ?? steps.length - 1] ?? to, (to - from) * 2, steps)),
      Escape: () => onRange(undefined),
    };
    const action = actions[event.key];
    if (action === undefined || steps.length === 0) return;
    event.preventDefault();
    action();
  };

  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b> <span class="faint">{note}</span>
      </figcaption>
      <div
        class="plot"
        ref={place}
        role="img"
        tabIndex={0}
        aria-label={`${title}: ${lines.map(inWords).join('; ')}. Arrow keys read values, plus and minus zoom, escape shows all.`}
        onKeyDown={onKeyDown}
      />
      <Keys lines={smooth} steps={steps} cursor={cursor} theme={theme} element={place.current} />
      <span class="hidden" aria-live="polite">
        {isByKeys && cursor !== undefined ? valuesAt(smooth, steps[cursor]) : ''}
      </span>
    </figure>
  );
}

function Keys(props: {
  readonly lines: readonly Line[];
  readonly steps: ArrayLike<number>;
  readonly cursor: number | undefined;
  readonly theme: number;
  readonly element: Element | null;
}) {
  const { lines, steps, cursor } = props;
  const colors = colorsOf(props.element ?? document.documentElement).lines;
  const step = cursor === undefined ? undefined : steps[cursor];
  return (
    <div class="keys" aria-hidden="true">
      {lines.map((line, index) => (
        <span key={line.label}>
          <i style={{ background: colors[index % colors.length]! }} />
          {lines.length > 1 ? `${line.label} ` : ''}
          <b>{figure(step === undefined ? line.values.at(-1) : valueAt(line, step))}</b>
        </span>
      ))}
      <span class="faint">{step === undefined ? 'last' : `step ${step}`}</span>
    </div>
  );
}

function valueAt(line: Line, step: number): number | undefined {
  return line.values[line.steps.indexOf(step)];
}

function valuesAt(lines: readonly Line[], step: number | undefined): string {
  if (step === undefined) return '';
  return `step ${step}: ${lines.map((line) => `${line.label} ${figure(valueAt(line, step))}`).join(', ')}`;
}

function inWords({ label, values }: Line): string {
  // A long run has more values than a call may have arguments.
  const [least, most] = values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const,
    [Infinity, -Infinity] as readonly [number, number],
  );
  return `${label} from ${figure(values[0])} to ${figure(values.at(-1))}, between ${figure(least)} and ${figure(most)}`;
}

function around(middle: number, width: number, steps: ArrayLike<number>): StepRange {
  const [first, last] = [steps[0]!, steps[steps.length - 1]!];
  if (width >= last - first) return undefined;
  const from = Math.max(first, Math.min(middle - width / 2, last - width));
  return [from, from + width];
}

interface PlotWishes {
  readonly names: readonly string[];
  readonly isSmoothed: boolean;
  readonly isSparse: boolean;
  readonly zoom: { readonly current: (range: StepRange) => void };
  readonly setCursor: (index: number | undefined) => void;
}

function optionsOf(element: HTMLElement, wishes: PlotWishes): uPlot.Options {
  const { names, isSmoothed, isSparse, zoom, setCursor } = wishes;
  const { ink, grid, lines } = colorsOf(element);
  const axis: uPlot.Axis = {
    stroke: ink,
    font: '11px system-ui, sans-serif',
    grid: { stroke: grid, width: 1 },
    ticks: { show: false },
  };
  const own = names.map((label, index): uPlot.Series => ({
    label,
    stroke: lines[index % lines.length]!,
    width: 1.75,
    spanGaps: true,
    points: { show: isSparse, size: 6 },
  }));
  const raw = names.map((label, index): uPlot.Series => ({
    label: `${label}, each step`,
    stroke: `${lines[index % lines.length]!}40`,
    width: 1,
    spanGaps: true,
    points: { show: false },
  }));
  return {
    width: Math.max(200, element.clientWidth),
    height: HEIGHT,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: { y: false, sync: { key: 'steps' }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 60 },
      { ...axis, size: 52, values: (_, ticks) => ticks.map(tick) },
    ],
    series: [{ label: 'step' }, ...own, ...(isSmoothed ? raw : [])],
    hooks: {
      setCursor: [(plot) => setCursor(plot.cursor.idx ?? undefined)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          zoom.current([plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')]);
          plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
        },
      ],
    },
  };
}

/** A value of an axis: short. */
function tick(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return value.toExponential(0);
  return size >= 10_000 ? `${value / 1000}k` : String(Number(value.toPrecision(4)));
}
