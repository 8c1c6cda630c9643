import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { raggedLengths, raggedTable, sampleToLengths, sharesOf } from '../../src/bench/ragged.ts';
import { shapePrompt, writeShapeModel } from '../../src/bench/shapes.ts';

test('lengths of a group go from an eighth of the longest to the longest, each once', () => {
  const [first, second] = raggedLengths(2, 8, 128);
  expect([...first!].sort((a, b) => a - b)).toEqual([16, 32, 48, 64, 80, 96, 112, 128]);
  expect([...second!].sort()).toEqual([...first!].sort());
  expect(second).not.toEqual(first);
});

test('shares are of the tokens that the dense step has', () => {
  const { completions, rows } = sharesOf([[32, 64]], 64, 32);
  expect(completions).toBeCloseTo(96 / 128);
  expect(rows).toBeCloseTo(128 / 160);
});

test('a step that takes exactly its share has 1', () => {
  const times = (factor: number) => ({
    ...{ step: factor, generation: factor, reference: factor, gradient: factor, update: 1 },
  });
  const pairs = [{ dense: times(2), ragged: times(1) }];
  const [sampling, ...rest] = raggedTable(pairs, { completions: 0.5, rows: 0.8 })
    .split('\n')
    .slice(2);
  expect(sampling).toBe('| sampling | 2.0000 | 1.0000 | 0.500 | 1.00 | 0.63 |');
  expect(rest.at(-2)).toBe('| update | 1.0000 | 1.0000 | 1.000 | – | – |');
});

test('completions end where they are told to, with the tokens that they would have had', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-ragged-'));
  const model = await writeShapeModel(folder, 'tiny');
  const policy = await openOnnxPolicy({ model: folder, provider: 'cpu', threads: 1 });
  try {
    const prompts = [0, 1].map((step) => shapePrompt(model, { video: false }, step));
    const sampling = { temperature: 1, topP: 0.95, topK: 0, repetitionPenalty: 1 };
    const request = {
      ...{ prompts, completionsPerPrompt: 2, seed: 3 },
      sampling: { ...sampling, maxNewTokens: 12, chunkTokens: 4 },
    };
    const lengths = [
      [12, 3],
      [5, 8],
    ];
    const completionsOf = async (events$: ReturnType<typeof policy.sample>) => {
      const events = await lastValueFrom(events$.pipe(toArray()));
      return events.flatMap((event) =>
        event.type === 'completion' ? [[event.prompt, event.completion, event.tokenIds]] : [],
      ) as [number, number, Int32Array][];
    };
    const full = await completionsOf(policy.sample(request));
    const cut = await completionsOf(sampleToLengths(policy.generator, lengths)(request));
    expect(cut).toHaveLength(4);
    for (const [prompt, completion, ids] of cut) {
      const [, , whole] = full.find(([p, c]) => p === prompt && c === completion)!;
      expect([...ids]).toEqual([...whole.slice(0, lengths[prompt]![completion])]);
    }
  } finally {
    await policy.dispose();
    rmSync(folder, { recursive: true });
  }
});
