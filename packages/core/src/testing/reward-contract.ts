import assert from 'node:assert/strict';
import { createFromPlugin, parseOptions } from '../plugin/create-plugin.ts';
import type { ErasedPlugin, Reward, RewardOutcome, Sample, ScoredText } from '../spec/index.ts';
import { REWARD_CHECKS, spoken } from '../reward-contract/reward-checks.ts';
import { REWARD_RULES } from '../reward-contract/rules.ts';
import type { Breach } from '../reward-contract/rules.ts';
import { RewardTrial } from '../reward-contract/trial.ts';
import { lookTexts, trialGroup } from '../reward-contract/trial-group.ts';
import { describeChecks } from './contract.ts';
import { fakeLogger } from './fake-plugins.ts';

/** The outcome of an earlier reward: one for every completion, or a function of the completion. */
export type EarlierOutcome = RewardOutcome | ((completion: ScoredText) => RewardOutcome);

/** A reward to check, and what it is tried on. */
export interface RewardContract {
  readonly plugin: ErasedPlugin<'reward'>;
  /** As in a config; the defaults when absent. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly sample: Sample;
  /** A completion that earns the full value; the reward's own example, or one made of the sample, when absent. */
  readonly gold?: string;
  /** Completions that earn nothing; the reward's own examples, or texts without sense, when absent. */
  readonly garbage?: readonly string[];
  /** Outcomes of the rewards that come before, by name. */
  readonly earlier?: Readonly<Record<string, EarlierOutcome>>;
  /** Time-out of one call. */
  readonly timeoutMs?: number;
}

/**
 * Declares the tests that every reward passes, one a rule of `REWARD_RULES`: the true answer earns the most, garbage nothing,
 * values stay finite and within the range, whatever the order of the group, always the same. The command `validate` runs the
 * same checks on the samples of a dataset.
 *
 * @example describeRewardContract({ plugin: brevity, sample: fakeSample(), gold: 'A', garbage: ['x'.repeat(500)] });
 */
export function describeRewardContract(contract: RewardContract): void {
  const { plugin } = contract;
  let trial: Promise<RewardTrial> | undefined;
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
      name: 'it scores the true answer',
      async run() {
        trial ??= createTrial(contract);
        const { outcomes, broken } = await (await trial).base();
        assert.ok(broken === undefined, broken && breachText(broken));
        assert.equal(outcomes[0]?.status, 'scored', outcomes[0] && spoken(outcomes[0]));
      },
    },
    ...REWARD_CHECKS.map((check) => ({
      name: REWARD_RULES[check.rule],
      async run() {
        trial ??= createTrial(contract);
        const breaches = await check.run(await trial);
        assert.deepEqual(breaches.map(breachText), []);
      },
    })),
  ]);
}

function breachText({ said, completion }: Breach): string {
  return completion === undefined
    ? said
    : `${said}: ${JSON.stringify(completion.text.slice(0, 200))}`;
}

async function createTrial(contract: RewardContract): Promise<RewardTrial> {
  const { sample, gold, garbage, earlier = {}, timeoutMs = 10_000 } = contract;
  const reward = await create(contract);
  const before = (completions: readonly ScoredText[]): ReadonlyMap<string, RewardOutcome[]> =>
    new Map(
      Object.entries(earlier).map(([name, outcome]) => [
        name,
        completions.map((completion) =>
          typeof outcome === 'function' ? outcome(completion) : outcome,
        ),
      ]),
    );
  const given = { ...(gold !== undefined && { gold }), ...(garbage && { garbage }) };
  const group = await trialGroup(reward, sample, given);
  const looks = await lookTexts(reward, sample);
  return new RewardTrial({
    reward,
    fresh: () => create(contract),
    timeoutMs,
    sample,
    group,
    earlier: before,
    looks: new Map(
      Array.from(looks, ([name, completions]) => [
        name,
        { completions, outcomes: before(completions) },
      ]),
    ),
  });
}

function create({ plugin, options = {} }: RewardContract): Promise<Reward> {
  const context = { seed: 1, baseDirectory: process.cwd(), logger: fakeLogger() };
  return createFromPlugin(plugin, parseOptions(plugin, options), context);
}
