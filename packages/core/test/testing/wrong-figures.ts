/** Policies that are wrong about temperatures, entropies or the linear loss, with the check of the contract that must say so. */
import type { Loss, Policy, TrainingGroup } from '../../src/spec/index.ts';
import { withWeights, wrong } from './wrong-policy.ts';

const withoutEntropyWeights = (group: TrainingGroup): TrainingGroup => ({
  ...group,
  targets: group.targets.map((own) => ({
    ...own,
    ...(own.entropyWeights && { entropyWeights: new Float32Array(own.entropyWeights.length) }),
  })),
});

const plain = (loss: Loss): Loss => ({ ...loss, temperature: 1 });

/** How each is wrong, and the beginning of the name of a check. */
export const WRONG_FIGURES: readonly (readonly [
  how: string,
  check: string,
  create: () => Policy,
])[] = [
  [
    'does not look at the temperature',
    'a temperature divides the logits',
    wrong((right) => ({
      logProbs: (groups, weights, readout) =>
        right.logProbs(groups, weights, { ...readout, temperature: 1 }),
    })),
  ],
  [
    'divides log-probabilities instead of logits',
    'entropies are there',
    wrong((right) => ({
      async logProbs(groups, weights, { temperature = 1, entropies = false } = {}) {
        const figures = await right.logProbs(groups, weights, { entropies });
        const divided = figures.logProbs.map((group) =>
          group.map((own) => own.map((value) => value / temperature)),
        );
        return { ...figures, logProbs: divided };
      },
    })),
  ],
  [
    'returns the entropies of temperature 1',
    'entropies are there',
    wrong((right) => ({
      async logProbs(groups, weights, readout) {
        const figures = await right.logProbs(groups, weights, readout);
        if (!readout?.entropies) return figures;
        const { entropies } = await right.logProbs(groups, weights, { entropies: true });
        return { ...figures, entropies: entropies! };
      },
    })),
  ],
  [
    'returns entropies that nobody asked for',
    'entropies are there',
    wrong((right) => ({
      logProbs: (groups, weights, readout) =>
        right.logProbs(groups, weights, { ...readout, entropies: true }),
    })),
  ],
  [
    'returns the surprise of the token in the place of the entropy',
    'entropies are there',
    wrong((right) => ({
      async logProbs(groups, weights, readout) {
        const figures = await right.logProbs(groups, weights, readout);
        if (!readout?.entropies) return figures;
        const surprise = figures.logProbs.map((group) =>
          group.map((own) => own.map((value) => -value)),
        );
        return { ...figures, entropies: surprise };
      },
    })),
  ],
  [
    'forgets the weights of tokens in a linear loss',
    'the linear loss is the weighted sum',
    wrong((right) => ({
      forwardBackward: (groups, loss) =>
        right.forwardBackward(
          groups.map((group) => withWeights(group, (weight) => weight && 1)),
          loss,
        ),
    })),
  ],
  [
    'forgets the weights of entropies',
    'the linear loss weighs entropies too',
    wrong((right) => ({
      forwardBackward: (groups, loss) =>
        right.forwardBackward(groups.map(withoutEntropyWeights), loss),
    })),
  ],
  [
    'has a linear loss at temperature 1 alone',
    'the linear loss weighs entropies too',
    wrong((right) => ({
      forwardBackward: (groups, loss) => right.forwardBackward(groups, plain(loss)),
    })),
  ],
  [
    'climbs where a linear loss should fall',
    'a loss of the host reaches the weights',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        const turned = groups.map((group) => withWeights(group, (weight) => -weight));
        const result = await right.forwardBackward(turned, loss);
        return { ...result, loss: -result.loss };
      },
    })),
  ],
  [
    'has a gradient of half the linear loss',
    'a loss of the host reaches the weights',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        const half = groups.map((group) => withWeights(group, (weight) => weight / 2));
        const result = await right.forwardBackward(half, loss);
        return { ...result, loss: 2 * result.loss };
      },
    })),
  ],
  [
    'differentiates at temperature 1',
    'a loss of the host reaches the weights',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        const { temperature = 1 } = loss;
        const figures = await right.logProbs(groups, 'current', { temperature });
        const { loss: value } = await right.forwardBackward(groups, plain(loss));
        return { ...figures, loss: value };
      },
    })),
  ],
  [
    'does not differentiate entropies',
    'a loss of entropies reaches the weights',
    wrong((right) => ({
      forwardBackward: (groups, loss) =>
        right.forwardBackward(groups.map(withoutEntropyWeights), loss),
    })),
  ],
  [
    'takes a loss at temperature 1 whatever it is told',
    'at a temperature, the losses',
    wrong((right) => ({
      forwardBackward: (groups, loss) => right.forwardBackward(groups, plain(loss)),
    })),
  ],
  [
    'has gradients that forget the temperature',
    'the losses at a temperature',
    wrong((right) => ({
      async forwardBackward(groups, loss) {
        const { temperature = 1 } = loss;
        const scaled = groups.map((group) => withWeights(group, (weight) => weight * temperature));
        const result = await right.forwardBackward(scaled, loss);
        return { ...result, loss: result.loss / temperature };
      },
    })),
  ],
  [
    'reads a temperature of 0 as 1',
    'temperatures that no distribution has',
    wrong((right) => ({
      logProbs: (groups, weights, readout) =>
        right.logProbs(groups, weights, { ...readout, temperature: readout?.temperature || 1 }),
    })),
  ],
];
