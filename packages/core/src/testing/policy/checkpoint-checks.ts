/** That a checkpoint is complete: training continues from it as if it had never stopped. */
import assert from 'node:assert/strict';
import { readdir, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Policy, TrainingGroup } from '../../spec/index.ts';
import type { PolicyCheck } from './policy-check.ts';
import { CROSS_ENTROPY, OPTIMIZER, assertRefused, demonstrations } from './workload.ts';

/** Of saving and loading. */
export const CHECKPOINT_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'what was saved loads, and training goes on as if nothing had happened',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt, another, path }) {
      const groups = await demonstrations(policy, prompt);
      const other = await another();
      const start = await other.logProbs(groups, 'start');
      // Batches by turns: steps on the same one are of nearly the same length with moments and without.
      for (const group of groups) await step(policy, [group]);
      await policy.save(path('saved'), { optimizer: true });
      await other.load(path('saved'));
      const expected = [await step(policy, groups), await step(policy, groups)];
      assert.deepEqual([await step(other, groups), await step(other, groups)], expected);
      const after = await policy.logProbs(groups, 'current');
      assert.deepEqual(await other.logProbs(groups, 'current'), after);
      assert.deepEqual(await other.logProbs(groups, 'start'), start);
    },
  },
  {
    name: 'weights saved alone start anew: no moments, no gradients are left of before',
    needs: ['training', 'cross-entropy'],
    async run({ policy, prompt, another, path }) {
      const groups = await demonstrations(policy, prompt);
      await step(policy, groups);
      await policy.save(path('saved'), { optimizer: true });
      await policy.save(path('saved'), { optimizer: false });
      const beside = (await readdir(dirname(path('saved')))).filter((name) => name !== 'saved');
      assert.equal(beside.join(), '', 'something lies beside it');
      const fresh = await another();
      await policy.forwardBackward(groups, CROSS_ENTROPY);
      for (const one of [policy, fresh]) await one.load(path('saved'));
      const expected = [await step(fresh, groups), await step(fresh, groups)];
      assert.deepEqual([await step(policy, groups), await step(policy, groups)], expected);
    },
  },
  {
    name: 'a checkpoint that is missing or cut short is refused, and the weights stay',
    needs: ['training'],
    async run({ policy, prompt, path }) {
      const groups = await demonstrations(policy, prompt);
      const before = await policy.logProbs(groups, 'current');
      await assertRefused(policy.load(path('nowhere')), 'a folder that is not there');
      await policy.save(path('cut'), { optimizer: true });
      for (const name of await readdir(path('cut'))) {
        const file = join(path('cut'), name);
        await truncate(file, Math.floor((await stat(file)).size / 2));
      }
      await assertRefused(policy.load(path('cut')), 'a checkpoint whose files are cut in half');
      assert.deepEqual(await policy.logProbs(groups, 'current'), before);
    },
  },
  {
    name: 'a folder that cannot be written is refused, and the policy goes on',
    needs: ['training'],
    async run({ policy, prompt, path }) {
      await writeFile(path('file'), 'in the way');
      const inside = join(path('file'), 'saved');
      await assertRefused(policy.save(inside, { optimizer: true }), 'a folder below a file');
      await demonstrations(policy, prompt);
    },
  },
];

/** One step on a batch. @returns The loss before it. */
async function step(policy: Policy, groups: readonly TrainingGroup[]): Promise<number> {
  const { loss } = await policy.forwardBackward(groups, CROSS_ENTROPY);
  await policy.optimStep(OPTIMIZER);
  return loss;
}
