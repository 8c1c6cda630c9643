import { LociError } from '../errors/loci-error.ts';
import { formatPath } from './config-origin.ts';
import type { ConfigOrigin } from './config-origin.ts';
import { suggest } from './near-names.ts';
import type { RewardConfig } from './run-config.ts';

/**
 * What is wrong with the gates of a run's rewards: a gate must name another reward of the run. One error
 * (`unknown-gate`) a wrong gate, with its place in the config and the names that may have been meant.
 *
 * @param names What the rewards are called, in their order.
 */
export function gateComplaints(
  rewards: readonly RewardConfig[],
  names: readonly string[],
  origin: ConfigOrigin,
): readonly LociError[] {
  return rewards.flatMap(({ gate }, index) => {
    const others = names.filter((_, other) => other !== index);
    if (gate === undefined || others.includes(gate.reward)) return [];
    const path = ['rewards', index, 'gate', 'reward'];
    const problem =
      gate.reward === names[index]
        ? `the reward "${gate.reward}" cannot be its own gate; name another reward of the run`
        : `the run has no reward "${gate.reward}" to be a gate`;
    const hint = others.length === 0 ? 'it has no other' : suggest(gate.reward, others);
    const message = `${origin.describe(path)}: ${formatPath(path)}: ${problem}; ${hint}`;
    return [new LociError('unknown-gate', message)];
  });
}
