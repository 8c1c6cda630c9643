/** Parts of the GPU check: each is one command on one target, and its figures. */
import type { EndedCommand } from './run-command.ts';

/** Figures by name, for the report. */
export type Figures = Readonly<Record<string, number | string>>;

/** How a part went. What could not run is skipped, with the reason; what ran has passed or failed. */
export interface PartResult {
  readonly part: string;
  readonly target: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly reason?: string;
  readonly seconds?: number;
  readonly figures?: Figures;
  /** The command, to be run again by hand. */
  readonly command?: string;
  readonly log?: string;
}

/** The result read from the output of a command that has ended. */
export interface Reading {
  readonly passed: boolean;
  readonly figures: Figures;
  readonly reason?: string;
}

/** Why a command failed, from its end and its output. */
export function failureOf({ code, signal, timedOut, seconds, output }: EndedCommand): string {
  if (timedOut) return `not done after ${Math.round(seconds)} s`;
  const lines = output.trim().split('\n');
  const message = lines.findLast((line) => /error|cannot|fail/i.test(line)) ?? lines.at(-1) ?? '';
  const how = signal ? `ended by ${signal}` : `ended with code ${code}`;
  return `${how}: ${message.trim().slice(0, 300)}`;
}

/** Reads the output of `tools:parity`: its total, and the worst error of a gradient, where gradients were checked. */
export function readParity(ended: EndedCommand): Reading {
  const total = /^passed (\d+)\/(\d+)$/m.exec(ended.output);
  if (!total) return { passed: false, figures: {}, reason: failureOf(ended) };
  const failing = [...ended.output.matchAll(/^FAIL {2}(.*)$/gm)].map(([, what]) => what!);
  const errors = [...ended.output.matchAll(/grad\S*: worst (\S+),/g)].map(([, error]) =>
    Number(error),
  );
  return {
    passed: ended.code === 0,
    figures: {
      passed: Number(total[1]),
      total: Number(total[2]),
      ...(errors.length > 0 ? { worstGradientError: Math.max(...errors) } : {}),
    },
    ...(failing.length > 0 ? { reason: failing.slice(0, 5).join('; ') } : {}),
  };
}

const PHASES = ['generation', 'reference', 'gradient', 'update'] as const;

/** Reads the line of `backends:bench`, and which phase takes most of a step. */
export function readBench(ended: EndedCommand): Reading {
  const line = ended.output.split('\n').find((text) => text.startsWith('{"engine"'));
  if (ended.code !== 0 || !line) return { passed: false, figures: {}, reason: failureOf(ended) };
  const figures = JSON.parse(line) as Figures;
  return { passed: true, figures: { ...figures, dominates: dominantPhase(figures) } };
}

/** The phase with the greatest share of a step, as in `generation 61 %`. */
export function dominantPhase(figures: Figures): string {
  const seconds = (phase: string) => Number(figures[`${phase}Seconds`] ?? 0);
  const most = PHASES.reduce((a, b) => (seconds(b) > seconds(a) ? b : a));
  const step = Number(figures['stepSeconds']);
  return `${most} ${Math.round((100 * seconds(most)) / step)} %`;
}

/** Reads the JSON line of the PyTorch step. */
export function readTorch(ended: EndedCommand): Reading {
  const line = ended.output.split('\n').find((text) => text.startsWith('{"engine": "torch"'));
  if (ended.code !== 0 || !line) return { passed: false, figures: {}, reason: failureOf(ended) };
  const figures = JSON.parse(line) as Figures;
  return { passed: true, figures: { ...figures, dominates: dominantPhase(figures) } };
}
