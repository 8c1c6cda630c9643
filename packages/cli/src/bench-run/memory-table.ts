/** What holds the memory of a run: the tensors that an engine stores, the heaps of JavaScript, and what sessions added as they ran. */
import type { Policy } from '@loci/core';

/** The memory of one request to an engine's worker. */
export interface MemoryNote {
  readonly kind: string;
  readonly fetches?: readonly string[];
  /** Growth of the resident memory during the request. */
  readonly residentBytes: number;
}

/** Memory of an engine's worker. */
export interface EngineMemory {
  /** Bytes by stored tensor. */
  readonly stored: Readonly<Record<string, number>>;
  readonly heapTotal: number;
  readonly arrayBuffers: number;
}

/** Memory at the end of a run, in bytes. */
export interface MemoryFigures {
  /** Resident at the end. */
  readonly resident: number;
  readonly engine: EngineMemory;
  readonly notes: readonly MemoryNote[];
  readonly main: { readonly heapTotal: number; readonly arrayBuffers: number };
}

/** The runtime of an engine that reports its memory. */
interface MeasuredRuntime {
  memory(): Promise<EngineMemory>;
  takeNotes(): Promise<readonly MemoryNote[]>;
}

/** The runtime behind a policy; undefined where the engine does not report its memory. */
function runtimeOf(policy: Policy): MeasuredRuntime | undefined {
  const { runtime } = (policy as { engine?: { runtime?: Partial<MeasuredRuntime> } }).engine ?? {};
  return runtime?.memory && runtime.takeNotes ? (runtime as MeasuredRuntime) : undefined;
}

/** Measures the memory of this process; undefined where the engine does not report its own. */
export async function takeMemory(policy: Policy): Promise<MemoryFigures | undefined> {
  const runtime = runtimeOf(policy);
  if (runtime === undefined) return undefined;
  const { rss, heapTotal, arrayBuffers } = process.memoryUsage();
  const [engine, notes] = [await runtime.memory(), await runtime.takeNotes()];
  return { resident: rss, engine, notes, main: { heapTotal, arrayBuffers } };
}

/** Titles of the tensors that training keeps. */
const TRAINING: Readonly<Record<string, string>> = {
  current: 'weights',
  start: 'start weights',
  gradient: 'gradients',
  mean: 'first moments',
  square: 'second moments',
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The parts of the memory, in bytes; the last row is the rest. */
export function memoryRows(figures: MemoryFigures): readonly (readonly [string, number])[] {
  const { resident, engine, main } = figures;
  const named = Object.entries(TRAINING).flatMap(([name, title]) =>
    name in engine.stored ? [[title, engine.stored[name]!] as const] : [],
  );
  const others = Object.entries(engine.stored).filter(([name]) => !(name in TRAINING));
  const stored = sum(Object.values(engine.stored));
  const rows: (readonly [string, number])[] = [
    ...named,
    [
      'other stored tensors (frozen weights, caches of keys and values)',
      sum(others.map(([, bytes]) => bytes)),
    ],
    ['other arrays of the worker', Math.max(0, engine.arrayBuffers - stored)],
    ['heap of the worker', engine.heapTotal],
    ['arrays of the main thread (frames, patches)', main.arrayBuffers],
    ['heap of the main thread', main.heapTotal],
  ];
  const known = sum(rows.map(([, bytes]) => bytes));
  return [...rows, ['libraries, sessions and their arenas', Math.max(0, resident - known)]];
}

/** Purpose of a request. */
function purposeOf({ kind, fetches = [] }: MemoryNote): string {
  if (kind === 'create') return 'making sessions';
  if (kind === 'release') return 'releasing sessions';
  if (kind !== 'run') return 'storing and updating tensors';
  if (fetches.includes('tokens')) return 'decoding';
  if (fetches.includes('loss')) return 'gradients';
  return fetches.includes('logProbs') ? 'log-probabilities' : 'prefill';
}

/** Growth of the resident memory within the requests of each purpose, in bytes: arenas, and the constants of sessions. */
export function growthRows(notes: readonly MemoryNote[]): readonly (readonly [string, number])[] {
  const grown = new Map<string, number>();
  for (const note of notes) {
    const purpose = purposeOf(note);
    grown.set(purpose, (grown.get(purpose) ?? 0) + note.residentBytes);
  }
  return [...grown].toSorted(([, a], [, b]) => b - a);
}
