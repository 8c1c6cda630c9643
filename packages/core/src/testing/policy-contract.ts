import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, take, toArray } from 'rxjs';
import type {
  EncodedPrompt,
  Message,
  OptimStepParameters,
  Policy,
  SampleEvent,
  SamplingParameters,
  TrainingGroup,
} from '../spec/index.ts';
import { describeChecks } from './contract.ts';

/** A policy to be checked. */
export interface PolicyContract<Checked extends Policy = Policy> {
  readonly name: string;
  /** A fresh policy; called once a check. */
  create(): Promise<Checked>;
  /** How much its engine holds on to, in whatever unit: when given, it must be the same after every step. */
  held?(policy: Checked): Promise<number>;
  /** A prompt that fits the model. */
  readonly messages: readonly Message[];
  /** Greatest difference between log-probabilities of sampler and trainer; 1e-4 when absent. */
  readonly logProbTolerance?: number;
}

const SAMPLING: SamplingParameters = {
  temperature: 1,
  topP: 1,
  topK: 0,
  repetitionPenalty: 1,
  maxNewTokens: 12,
  chunkTokens: 4,
};

const GREEDY: SamplingParameters = { ...SAMPLING, temperature: 0 };

/** Steps over which memory is watched. */
const STEPS_WATCHED = 24;

const OPTIMIZER: OptimStepParameters = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 0,
};

/** Declares the tests that every trainable policy passes; each makes a policy of its own and disposes of it. */
export function describePolicyContract<Checked extends Policy>(
  contract: PolicyContract<Checked>,
): void {
  const tolerance = contract.logProbTolerance ?? 1e-4;
  const check = (
    name: string,
    body: (policy: Checked, prompt: EncodedPrompt) => Promise<void>,
  ) => ({
    name,
    async run() {
      const policy = await contract.create();
      try {
        await body(policy, await policy.processor.encode(contract.messages));
      } finally {
        await policy.dispose();
      }
    },
  });

  describeChecks(`policy contract: ${contract.name}`, [
    check(
      'samples every completion once; chunks add up to it; the end token is its last',
      async (policy, prompt) => {
        const events = await draw(policy, prompt, 3);
        for (const completion of [0, 1, 2]) {
          const own = events.filter((event) => event.completion === completion);
          const finished = own.filter(({ type }) => type === 'completion');
          assert.equal(finished.length, 1);
          const [{ tokenIds, logProbs, ...last }] = finished as [SampleEvent];
          assert.equal(tokenIds.length, logProbs.length);
          assert.ok(tokenIds.length > 0 && tokenIds.length <= SAMPLING.maxNewTokens);
          const chunks = own
            .filter(({ type }) => type === 'chunk')
            .flatMap((event) => [...event.tokenIds]);
          assert.deepEqual(chunks, [...tokenIds.slice(0, chunks.length)]);
          const stops = [...tokenIds].map((token) => policy.processor.stopTokenIds.includes(token));
          assert.equal(stops.slice(0, -1).includes(true), false, 'tokens after an end token');
          assert.equal('finishReason' in last && last.finishReason === 'stop', stops.at(-1));
        }
      },
    ),
    check('the same seed gives the same tokens, another seed others', async (policy, prompt) => {
      const [first, second, other] = [
        await draw(policy, prompt, 4),
        await draw(policy, prompt, 4),
        await draw(policy, prompt, 4, 8),
      ];
      assert.deepEqual(tokensOf(second), tokensOf(first));
      assert.notDeepEqual(tokensOf(other), tokensOf(first));
    }),
    check('greedy tokens are those of every seed', async (policy, prompt) => {
      const first = await draw(policy, prompt, 2, 7, GREEDY);
      const other = await draw(policy, prompt, 2, 8, GREEDY);
      const [one, two] = tokensOf(first);
      assert.deepEqual(two, one);
      assert.deepEqual(tokensOf(other), [one, one]);
    }),
    check(
      'unsubscribing stops the work, and the policy can be used again',
      async (policy, prompt) => {
        await lastValueFrom(sample(policy, prompt, 4, 7).pipe(take(1)));
        assert.equal(tokensOf(await draw(policy, prompt, 2)).length, 2);
      },
    ),
    check('trainer and sampler agree on log-probabilities', async (policy, prompt) => {
      const events = await draw(policy, prompt, 3);
      const completions = tokensOf(events).map((tokens) => Int32Array.from(tokens));
      const [found = []] = await policy.logProbs([{ prompt, completions }], 'current');
      const sampled = events.filter(({ type }) => type === 'completion').sort(byCompletion);
      for (const [index, { logProbs }] of sampled.entries())
        assertClose(found[index]!, logProbs, tolerance);
    }),
    check('gradients of parts add up to those of the whole', async (policy, prompt) => {
      const groups = await demonstrations(policy, prompt);
      const loss = { kind: 'cross-entropy' } as const;
      const whole = await policy.forwardBackward(groups, loss);
      const { gradNorm } = await policy.optimStep({ ...OPTIMIZER, learningRate: 0 });
      let total = 0;
      for (const group of groups) total += (await policy.forwardBackward([group], loss)).loss;
      const parts = await policy.optimStep({ ...OPTIMIZER, learningRate: 0 });
      assert.ok(Math.abs(total - whole.loss) < 1e-3 * Math.max(1, Math.abs(whole.loss)));
      assert.ok(Math.abs(parts.gradNorm - gradNorm) < 1e-3 * Math.max(1, gradNorm));
      assert.ok(gradNorm > 0 && parts.applied);
    }),
    check(
      'a step lowers the loss, moves the current weights, and leaves the start weights',
      async (policy, prompt) => {
        const groups = await demonstrations(policy, prompt);
        const before = await policy.logProbs(groups, 'start');
        const first = await policy.forwardBackward(groups, { kind: 'cross-entropy' });
        assert.deepEqual(first.logProbs.length, groups.length);
        await policy.optimStep(OPTIMIZER);
        const second = await policy.forwardBackward(groups, { kind: 'cross-entropy' });
        assert.ok(second.loss < first.loss, `${second.loss} is not below ${first.loss}`);
        assert.deepEqual(await policy.logProbs(groups, 'start'), before);
      },
    ),
    check('the policy gradient follows the sign of the advantage', async (policy, prompt) => {
      for (const sign of [1, -1]) {
        const groups = await demonstrations(policy, prompt, sign);
        const loss = { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 0 } as const;
        const first = await policy.forwardBackward(groups, loss);
        await policy.optimStep(OPTIMIZER);
        const after = await policy.logProbs(groups, 'current');
        const rise = sum(after) - sum(first.logProbs);
        assert.ok(rise * sign > 0, `log-probabilities moved by ${rise} for advantages of ${sign}`);
      }
    }),
    check(
      'what was saved loads, and training goes on as if nothing had happened',
      async (policy, prompt) => {
        const folder = mkdtempSync(join(tmpdir(), 'loci-policy-'));
        const other = await contract.create();
        try {
          const groups = await demonstrations(policy, prompt);
          const loss = { kind: 'cross-entropy' } as const;
          const step = async (which: Policy): Promise<number> => {
            const result = await which.forwardBackward(groups, loss);
            await which.optimStep(OPTIMIZER);
            return result.loss;
          };
          await step(policy);
          await policy.save(join(folder, 'checkpoint'), { optimizer: true });
          await other.load(join(folder, 'checkpoint'));
          const expected = [await step(policy), await step(policy)];
          assert.deepEqual([await step(other), await step(other)], expected);
        } finally {
          await other.dispose();
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    check('once disposed of it refuses work', async (policy, prompt) => {
      await policy.dispose();
      await assert.rejects(draw(policy, prompt, 1));
      await assert.rejects(
        policy.logProbs([{ prompt, completions: [prompt.tokenIds.slice(0, 1)] }], 'current'),
      );
      await assert.rejects(policy.optimStep(OPTIMIZER));
    }),
    ...(contract.held === undefined
      ? []
      : [
          check('what the engine holds does not grow from step to step', async (policy, prompt) => {
            const groups = await demonstrations(policy, prompt);
            const held: number[] = [];
            for (let step = 0; step < STEPS_WATCHED; step++) {
              await draw(policy, prompt, 2, step);
              await lastValueFrom(sample(policy, prompt, 2, step).pipe(take(1)));
              await policy.logProbs(groups, 'start');
              await policy.forwardBackward(groups, { kind: 'cross-entropy' });
              await policy.optimStep(OPTIMIZER);
              held.push((await contract.held?.(policy)) ?? NaN);
            }
            assert.deepEqual(held, Array(STEPS_WATCHED).fill(held[0]));
          }),
        ]),
  ]);
}

function sample(
  policy: Policy,
  prompt: EncodedPrompt,
  completionsPerPrompt: number,
  seed: number,
  sampling = SAMPLING,
) {
  return policy.sample({ prompts: [prompt], completionsPerPrompt, sampling, seed });
}

function draw(
  policy: Policy,
  prompt: EncodedPrompt,
  count: number,
  seed = 7,
  sampling = SAMPLING,
): Promise<SampleEvent[]> {
  return lastValueFrom(sample(policy, prompt, count, seed, sampling).pipe(toArray()));
}

/** Tokens of the finished completions, in order. */
function tokensOf(events: readonly SampleEvent[]): readonly (readonly number[])[] {
  return events
    .filter(({ type }) => type === 'completion')
    .sort(byCompletion)
    .map(({ tokenIds }) => [...tokenIds]);
}

function byCompletion(a: SampleEvent, b: SampleEvent): number {
  return a.completion - b.completion;
}

/** Two groups of two sampled completions each, every token with the same advantage. */
async function demonstrations(
  policy: Policy,
  prompt: EncodedPrompt,
  advantage = 1,
): Promise<readonly TrainingGroup[]> {
  const completions = tokensOf(await draw(policy, prompt, 4)).map((tokens) =>
    Int32Array.from(tokens),
  );
  const total = completions.reduce((count, { length }) => count + length, 0);
  return [completions.slice(0, 2), completions.slice(2)].map((own) => ({
    prompt,
    completions: own,
    targets: own.map(({ length }) => ({
      weights: new Float32Array(length).fill(1 / total),
      advantages: new Float32Array(length).fill(advantage),
    })),
  }));
}

function assertClose(found: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(found.length, expected.length);
  for (const [index, value] of found.entries()) {
    assert.ok(
      Math.abs(value - expected[index]!) <= tolerance,
      `token ${index}: ${value} against ${expected[index]}`,
    );
  }
}

function sum(logProbs: readonly (readonly Float32Array[])[]): number {
  return logProbs.flat().reduce((total, values) => total + values.reduce((a, b) => a + b, 0), 0);
}
