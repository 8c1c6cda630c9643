/** The contract of a policy: what it is tried on, and the suite that declares one test a check. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message, Policy } from '../../spec/index.ts';
import { afterLast, describeChecks, runnerInScope } from '../contract.ts';
import type { Check, TestRunner } from '../contract.ts';
import { CHECKPOINT_CHECKS } from './checkpoint-checks.ts';
import { FIGURE_CHECKS, WITHOUT_ENTROPIES_CHECKS, WITHOUT_LINEAR_CHECKS } from './figure-checks.ts';
import { GRADIENT_CHECKS } from './gradient-checks.ts';
import { LIFETIME_CHECKS } from './lifetime-checks.ts';
import { LOSS_CHECKS, UNTRAINABLE_CHECKS } from './loss-checks.ts';
import { OBJECTIVE_CHECKS } from './objective-checks.ts';
import { OPTIMIZER_CHECKS } from './optimizer-checks.ts';
import type { ClaimedCapabilities, PolicyCheck, PolicyNeed } from './policy-check.ts';
import { REFUSAL_CHECKS } from './refusal-checks.ts';
import { SAMPLING_CHECKS } from './sampling-checks.ts';

/** A policy to be checked. */
export interface PolicyContract<Checked extends Policy = Policy> {
  readonly name: string;
  /** A fresh policy, every time with the same weights. */
  create(): Promise<Checked>;
  /** A prompt that fits the model. */
  readonly messages: readonly Message[];
  /**
   * The capabilities that it claims; by default trainable, streaming, every loss, entropies. Checks of other capabilities are skipped,
   * with the reason in their names.
   */
  readonly can?: Partial<ClaimedCapabilities>;
  /** Greatest difference between log-probabilities of sampler and trainer; 1e-4 when absent. */
  readonly logProbTolerance?: number;
  /** How much its engine holds on to, in whatever unit: when given, it must not grow from step to step. */
  held?(policy: Checked): Promise<number>;
  /** By how much `held` may grow between the first half of the steps and the second; 0 when absent. */
  readonly heldSlack?: number;
  /** Steps over which `held` is watched; 10 when absent. */
  readonly steps?: number;
}

const THEMES: Readonly<Record<string, readonly PolicyCheck[]>> = {
  sampling: SAMPLING_CHECKS,
  'bad input': REFUSAL_CHECKS,
  losses: LOSS_CHECKS,
  figures: FIGURE_CHECKS,
  gradients: GRADIENT_CHECKS,
  objectives: OBJECTIVE_CHECKS,
  optimizer: OPTIMIZER_CHECKS,
  checkpoints: CHECKPOINT_CHECKS,
  lifetime: LIFETIME_CHECKS,
};

const LEFT_OUT: Readonly<Record<PolicyNeed, string>> = {
  training: 'it cannot be trained',
  streaming: 'it does not stream',
  'policy-gradient': 'it has no policy gradient',
  'cross-entropy': 'it has no cross-entropy',
  linear: 'it has no linear loss',
  entropies: 'it computes no entropies',
  held: 'the contract has no `held` to measure its memory',
};

/**
 * Declares the tests that every policy passes.
 *
 * @param runner What declares tests; Jest's and Vitest's globals or `node:test` when absent.
 * @example
 * describePolicyContract({
 *   name: 'bigram',
 *   create: async () => new BigramPolicy(),
 *   messages: [{ role: 'user', parts: [{ type: 'text', text: 'How many chairs are there?' }] }],
 * });
 */
export function describePolicyContract<Checked extends Policy>(
  contract: PolicyContract<Checked>,
  runner: TestRunner = runnerInScope(),
): void {
  const claimed: ClaimedCapabilities = {
    trainable: true,
    streaming: true,
    losses: ['policy-gradient', 'cross-entropy', 'linear'],
    entropies: true,
    ...contract.can,
  };
  const able: Readonly<Record<PolicyNeed, boolean>> = {
    training: claimed.trainable,
    streaming: claimed.streaming,
    'policy-gradient': claimed.losses.includes('policy-gradient'),
    'cross-entropy': claimed.losses.includes('cross-entropy'),
    linear: claimed.losses.includes('linear'),
    entropies: claimed.entropies,
    held: contract.held !== undefined,
  };
  let shared: Promise<Checked> | undefined;
  const disposeShared = async (): Promise<void> => {
    const last = shared;
    shared = undefined;
    await (await last)?.dispose();
  };
  const declared = ({ name, needs = [], fresh, run }: PolicyCheck): Check => {
    const lacking = needs.find((need) => !able[need]);
    return {
      name,
      leftOut: lacking && LEFT_OUT[lacking],
      async run() {
        const policy = fresh ? contract.create() : (shared ??= contract.create());
        try {
          await tryOut(contract, claimed, await policy, run);
        } catch (thrown) {
          if (!fresh) await disposeShared(); // whatever state it is in
          throw thrown;
        } finally {
          if (fresh) await (await policy).dispose();
        }
      },
    };
  };
  runner.describe(`policy contract: ${contract.name}`, () => {
    for (const [theme, checks] of Object.entries(THEMES)) {
      describeChecks(theme, checks.map(declared), runner);
    }
    const refused = [
      ...(claimed.trainable ? [] : UNTRAINABLE_CHECKS),
      ...(able.linear || !claimed.trainable ? [] : WITHOUT_LINEAR_CHECKS),
      ...(claimed.entropies || !claimed.trainable ? [] : WITHOUT_ENTROPIES_CHECKS),
    ];
    if (refused.length > 0) describeChecks('training', refused.map(declared), runner);
    afterLast(runner, disposeShared);
  });
}

async function tryOut<Checked extends Policy>(
  contract: PolicyContract<Checked>,
  claimed: ClaimedCapabilities,
  policy: Checked,
  run: PolicyCheck['run'],
): Promise<void> {
  const opened: Policy[] = [];
  let folder: string | undefined;
  try {
    await run({
      policy,
      prompt: await policy.processor.encode(contract.messages),
      claimed,
      logProbTolerance: contract.logProbTolerance ?? 1e-4,
      async another() {
        const other = await contract.create();
        opened.push(other);
        return other;
      },
      path(name) {
        folder ??= mkdtempSync(join(tmpdir(), 'loci-policy-'));
        return join(folder, name);
      },
      held: async () => (await contract.held?.(policy)) ?? Number.NaN,
      heldSlack: contract.heldSlack ?? 0,
      steps: contract.steps ?? 10,
    });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    for (const one of opened) await one.dispose();
  }
}
