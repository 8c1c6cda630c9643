/** How a policy is made wrong in one way. */
import type { Policy, TrainingGroup } from '../../src/spec/index.ts';
import { FakePolicy } from '../../src/testing/index.ts';

/** Of the right policy. */
export const SETTINGS = { seed: 2, contexts: 8 };

/** A policy whose methods are replaced by others, which get the right one to work with. */
export function wrong(change: (right: FakePolicy) => Partial<Policy>): () => Policy {
  return () => {
    const right = new FakePolicy(SETTINGS);
    const changes = change(right);
    return new Proxy<Policy>(right, {
      get(_, name) {
        const value = Reflect.get(name in changes ? changes : right, name) as unknown;
        return typeof value === 'function' ? (value.bind(right) as unknown) : value;
      },
    });
  };
}

/** The group with other weights of its tokens. */
export function withWeights(
  group: TrainingGroup,
  change: (weight: number) => number,
): TrainingGroup {
  const targets = group.targets.map((own) => ({ ...own, weights: own.weights.map(change) }));
  return { ...group, targets };
}
