import { LociError } from '../errors/loci-error.ts';
import { formatPath } from './config-origin.ts';
import type { ConfigOrigin } from './config-origin.ts';
import { suggest } from './near-names.ts';
import type { RewardConfig } from './run-config.ts';

/**
 * The errors of a run's gates: a gate must name another reward of the run. There is one error (`unknown-gate`) for each invalid gate, with
 * its place in the config and similar names.
 *
 * @param names Of the rewards, in order.
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
