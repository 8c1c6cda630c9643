/** The form of a check of the policy contract, and what it works with. */
import type { EncodedPrompt, Loss, Policy, PolicyCapabilities } from '../../spec/index.ts';

/** The capabilities of a policy that the contract checks. */
export type ClaimedCapabilities = Pick<
  PolicyCapabilities,
  'trainable' | 'streaming' | 'losses' | 'entropies'
>;

/** What a check may need of a policy, or of the contract. */
export type PolicyNeed = 'training' | 'streaming' | 'entropies' | 'held' | Loss['kind'];

/** A policy under trial, and what a check works with. */
export interface PolicyTrial {
  readonly policy: Policy;
  readonly prompt: EncodedPrompt;
  readonly claimed: ClaimedCapabilities;
  readonly logProbTolerance: number;
  /** Another policy of the same kind; disposed of after the check. */
  another(): Promise<Policy>;
  /** A path at which there is nothing yet, in a folder that goes away after the check. */
  path(name: string): string;
  held(): Promise<number>;
  readonly heldSlack: number;
  readonly steps: number;
}

/** One thing that every policy does. */
export interface PolicyCheck {
  readonly name: string;
  readonly needs?: readonly PolicyNeed[];
  /** It needs a policy that has done nothing yet, or leaves none that could go on. The others share one, in any state. */
  readonly fresh?: true;
  run(trial: PolicyTrial): Promise<void>;
}
