/** An objective that a person keeps in one TypeScript file of their own, outside the repository. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { runCommand } from './command.ts';
import { QUICK, loggedFigure, makeWorkplace } from './workplace.ts';

const OBJECTIVE = `
import { definePlugin, maskedLength, tokenWeights } from '@loci/core';
import type { CompletionTokens } from '@loci/core';
import { z } from 'zod';

export const reinforce = definePlugin({
  kind: 'objective',
  name: 'reinforce-of-mine',
  description: 'The log-probability of each token times the advantage.',
  options: z.strictObject({ scale: z.number().positive().default(1) }),
  create: ({ scale }) => ({
    learnsFrom: 'rollouts',
    value(batch: readonly CompletionTokens[]) {
      const weights = tokenWeights(batch.map(({ mask }) => maskedLength(mask)), { kind: 'token' });
      let loss = 0;
      const dLogProbs = batch.map(({ logProbs, mask, advantage }, index) =>
        Float64Array.from(logProbs, (logProb, token) => {
          const slope = -scale * weights[index]! * mask[token]! * advantage;
          loss += slope * logProb;
          return slope;
        }),
      );
      return { loss, dLogProbs, figures: { surprise: 1 } };
    },
  }),
});
`;

const BARE = ['--set', 'evaluate.questions=0', ...QUICK];
const TRAIN = ['train', '--config', 'tiny.yaml', '--steps', '2', ...BARE];

jest.setTimeout(180_000);

describe('an objective in a file of its own', () => {
  let workplace: string;

  beforeAll(async () => {
    workplace = await makeWorkplace();
    writeFileSync(join(workplace, 'reinforce.ts'), OBJECTIVE);
    writeFileSync(
      join(workplace, 'broken.ts'),
      OBJECTIVE.replace('return { loss, dLogProbs,', 'return { loss, dLogProbs: [],'),
    );
  });

  test('updates the model, with its options and its own figures', async () => {
    const own = ['--set', 'objective={use: ./reinforce.ts, scale: 2}'];
    const { code, stderr } = await runCommand(workplace, [...TRAIN, ...own, '--run', 'own']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const run = join(workplace, 'own');
    expect([...loggedFigure(run, 'policy/surprise')]).toEqual([
      [1, 1],
      [2, 1],
    ]);
    for (const norm of loggedFigure(run, 'update/grad-norm').values()) {
      expect(norm).toBeGreaterThan(0);
    }
    expect(readFileSync(join(run, 'config.yaml'), 'utf8')).toContain('reinforce.ts');
  });

  test('goes through a batch several times, as bundled ones do', async () => {
    const words = [...TRAIN, '--set', 'updatesPerBatch=2', '--set', 'minibatches=2'];
    for (const [use, run] of [
      ['./reinforce.ts', 'own-twice'],
      ['gspo', 'gspo-twice'],
    ] as const) {
      const { code, stderr } = await runCommand(workplace, [...words, '--set', `objective={use: ${use}}`, '--run', run]); // prettier-ignore
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
    const shares = [1, 2, 3, 4].map((update) =>
      loggedFigure(join(workplace, 'gspo-twice'), `policy/clip-fraction/update-${update}`).get(1),
    );
    expect(shares.every((share) => share !== undefined)).toBe(true);
    expect(shares[3]!).toBeGreaterThan(0);
  });

  test('whose derivatives do not fit ends the run, and is named', async () => {
    const broken = ['--set', 'objective={use: ./broken.ts}', '--run', 'broken'];
    const { code, stderr } = await runCommand(workplace, [...TRAIN, ...broken]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/objective plugin ".*broken\.ts" must return dLogProbs/);
  });
});
