/** Tabulates the phases of a profile beside their floors. */
import { median } from '../all-engines.ts';
import { markdownTable } from '../table.ts';
import type { Collected } from './collect.ts';
import { bandwidthFor, floorOf } from './floor.ts';
import type { Floor, MachineRates } from './floor.ts';
import type { StepTimes } from '../time-step.ts';
import { PHASES } from './phases.ts';
import type { Phase, PhaseCost } from './phases.ts';

/** A phase with its floor, all times in milliseconds. */
export interface PhaseLine {
  readonly phase: Phase;
  readonly ms: number;
  /** Tokens that it reads or generates; undefined for a phase without tokens. */
  readonly tokens?: number;
  /** Threads that were busy; for sampling as a whole, on its first line. */
  readonly threads?: number;
  readonly floor: Floor;
  /** The cost of an empty run, times its runs. */
  readonly runs: number;
  readonly copies: number;
  readonly outside: number;
  /** The rest, from operators slower than their floor. */
  readonly left: number;
}

/** Tokens of a step by phase. */
export type PhaseTokens = Readonly<Partial<Record<Phase, number>>>;

const NO_FLOOR: Floor = { products: 0, bytes: 0, nodes: 0, nodeCount: 0, operations: 0 };
const WORD = 4;
/**
 * Arrays of the size of the weights that AdamW reads (weights, gradient, two moments) and writes (weights, moments, a cleared gradient).
 */
const UPDATE_PASSES = 8;
/** A copy reads and writes. */
const COPY_PASSES = 2;

/** The floor of a phase without a graph: the bytes that it has to move. */
function movedFloor(phase: Phase, parameters: number, rates: MachineRates): Floor {
  const passes = { update: UPDATE_PASSES, 'session rebuild': COPY_PASSES }[phase as string] ?? 0;
  const bytes = passes * WORD * parameters;
  return bytes === 0
    ? NO_FLOOR
    : { ...NO_FLOOR, bytes: (1000 * bytes) / bandwidthFor(bytes, rates) };
}

/** The phases of the median step. */
export function phaseLines(
  { steps, nodes, parameters }: Omit<Collected, 'usual'>,
  rates: MachineRates,
  tokens: PhaseTokens,
): readonly PhaseLine[] {
  return PHASES.map((phase) => {
    const own = steps.flatMap(({ costs }) => costs.get(phase) ?? []);
    const of = (part: (cost: PhaseCost) => number) => median(own.map(part));
    const graph = nodes.get(phase);
    const floor = graph ? floorOf(graph, rates) : movedFloor(phase, parameters, rates);
    const ms = of((cost) => cost.ms);
    const runs = of((cost) => cost.runs) * rates.emptyRun;
    const [copies, outside] = [of((cost) => cost.copiesMs), of((cost) => cost.outsideMs)];
    const explained = floor.products + floor.bytes + floor.nodes + runs + outside;
    // Where the worker moves bytes itself, its copies are the work and its floor is among them.
    const left = Math.max(0, ms - explained - (graph ? copies : 0));
    const threads = threadsOf(phase, steps);
    const passing = tokens[phase];
    return {
      ...{ phase, ms, floor, runs, copies, outside, left },
      ...(passing !== undefined && { tokens: passing }),
      ...(threads !== undefined && { threads }),
    };
  });
}

function threadsOf(phase: Phase, steps: Collected['steps']): number | undefined {
  if (phase === 'prefill') {
    return median(
      steps.map(({ marks: { at, cpuMs } }) => (cpuMs[1]! - cpuMs[0]!) / (at[1]! - at[0]!)),
    );
  }
  const shares = steps.flatMap(({ costs }) => {
    const cost = costs.get(phase);
    return cost?.cpuMs === undefined || cost.ms === 0 ? [] : [cost.cpuMs / cost.ms];
  });
  return shares.length === 0 ? undefined : median(shares);
}

const fixed = (value: number) => (value === 0 ? '–' : value.toFixed(value < 10 ? 2 : 1));

/** The lines as a table, with the whole step below. */
export function phaseTable(lines: readonly PhaseLine[]): string {
  const total = (of: (line: PhaseLine) => number) => lines.reduce((sum, line) => sum + of(line), 0);
  const floor = (line: PhaseLine) => line.floor.products + line.floor.bytes;
  const columns: readonly [string, (line: PhaseLine) => number][] = [
    ['ms', ({ ms }) => ms],
    ['floor, ms', floor],
    ['of it products', (line) => line.floor.products],
    ['of it bytes', (line) => line.floor.bytes],
    ['empty nodes', (line) => line.floor.nodes],
    ['empty runs', ({ runs }) => runs],
    ['copies in the worker', ({ copies }) => copies],
    ['outside the worker', ({ outside }) => outside],
    ['left: slower than the floor', ({ left }) => left],
  ];
  const rows = lines.map((line) => [
    line.phase,
    ...columns.map(([, of]) => fixed(of(line))),
    line.floor.nodeCount === 0 ? '–' : String(line.floor.nodeCount),
    line.tokens === undefined ? '–' : String(line.tokens),
    line.tokens === undefined ? '–' : ((1000 * line.tokens) / line.ms).toFixed(0),
    line.threads === undefined ? '–' : line.threads.toFixed(2),
  ]);
  const whole = ['step', ...columns.map(([, of]) => fixed(total(of))), '', '', '', ''];
  const header = [
    'phase',
    ...columns.map(([name]) => name),
    ...['nodes', 'tokens', 'tokens/s', 'threads busy'],
  ];
  return markdownTable(header, [...rows, whole]);
}

/** The parts of a step, with the phases that they consist of where tokens come from graphs. */
const PARTS: readonly (readonly [part: keyof StepTimes, name: string, phases: readonly Phase[]])[] =
  [
    ['generation', 'sampling', ['prefill', 'decoding', 'session rebuild']],
    ['reference', 'reference', ['reference']],
    ['gradient', 'gradients', ['gradients']],
    ['update', 'update', ['update']],
  ];

/**
 * The parts of a step with the settings of a training run, beside the floor of the same work in graphs: its products at the rate of ONNX
 * Runtime's single products, and the bytes that its other nodes move.
 */
export function usualTable(usual: readonly StepTimes[], lines: readonly PhaseLine[]): string {
  const cells = PARTS.map(([part, name, phases]) => {
    const own = lines.filter(({ phase }) => phases.includes(phase));
    const floor = own.reduce((sum, line) => sum + line.floor.products + line.floor.bytes, 0);
    return { name, ms: 1000 * median(usual.map((times) => times[part])), floor };
  });
  const step = {
    name: 'step',
    ms: 1000 * median(usual.map((times) => times.step)),
    floor: cells.reduce((sum, { floor }) => sum + floor, 0),
  };
  const rows = [...cells, step].map(({ name, ms, floor }) => [
    name,
    fixed(ms),
    fixed(floor),
    floor === 0 ? '–' : (ms / floor).toFixed(2),
  ]);
  return markdownTable(['part', 'ms', 'floor, ms', 'times the floor'], rows);
}
