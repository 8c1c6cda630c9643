/** A worker that is asked to takes notes of its work, and has its sessions write profiles. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readProfile } from '../../src/bench/profile/ort-profile.ts';
import { GraphBuilder } from '../../src/graph/ir/builder.ts';
import { OnnxRuntime } from '../../src/onnx/onnx-runtime.ts';

function negation(): GraphBuilder {
  const graph = new GraphBuilder();
  graph.output(graph.emit('Neg', [graph.input('x', [2])], [2]), 'y');
  return graph;
}

const FEEDS = { x: { type: 'float32', shape: [2], data: Float32Array.of(1, 2) } } as const;

test('notes say what was asked and how long it took, and are taken once', async () => {
  const runtime = new OnnxRuntime({ threads: 1, notes: {} });
  try {
    const began = performance.timeOrigin + performance.now();
    const session = await runtime.createSession(negation());
    await runtime.run(session, FEEDS, { y: 'return' });
    const notes = await runtime.takeNotes();
    expect(notes.map(({ kind }) => kind)).toEqual(['create', 'run']);
    expect(notes[1]).toMatchObject({ session: session.id, fetches: ['y'] });
    expect(notes[1]!.libraryMs).toBeGreaterThan(0);
    expect(notes[1]!.ms).toBeGreaterThanOrEqual(notes[1]!.libraryMs);
    expect(notes[0]!.at).toBeGreaterThan(began - 5);
    expect((await runtime.takeNotes()).map(({ kind }) => kind)).toEqual(['notes']);
  } finally {
    await runtime.dispose();
  }
});

test('a profile has every run of its session, whether that was released or still lives', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-notes-'));
  const runtime = new OnnxRuntime({ threads: 1, notes: { profiles: folder } });
  try {
    const [first, second] = [
      await runtime.createSession(negation()),
      await runtime.createSession(negation()),
    ];
    await runtime.run(first!, FEEDS, { y: 'return' });
    await runtime.releaseSession(first!);
    for (let run = 0; run < 3; run++) await runtime.run(second!, FEEDS, { y: 'return' });
    await runtime.takeNotes();
    const runsOf = (session: number) => {
      const file = readdirSync(folder).find((name) => name.startsWith(`session-${session}-`))!;
      return readProfile(readFileSync(join(folder, file), 'utf8'));
    };
    expect(runsOf(first!.id).map((nodes) => nodes.map(({ op }) => op))).toEqual([['Neg']]);
    expect(runsOf(second!.id)).toHaveLength(3);
  } finally {
    await runtime.dispose();
    rmSync(folder, { recursive: true });
  }
});

test('a worker says what it holds, an array with two names once', async () => {
  const runtime = new OnnxRuntime({ threads: 1 });
  try {
    await runtime.put('weights', new Float32Array(1000));
    await runtime.share('weights', 'start');
    await runtime.zeros('mean', 500);
    const { stored, heapUsed, arrayBuffers } = await runtime.memory();
    expect(stored).toEqual({ weights: 4000, mean: 2000 });
    expect(heapUsed).toBeGreaterThan(0);
    expect(arrayBuffers).toBeGreaterThan(5999);
    expect(await runtime.takeNotes()).toEqual([]);
  } finally {
    await runtime.dispose();
  }
});
