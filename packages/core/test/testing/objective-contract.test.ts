import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { definePlugin } from '../../src/plugin/define-plugin.ts';
import type { Objective } from '../../src/spec/index.ts';
import { describeObjectiveContract } from '../../src/testing/index.ts';
import { bundledObjectives } from '../../src/train/algorithm/objectives/bundled-objectives.ts';

const HOLDING = ['cispo', 'vespo'];
const REQUIRED = { 'dr-grpo': { maxCompletionTokens: 5 } } as const;

for (const plugin of bundledObjectives) {
  const options = REQUIRED[plugin.name as keyof typeof REQUIRED] ?? {};
  describeObjectiveContract({ plugin, options, holdsConstants: HOLDING.includes(plugin.name) });
}

const half: Objective = {
  learnsFrom: 'rollouts',
  value: (batch) => ({
    loss: batch.reduce(
      (sum, { logProbs }) => sum + Array.from(logProbs).reduce((a, b) => a + b),
      0,
    ),
    dLogProbs: batch.map(({ mask }) => Float64Array.from(mask, (inside) => inside / 2)),
    figures: {},
  }),
};
let calls = 0;

test.each([
  ['has other derivatives than its loss', 'its derivatives', half],
  [
    'gives a derivative too few',
    'it gives a finite',
    { ...half, value: (batch) => ({ ...half.value(batch), dLogProbs: [] }) },
  ],
  [
    'is another at every call',
    'the same batch',
    { ...half, value: (batch) => ({ ...half.value(batch), loss: calls++ }) },
  ],
  ['looks outside the mask', 'a batch of which', half],
] satisfies readonly (readonly [string, string, Objective])[])(
  'an objective that %s is found out: %s',
  async (_, check, objective) => {
    const bodies = new Map<string, () => unknown>();
    const scope = globalThis as unknown as Record<string, unknown>;
    const { describe, test: declare } = scope;
    const plugin = definePlugin({
      kind: 'objective',
      name: 'wrong',
      description: 'for this test alone',
      options: z.strictObject({}),
      create: () => objective,
    });
    try {
      scope['describe'] = (_name: string, body: () => void) => body();
      scope['test'] = Object.assign((name: string, body: () => unknown) => bodies.set(name, body), {
        skip: () => undefined,
      });
      describeObjectiveContract({ plugin });
    } finally {
      Object.assign(scope, { describe, test: declare });
    }
    const [, body] = [...bodies].find(([name]) => name.startsWith(check))!;
    await expect((async () => body())()).rejects.toMatchObject({ code: 'ERR_ASSERTION' });
  },
);
