import assert from 'node:assert/strict';
import { createFromPlugin, parseOptions } from '../plugin/create-plugin.ts';
import type {
  ErasedPlugin,
  Reward,
  RewardInput,
  RewardOutcome,
  Sample,
  ScoredText,
} from '../spec/index.ts';
import { callReward } from '../rollout/call-reward.ts';
import { describeChecks } from './contract.ts';
import { fakeLogger } from './fake-plugins.ts';

/** What a reward is tried on. */
export interface RewardContract {
  readonly plugin: ErasedPlugin<'reward'>;
  /** As in a config; the defaults when absent. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly sample: Sample;
  /** A completion that earns the full value. */
  readonly gold: string;
  /** Completions that earn the least. */
  readonly garbage?: readonly string[];
  /** Outcomes of the rewards that come before, for every completion alike. */
  readonly earlier?: Readonly<Record<string, RewardOutcome>>;
}

/** Garbage that no reward may crash on. */
const GARBAGE = [
  '',
  ' ',
  '<answer>',
  '</answer><answer>',
  '{"map": [[',
  '\u0000\ud800',
  'x'.repeat(2000),
];

/**
 * Declares the tests that every reward passes: gold earns the full value, garbage the least, values stay finite and within
 * the range, one outcome a completion, the same outcomes for the same input, nothing of the input changed.
 *
 * @example describeRewardContract({ plugin: brevity, sample: fakeSample(), gold: 'A', garbage: ['x'.repeat(500)] });
 */
export function describeRewardContract(contract: RewardContract): void {
  const { plugin, gold, garbage = ['', 'no tags at all'] } = contract;
  describeChecks(`reward contract: ${plugin.name}`, [
    {
      name: 'its name is in kebab-case and it says what it is',
      run() {
        assert.match(plugin.name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        assert.ok(plugin.description.length > 10);
      },
    },
    {
      name: 'an unknown option is an error',
      run: () => assert.throws(() => parseOptions(plugin, { noSuchOption: 1 })),
    },
    {
      name: 'gold earns the full value',
      async run() {
        const reward = await create(contract);
        const [outcome] = await score(contract, reward, [gold]);
        assert.equal(outcome?.status, 'scored');
        assert.equal(outcome.status === 'scored' ? outcome.value : undefined, reward.range[1]);
      },
    },
    {
      name: 'garbage earns the least, or an abstention',
      async run() {
        const reward = await create(contract);
        for (const outcome of await score(contract, reward, garbage)) {
          if (outcome.status === 'abstained') continue;
          assert.equal(
            outcome.status === 'scored' ? outcome.value : outcome.reason,
            reward.range[0],
          );
        }
      },
    },
    {
      name: 'values are finite and within the range, one outcome a completion',
      async run() {
        const outcomes = await score(contract, await create(contract), [gold, ...GARBAGE]);
        for (const outcome of outcomes) assert.notEqual(outcome.status, 'failed');
      },
    },
    {
      name: 'an empty group has no outcomes',
      async run() {
        assert.equal((await score(contract, await create(contract), [])).length, 0);
      },
    },
    {
      name: 'the same input gives the same outcomes',
      async run() {
        const reward = await create(contract);
        const first = await score(contract, reward, [gold, ...GARBAGE]);
        assert.deepEqual(await score(contract, reward, [gold, ...GARBAGE]), first);
      },
    },
  ]);
}

function create({ plugin, options = {} }: RewardContract): Promise<Reward> {
  const context = { seed: 1, baseDirectory: process.cwd(), logger: fakeLogger() };
  return createFromPlugin(plugin, parseOptions(plugin, options), context);
}

function score(
  { sample, earlier = {} }: RewardContract,
  reward: Reward,
  texts: readonly string[],
): Promise<readonly RewardOutcome[]> {
  const completions = texts.map((text): ScoredText =>
    Object.freeze({ text, tokenCount: text.length + 1, finishReason: 'stop' }),
  );
  const outcomes = new Map(
    Object.entries(earlier).map(([name, outcome]) => [name, texts.map(() => outcome)]),
  );
  const input: Omit<RewardInput, 'signal'> = {
    sample: Object.freeze(sample),
    completions,
    outcomes,
  };
  return callReward(reward, input, 10_000);
}
