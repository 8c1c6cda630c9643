/** Reads what a loss asks of an engine. */
import type { Loss } from '../spec/index.ts';

/** A loss that weighs the entropy at each token. */
export type LossWithEntropies = Extract<Loss, { readonly entropies?: boolean }> & {
  readonly entropies: true;
};

/** Whether a loss weighs entropies, so that the engine computes, returns and differentiates them. */
export function weighsEntropies(loss: Loss): loss is LossWithEntropies {
  return 'entropies' in loss && loss.entropies === true;
}
