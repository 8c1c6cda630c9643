import type { RunConfig } from '../config/run-config.ts';
import { LociError } from '../errors/loci-error.ts';
import type { Objective, Policy, Sampler } from '../spec/index.ts';
import { fusedFor } from '../train/loop/weigh.ts';

/**
 * Checks, before the first step, that the policy can be trained with the objective: by a loss of its engine, or by derivatives that the host
 * computes.
 *
 * @throws LociError `policy-cannot` or `config-invalid`.
 */
export function checkObjective(
  objective: Objective,
  policy: Pick<Policy, 'capabilities'>,
  config: Pick<RunConfig, 'objective' | 'logProbTemperature'>,
  { parameters: { temperature } }: Sampler,
): void {
  const { capabilities } = policy;
  const { needs = {} } = objective;
  const { use } = config.objective;
  const cannot = (what: string): LociError =>
    new LociError(
      'policy-cannot',
      `The policy (${capabilities.description}) cannot be trained with the objective "${use}": ${what}`,
    );
  if (!capabilities.trainable) throw cannot('it cannot be trained at all');
  if (!fusedFor(policy, objective)) {
    if (needs.entropies === true && !capabilities.entropies) {
      throw cannot('it computes no entropies; set objective.entropyWeight to 0');
    }
    const offers = objective.fused
      ? `neither the loss "${objective.fused.loss.kind}" nor "linear"`
      : 'no loss "linear"';
    if (!capabilities.losses.includes('linear')) throw cannot(`it offers ${offers}`);
  }
  const drawnElsewhere = config.logProbTemperature === 'one' && ![0, 1].includes(temperature);
  if (needs.sampler === true && drawnElsewhere) {
    throw new LociError(
      'config-invalid',
      `logProbTemperature: "one" takes log-probabilities at temperature 1, but the objective "${use}" compares them with the ` +
        `sampler's, which are at ${temperature}; set logProbTemperature to "sampling" or sampler.temperature to 1`,
    );
  }
}
