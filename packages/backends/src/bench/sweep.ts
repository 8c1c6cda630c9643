/** Measures the cost of a step as one of its sizes grows: a table, and a plot of the phases. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { median } from './all-engines.ts';
import { numberOf, oneOf } from './flags.ts';
import type { BenchFlags } from './flags.ts';
import { linePlot } from './line-plot.ts';
import type { Line } from './line-plot.ts';
import { withShapePolicy } from './shape-policy.ts';
import { shapePrompt } from './shapes.ts';
import type { PromptSpec } from './shapes.ts';
import { markdownTable } from './table.ts';
import { timeStep } from './time-step.ts';
import type { StepPlan, StepTimes } from './time-step.ts';

/** The sizes that can be swept. */
const SWEEPS = ['generations', 'prompt', 'completion', 'frames'] as const;

/** One of `SWEEPS`. */
export type Sweep = (typeof SWEEPS)[number];

/** The values of a sweep, and their label. */
const VALUES: Readonly<Record<Sweep, { readonly label: string; readonly of: readonly number[] }>> =
  {
    generations: { label: 'completions of the prompt (G)', of: [1, 2, 4, 6, 8, 12, 16] },
    prompt: { label: 'tokens of the prompt', of: [32, 64, 128, 256, 512, 1024] },
    completion: { label: 'tokens of a completion', of: [16, 32, 64, 128, 256, 384] },
    frames: { label: 'frames of the video', of: [2, 4, 8, 16, 32] },
  };

/** A step of a sweep. */
export interface SweptStep {
  readonly prompt: PromptSpec;
  readonly plan: Pick<StepPlan, 'newTokens' | 'generations'>;
}

/** The step at a value of a sweep; other sizes are those of the bench. */
export function sweptStep(sweep: Sweep, value: number, video: boolean): SweptStep {
  const prompt = { video: video || sweep === 'frames' };
  switch (sweep) {
    case 'generations':
      return { prompt, plan: { generations: value } };
    case 'prompt':
      return { prompt: { ...prompt, tokens: value }, plan: {} };
    case 'completion':
      return { prompt, plan: { newTokens: value } };
    case 'frames':
      return { prompt: { ...prompt, frames: value }, plan: {} };
  }
}

/** Medians at a value. */
export interface SweepPoint extends StepTimes {
  readonly value: number;
}

const PHASES = [
  ['step', 'step'],
  ['sampling', 'generation'],
  ['reference', 'reference'],
  ['gradients', 'gradient'],
  ['update', 'update'],
] as const;

/** The points as a table, in milliseconds; the last column is the added cost of a step for each unit since the line above. */
export function sweepTable(label: string, points: readonly SweepPoint[]): string {
  const rows = points.map((point, index) => {
    const before = points[index - 1];
    const slope = before && (1000 * (point.step - before.step)) / (point.value - before.value);
    const cells = PHASES.map(([, part]) => (1000 * point[part]).toFixed(1));
    return [String(point.value), ...cells, slope === undefined ? '–' : slope.toFixed(2)];
  });
  return markdownTable([label, ...PHASES.map(([name]) => `${name}, ms`), 'ms for one more'], rows);
}

/** The lines of the plot, a phase each. */
export function sweepLines(points: readonly SweepPoint[]): readonly Line[] {
  return PHASES.map(([name, part]) => ({
    name,
    points: points.map((point) => [point.value, 1000 * point[part]] as const),
  }));
}

const WARM_UP = 2;

/** Times the step at every value, prints the table, and writes the plot to the path of `--out`. */
export async function benchSweep(flags: BenchFlags): Promise<void> {
  const sweep = oneOf('sweep', flags.sweep!, SWEEPS);
  const { label, of: values } = VALUES[sweep];
  const limit = numberOf(flags, 'seconds') / values.length;
  await withShapePolicy(flags, async ({ policy, model }) => {
    const points: SweepPoint[] = [];
    for (const value of values) {
      const { prompt, plan } = sweptStep(sweep, value, flags.vl);
      const times: StepTimes[] = [];
      let spent = 0;
      for (let seed = 0; seed < WARM_UP || times.length < 3 || spent < limit; seed++) {
        const step = await timeStep(policy, [shapePrompt(model, prompt, seed)], { seed, ...plan });
        if (seed < WARM_UP) continue;
        times.push(step);
        spent += step.step;
      }
      const of = (part: keyof StepTimes) => median(times.map((time) => time[part]));
      const medians = PHASES.map(([, part]) => [part, of(part)] as const);
      points.push({ value, ...(Object.fromEntries(medians) as unknown as StepTimes) });
    }
    console.log(`${sweepTable(label, points)}\n`);
    const title = `${flags.shape}: ${label}`;
    const path = resolve(flags.out ?? `sweep-${sweep}-${flags.shape}.svg`);
    await writeFile(path, linePlot(title, label, 'ms', sweepLines(points)));
    console.log(`the plot is ${path}`);
  });
}
