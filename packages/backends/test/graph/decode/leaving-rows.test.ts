/** Completions that ended leave a generation in graphs: whatever the architecture and the lowering, the others get the tokens that they would have had. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import type { SampleEvent } from '@loci/core';
import { sampleToLengths } from '../../../src/bench/ragged.ts';
import { SHAPE_ARCHITECTURES, shapePrompt, writeShapeModel } from '../../../src/bench/shapes.ts';
import { openOnnxPolicy } from '../../../src/onnx/onnx-policy.ts';

/** Of the first two prompts; the others have completions of the same lengths. */
const LENGTHS = [
  [12, 3, 4, 8],
  [5, 8, 1, 4],
];

test.each(
  SHAPE_ARCHITECTURES.flatMap((architecture) =>
    (['fused', 'plain'] as const).map((lowering) => [architecture, lowering] as const),
  ),
)('%s, %s operations', async (architecture, lowering) => {
  const folder = mkdtempSync(join(tmpdir(), 'loci-leaving-'));
  const model = await writeShapeModel(folder, 'tiny', architecture);
  const machine = { provider: 'cpu', threads: 1, decoder: 'onnx', lowering } as const;
  const policy = await openOnnxPolicy({ model: folder, ...machine });
  try {
    const prompts = Array.from({ length: 8 }, (_, step) =>
      shapePrompt(model, { video: false }, step),
    );
    const sampling = { temperature: 1, topP: 0.95, topK: 0, repetitionPenalty: 1 };
    const completionsOf = async (count: number) => {
      const lengths = Array.from({ length: count }, (_, prompt) => LENGTHS[prompt % 2]!);
      const events$ = sampleToLengths(
        policy.generator,
        lengths,
      )({
        ...{ prompts: prompts.slice(0, count), completionsPerPrompt: 4, seed: 3 },
        sampling: { ...sampling, maxNewTokens: 12, chunkTokens: 4 },
      });
      const events: SampleEvent[] = await lastValueFrom(events$.pipe(toArray()));
      return events
        .filter(({ type, prompt }) => type === 'completion' && prompt < 2)
        .sort((a, b) => a.prompt - b.prompt || a.completion - b.completion)
        .map(({ tokenIds }) => [...tokenIds]);
    };
    const many = await completionsOf(8);
    expect(many.map(({ length }) => length)).toEqual(LENGTHS.flat());
    expect(many).toEqual(await completionsOf(2));
  } finally {
    await policy.dispose();
    rmSync(folder, { recursive: true });
  }
});
