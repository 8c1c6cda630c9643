/** Rewarded groups for the tests of advantage estimators: values by reward, NaN where it abstained. */
import { combineOutcomes } from '../../../../src/rollout/combine.ts';
import type { AdvantageEstimator, AnyPlugin, RewardedGroup } from '../../../../src/spec/index.ts';

/** A group of one reward of weight 1. */
export function groupOf(...values: readonly number[]): RewardedGroup {
  return groupOfRewards([values]);
}

/** A group of several rewards, one row each, of the weights given or of weight 1. */
export function groupOfRewards(
  rows: readonly (readonly number[])[],
  weights: readonly number[] = rows.map(() => 1),
): RewardedGroup {
  const places = rows.map((_, index) => ({ name: `reward-${index}`, weight: weights[index]! }));
  const outcomes = new Map(
    rows.map((values, index) => [
      `reward-${index}`,
      values.map((value) =>
        Number.isNaN(value)
          ? ({ status: 'abstained', reason: 'no rule' } as const)
          : ({ status: 'scored', value } as const),
      ),
    ]),
  );
  return combineOutcomes(places, outcomes, rows[0]!.length, 1);
}

/** The estimator of a plugin with the options given. */
export async function estimatorOf(plugin: AnyPlugin, options = {}): Promise<AdvantageEstimator> {
  const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };
  const parsed = plugin.options.parse(options) as never;
  return (await plugin.create(parsed, context)) as AdvantageEstimator;
}

/** Advantages as plain numbers, one row a group. */
export async function advantagesOf(
  plugin: AnyPlugin,
  groups: readonly RewardedGroup[],
  options = {},
): Promise<readonly (readonly number[])[]> {
  const estimator = await estimatorOf(plugin, options);
  return estimator.estimate(groups).map(({ advantages }) => [...advantages]);
}
