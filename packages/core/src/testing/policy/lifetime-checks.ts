/** That a policy holds no more after many steps than after few, and nothing once it is disposed of. */
import assert from 'node:assert/strict';
import { take } from 'rxjs';
import type { PolicyCheck } from './policy-check.ts';
import {
  CROSS_ENTROPY,
  LINEAR_WITH_ENTROPIES,
  OPTIMIZER,
  assertRefused,
  collect,
  demonstrations,
  draw,
  sample,
  tokensOf,
} from './workload.ts';

/** Of concurrent calls, memory and disposal. */
export const LIFETIME_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'calls at once give what they give in turn',
    async run({ policy, prompt }) {
      const seeds = [7, 8];
      const expected: (readonly (readonly number[])[])[] = [];
      for (const seed of seeds) expected.push(tokensOf(await draw(policy, prompt, { seed })));
      const found = await Promise.all(seeds.map((seed) => draw(policy, prompt, { seed })));
      assert.deepEqual(found.map(tokensOf), expected);
    },
  },
  {
    name: 'what it holds does not grow from step to step',
    needs: ['training', 'cross-entropy', 'held'],
    async run({ policy, prompt, claimed, held, heldSlack, steps }) {
      const groups = await demonstrations(policy, prompt);
      const found: number[] = [];
      for (let seed = 0; seed < steps; seed++) {
        await draw(policy, prompt, { seed });
        await collect(sample(policy, prompt, { seed }).pipe(take(1)));
        await policy.logProbs(groups, 'start');
        await policy.forwardBackward(groups, CROSS_ENTROPY);
        if (claimed.entropies) {
          await policy.logProbs(groups, 'current', { temperature: 2, entropies: true });
        }
        if (claimed.entropies && claimed.losses.includes('linear')) {
          await policy.forwardBackward(groups, LINEAR_WITH_ENTROPIES);
        }
        await policy.optimStep(OPTIMIZER);
        found.push(await held());
      }
      const half = Math.floor(steps / 2);
      const [early, late] = [Math.max(...found.slice(0, half)), Math.max(...found.slice(half))];
      assert.ok(
        late - early <= heldSlack,
        `it held at most ${early} in the first ${half} steps, and ${late} in ${steps - half} more`,
      );
    },
  },
  {
    name: 'disposed of while it samples, it ends the stream with the chunk in progress',
    fresh: true,
    async run({ policy, prompt }) {
      const room = policy.capabilities.maxTokens - prompt.tokenIds.length;
      const sampling = { chunkTokens: 1, maxNewTokens: Math.min(room, 160) };
      const long = { count: 6, sampling };
      let late = 0;
      await new Promise<void>((end, fail) => {
        let disposal: Promise<void> | undefined;
        const ended = (): void => {
          (disposal ?? Promise.resolve()).then(end, fail);
        };
        sample(policy, prompt, long).subscribe({
          next: () => {
            if (disposal) late++;
            disposal ??= policy.dispose();
          },
          complete: ended,
          error: ended,
        });
      });
      // That chunk and the end of each completion may still be emitted.
      assert.ok(late <= 2 * long.count, `${late} events after it was disposed of`);
    },
  },
  {
    name: 'disposed of, also twice, it refuses work by name',
    fresh: true,
    async run({ policy, prompt, path }) {
      const completions = [prompt.tokenIds.slice(0, 1)];
      const group = { prompt, completions, targets: [{ weights: Float32Array.of(1) }] };
      await policy.dispose();
      await policy.dispose();
      await assertRefused(draw(policy, prompt), 'sampling');
      await assertRefused(policy.logProbs([group], 'current'), 'reading');
      await assertRefused(policy.forwardBackward([group], CROSS_ENTROPY), 'training');
      await assertRefused(policy.optimStep(OPTIMIZER), 'a step');
      await assertRefused(policy.save(path('saved'), { optimizer: true }), 'saving');
      await assertRefused(policy.load(path('saved')), 'loading');
    },
  },
];
