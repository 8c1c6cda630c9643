/** The contract of a pair: two engines on one model, between which nothing but speed differs. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Loss,
  OptimStepParameters,
  Policy,
  SamplingParameters,
  TrainingGroup,
} from '../../spec/index.ts';
import { afterLast, declareChecks, runnerInScope } from '../contract.ts';
import type { Check, TestRunner } from '../contract.ts';
import {
  CLIPPED_WITH_KL,
  LINEAR_WITH_ENTROPIES,
  OPTIMIZER,
  SAMPLING,
  assertClose,
  assertRatio,
  collect,
  dropGradients,
  finished,
  tokensOf,
} from './workload.ts';

/** One of the two. */
export interface PolicyOfPair<Own extends Policy = Policy> {
  readonly name: string;
  /** A fresh policy of the model that both run. */
  create(): Promise<Own>;
  /** The accumulated gradients, by the name of the parameter. */
  gradients?(policy: Own): Promise<ReadonlyMap<string, Float32Array>>;
  /** The current weights, in an order that both have. */
  weights?(policy: Own): Promise<Float32Array>;
}

/** Two policies to be compared. */
export interface PolicyPair<One extends Policy = Policy, Other extends Policy = Policy> {
  readonly one: PolicyOfPair<One>;
  readonly other: PolicyOfPair<Other>;
  /** A batch that depends on the seed alone, with advantages and reference log-probabilities. */
  batch(seed: number): readonly TrainingGroup[];
  /** Greatest relative difference of losses, gradients and weights; 1e-5 when absent. */
  readonly tolerance?: number;
  /** Greatest difference of log-probabilities; 1e-4 when absent. */
  readonly logProbTolerance?: number;
}

/** Steps that must lead to the same weights, and steps between two changes of engine. */
const STEPS = 5;

/** One, other, and one again. */
const LEGS = 3;

const LOG_PROB_TOLERANCE = 1e-4;

/** Greatest difference of losses between a run that changed engines and one that stayed. */
const MOVED_TOLERANCE = 1e-4;

const SAMPLINGS: Readonly<Record<string, Partial<SamplingParameters>>> = {
  greedy: { temperature: 0 },
  plain: {},
  nucleus: { temperature: 0.8, topP: 0.9 },
  'ranked and penalized': { topK: 12, topP: 0.95, repetitionPenalty: 1.3 },
};

const LOSS: Loss = { ...CLIPPED_WITH_KL, klWeight: 0.04, klClamp: 10 };
const UPDATE: OptimStepParameters = { ...OPTIMIZER, weightDecay: 0.01, maxGradNorm: 1 };

/**
 * Declares the tests that two engines on one model pass: the same tokens from the same seed, the same losses, gradients and
 * weights, and checkpoints that go from one to the other.
 *
 * @param runner What declares tests; Jest's and Vitest's globals or `node:test` when absent.
 */
export function describeSamePolicies<One extends Policy, Other extends Policy>(
  pair: PolicyPair<One, Other>,
  runner: TestRunner = runnerInScope(),
): void {
  const { one, other, batch, tolerance = 1e-5 } = pair;
  const { logProbTolerance = LOG_PROB_TOLERANCE } = pair;
  const opened = new OpenPair(pair);
  const checks: readonly Check[] = [
    ...Object.entries(SAMPLINGS).map(([how, change]) => ({
      name: `the same seed draws the same tokens: ${how}`,
      async run() {
        const prompts = batch(3).map(({ prompt }) => prompt);
        const sampling = { ...SAMPLING, maxNewTokens: 20, chunkTokens: 8, ...change };
        const request = { prompts, completionsPerPrompt: 3, sampling, seed: 11 };
        const [own, others] = await opened.both(async (policy) =>
          finished(await collect(policy.sample(request))),
        );
        assert.equal(own.length, 3 * prompts.length);
        assert.deepEqual(tokensOf(own), tokensOf(others));
        for (const [index, { logProbs }] of own.entries()) {
          assertClose(logProbs, others[index]!.logProbs, logProbTolerance);
        }
      },
    })),
    {
      name: 'loss, log-probabilities and the norm of the gradient are the same',
      async run() {
        const [own, others] = await opened.both(async (policy) => {
          const { loss, logProbs } = await policy.forwardBackward(batch(1), LOSS);
          return { loss, logProbs: logProbs.flat(), gradNorm: await dropGradients(policy) };
        });
        assertRatio(own.loss, others.loss, tolerance, 'loss');
        assertRatio(own.gradNorm, others.gradNorm, tolerance, 'norm of the gradient');
        for (const [index, found] of own.logProbs.entries()) {
          assertClose(found, others.logProbs[index]!, logProbTolerance);
        }
      },
    },
    {
      name: 'the linear loss, entropies and the norm of its gradient are the same at a temperature',
      async run() {
        const offered = (await opened.open()).every(
          ({ capabilities: { losses, entropies } }) => entropies && losses.includes('linear'),
        );
        if (!offered) return;
        const groups = batch(2).map((group) => ({
          ...group,
          // Negative, as a bonus is: H is near −logp, and a sum of both alike would vanish.
          targets: group.targets.map((own) => ({
            ...own,
            entropyWeights: own.weights.map((weight) => -weight),
          })),
        }));
        const [own, others] = await opened.both(async (policy) => {
          const result = await policy.forwardBackward(groups, LINEAR_WITH_ENTROPIES);
          const figures = [...result.logProbs.flat(), ...result.entropies!.flat()];
          return { loss: result.loss, figures, gradNorm: await dropGradients(policy) };
        });
        assertRatio(own.loss, others.loss, tolerance, 'loss');
        assertRatio(own.gradNorm, others.gradNorm, tolerance, 'norm of the gradient');
        for (const [index, found] of own.figures.entries()) {
          assertClose(found, others.figures[index]!, logProbTolerance);
        }
      },
    },
    {
      name: 'the gradient of every parameter is the same',
      leftOut: one.gradients && other.gradients ? undefined : 'one of them does not show gradients',
      async run() {
        const [policy, beside] = await opened.open();
        await opened.both((each) => each.forwardBackward(batch(1), LOSS));
        const found = await one.gradients!(policy);
        const expected = await other.gradients!(beside);
        await opened.both(dropGradients);
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
        const far = [...found].flatMap(([name, gradient]) => {
          const off = distance(gradient, expected.get(name)!);
          return off <= tolerance ? [] : [`${name} by ${off}`];
        });
        assert.equal(far.join(', '), '', 'gradients that differ');
      },
    },
    {
      name: `${STEPS} optimizer steps lead to the same losses, log-probabilities and weights`,
      async run() {
        for (let seed = 0; seed < STEPS; seed++) {
          const [own, others] = await opened.both((policy) => step(policy, batch(seed)));
          assertRatio(own.loss, others.loss, tolerance, `loss of step ${seed + 1}`);
          assertRatio(own.gradNorm, others.gradNorm, tolerance, `norm of step ${seed + 1}`);
        }
        const [own, others] = await opened.both(async (policy) =>
          (await policy.logProbs(batch(STEPS), 'current')).logProbs.flat(),
        );
        for (const [index, found] of own.entries()) {
          assertClose(found, others[index]!, logProbTolerance);
        }
        if (!one.weights || !other.weights) return;
        const [policy, beside] = await opened.open();
        const off = distance(await one.weights(policy), await other.weights(beside));
        assert.ok(off <= tolerance, `the weights differ by ${off}`);
      },
    },
    {
      name: `a checkpoint moves to ${other.name} and back, each after ${STEPS} steps, and training goes on`,
      run: () => assertMoves(pair),
    },
  ];
  runner.describe(`${one.name} beside ${other.name}`, () => {
    declareChecks(checks, runner);
    afterLast(runner, () => opened.dispose());
  });
}

/** Both policies, opened when they are first wanted. */
class OpenPair<One extends Policy, Other extends Policy> {
  readonly #pair: PolicyPair<One, Other>;
  #policies: Promise<readonly [One, Other]> | undefined;

  constructor(pair: PolicyPair<One, Other>) {
    this.#pair = pair;
  }

  open(): Promise<readonly [One, Other]> {
    const { one, other } = this.#pair;
    this.#policies ??= (async () => [await one.create(), await other.create()] as const)();
    return this.#policies;
  }

  /** Does the same with the one and then with the other. */
  async both<Result>(
    work: (policy: Policy) => Promise<Result>,
  ): Promise<readonly [Result, Result]> {
    const [one, other] = await this.open();
    return [await work(one), await work(other)];
  }

  async dispose(): Promise<void> {
    for (const policy of (await this.#policies) ?? []) await policy.dispose();
    this.#policies = undefined;
  }
}

/** Loss and norm of one step on a batch. */
async function step(
  policy: Policy,
  batch: readonly TrainingGroup[],
): Promise<{ readonly loss: number; readonly gradNorm: number }> {
  const { loss } = await policy.forwardBackward(batch, LOSS);
  const { gradNorm } = await policy.optimStep(UPDATE);
  return { loss, gradNorm };
}

/** Trains by turns on one, other, and one again; losses and log-probabilities must be those of a run that stayed. */
async function assertMoves({
  one,
  other,
  batch,
  logProbTolerance = LOG_PROB_TOLERANCE,
}: PolicyPair): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'loci-policies-'));
  const run = async (legs: readonly PolicyOfPair[]) => {
    const losses: number[] = [];
    let logProbs: readonly Float32Array[] = [];
    for (const [leg, { create }] of legs.entries()) {
      const policy = await create();
      try {
        if (leg > 0) await policy.load(join(folder, `leg-${leg - 1}`));
        const until = ((leg + 1) * STEPS * LEGS) / legs.length;
        while (losses.length < until) losses.push((await step(policy, batch(losses.length))).loss);
        await policy.save(join(folder, `leg-${leg}`), { optimizer: true });
        logProbs = (await policy.logProbs(batch(0), 'current')).logProbs.flat();
      } finally {
        await policy.dispose();
      }
    }
    return { losses, logProbs };
  };
  try {
    const stayed = await run([one]);
    const moved = await run([one, other, one]);
    assertClose(moved.losses, stayed.losses, MOVED_TOLERANCE, 'loss of step');
    for (const [index, found] of moved.logProbs.entries()) {
      assertClose(found, stayed.logProbs[index]!, logProbTolerance);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** ‖found − expected‖ / ‖expected‖, and 0 for two zeros. */
function distance(found: Float32Array, expected: Float32Array): number {
  const difference = norm(found.map((value, index) => value - expected[index]!));
  return difference === 0 ? 0 : difference / norm(expected);
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}
