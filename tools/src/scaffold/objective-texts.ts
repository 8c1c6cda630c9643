/** The files of a new objective: REINFORCE, small enough to see through, for a person to change. */
import type { RewardName } from './reward-name.ts';

/** One sentence on what the objective does until it is changed. */
export const OBJECTIVE_DESCRIPTION =
  'Raises the log-probability of tokens by the advantage of their completion.';

const INSIDE = `import { z } from 'zod';
import { definePlugin } from '../../../plugin/define-plugin.ts';
import { maskedLength, tokenWeights } from './parts/aggregation.ts';
`;
const OUTSIDE = `import { definePlugin, maskedLength, tokenWeights } from '@loci/core';
import { z } from 'zod';
`;

/** The plugin. @param use How a config names it: by its name in the workspace, by its path elsewhere. */
export function objectiveSource({ name, variable }: RewardName, use = name): string {
  return `${use === name ? INSIDE : OUTSIDE}
/**
 * REINFORCE: a token weighs the same whatever its completion, and moves with the advantage A,
 *
 *     scale / ΣL · Σ_i Σ_t −A log π
 *
 * @example { use: '${use}', scale: 2 }
 */
export const ${variable} = definePlugin({
  kind: 'objective',
  name: '${name}',
  description: '${OBJECTIVE_DESCRIPTION}',
  options: z.strictObject({
    scale: z.number().positive().default(1).describe('Factor of the loss.'),
  }),
  create: ({ scale }) => ({
    learnsFrom: 'rollouts',
    value(batch) {
      const lengths = batch.map(({ mask }) => maskedLength(mask));
      const weights = tokenWeights(lengths, { kind: 'token' });
      let loss = 0;
      const dLogProbs = batch.map(({ logProbs, mask, advantage }, index) =>
        Float64Array.from(logProbs, (logProb, token) => {
          const slope = -scale * weights[index]! * mask[token]! * advantage;
          loss += slope * logProb;
          return slope;
        }),
      );
      return { loss, dLogProbs, figures: {} };
    },
  }),
});
`;
}

/** Its test, in core. */
export function objectiveTest({ name, variable }: RewardName): string {
  return `import { expect, test } from '@jest/globals';
import { describeObjectiveContract } from '../../../../src/testing/objective-contract.ts';
import { ${variable} } from '../../../../src/train/algorithm/objectives/${name}.ts';

describeObjectiveContract({ plugin: ${variable} });

test('two completions with three tokens to learn from: each moves by a third of its advantage', async () => {
  const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
  const objective = await ${variable}.create({ scale: 1 }, context);
  const { loss, dLogProbs } = objective.value([
    { logProbs: [-1, -2], mask: [1, 1], advantage: 3, source: 'sampled' },
    { logProbs: [-1, -4], mask: [1, 0], advantage: -6, source: 'sampled' },
  ]);
  expect(dLogProbs.map((slopes) => [...slopes].map((slope) => slope + 0))).toEqual([
    [-1, -1],
    [2, 0],
  ]);
  expect(loss).toBe(1);
});
`;
}

/** Its row in the table of objectives. */
export function objectiveRow({ name }: RewardName): string {
  return `| \`${name}\` | REINFORCE: −A log π, a mean over all tokens | Williams 1992 | general | as a start for your own | – | – |`;
}

/** A config that uses an objective of one's own. */
export function objectiveConfig({ name }: RewardName): string {
  return `# A run with an objective of your own. What is not said here is as in configs/rooms.yaml.
objective:
  use: ./${name}.ts # starts in the folder of this file
  scale: 1
`;
}
