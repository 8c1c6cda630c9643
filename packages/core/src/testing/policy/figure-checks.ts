/** That a policy honors a temperature and entropies in its readout, and the linear loss of both. */
import assert from 'node:assert/strict';
import type { TokenFigures, TrainingGroup } from '../../spec/index.ts';
import { gradientThrough } from './gradient-through.ts';
import type { HostLoss } from './gradient-through.ts';
import type { PolicyCheck } from './policy-check.ts';
import {
  LINEAR,
  LINEAR_WITH_ENTROPIES,
  assertClose,
  assertRefused,
  demonstrations,
  dropGradients,
} from './workload.ts';

/** A temperature that shows: far from 1. */
const WARM = 1.7;

/** Tokens that are tried in one place, at most. */
const PLACED = 32;

/** Step of the inverse temperature in differences of fourth order. */
const STEP = 0.04;

/** Greatest distance of an entropy from the one that the log-probabilities give, in nats. */
const ENTROPY_TOLERANCE = 2e-3;

/** Of temperatures, entropies and the linear loss. */
export const FIGURE_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'a temperature divides the logits',
    needs: ['training'],
    async run({ policy, prompt, logProbTolerance }) {
      // Between two tokens that could stand in one place, log-probabilities differ by what their logits differ.
      const { vocabularySize } = policy.processor;
      const count = Math.min(vocabularySize, PLACED);
      const completions = Array.from({ length: count }, (_, index) =>
        Int32Array.of(Math.floor((index * vocabularySize) / count)),
      );
      const groups = [{ prompt, completions }];
      const differences = async (temperature: number): Promise<readonly number[]> => {
        const { logProbs } = await policy.logProbs(groups, 'current', { temperature });
        const [first, ...others] = logProbs[0]!.map((own) => own[0]!);
        return others.map((other) => other - first!);
      };
      const plain = await differences(1);
      const differ = plain.some((value) => Math.abs(value) > 20 * logProbTolerance);
      assert.ok(differ, 'all tokens are equally likely: give another prompt');
      for (const temperature of [0.5, WARM]) {
        const expected = plain.map((value) => value / temperature);
        assertClose(await differences(temperature), expected, 4 * logProbTolerance);
      }
      const { logProbs } = await policy.logProbs(groups, 'current', { temperature: 1 });
      assert.deepEqual(logProbs, (await policy.logProbs(groups, 'current')).logProbs);
    },
  },
  {
    name: 'entropies are there when they are asked for, and are those of the distribution',
    needs: ['training', 'entropies'],
    async run({ policy, prompt, logProbTolerance }) {
      const groups = await demonstrations(policy, prompt);
      assert.equal((await policy.logProbs(groups, 'current')).entropies, undefined);
      for (const weights of ['current', 'start'] as const) {
        const read = (temperature: number) =>
          policy.logProbs(groups, weights, { temperature, entropies: true });
        for (const temperature of [1, WARM]) {
          const found = await read(temperature);
          const { logProbs } = await policy.logProbs(groups, weights, { temperature });
          found.logProbs.flat().forEach((own, index) => {
            assertClose(own, logProbs.flat()[index]!, logProbTolerance);
          });
          await assertEntropies(found, 1 / temperature, (inverse) => read(1 / inverse));
        }
      }
    },
  },
  {
    name: 'the linear loss is the weighted sum of its definition',
    needs: ['training', 'linear'],
    async run({ policy, prompt, logProbTolerance }) {
      const groups = await demonstrations(policy, prompt);
      const result = await policy.forwardBackward(groups, LINEAR);
      await dropGradients(policy);
      assert.equal(result.entropies, undefined, 'entropies that nobody asked for');
      const { logProbs } = await policy.logProbs(groups, 'current');
      assertSameFigures(result.logProbs, logProbs, logProbTolerance);
      assertClose([result.loss], [linearLoss(groups, result)], 1e-5, 'loss');
    },
  },
  {
    name: 'the linear loss weighs entropies too, at its temperature',
    needs: ['training', 'linear', 'entropies'],
    async run({ policy, prompt, logProbTolerance }) {
      const groups = await demonstrations(policy, prompt);
      const result = await policy.forwardBackward(groups, LINEAR_WITH_ENTROPIES);
      await dropGradients(policy);
      const found = await policy.logProbs(groups, 'current', LINEAR_WITH_ENTROPIES);
      assertSameFigures(result.logProbs, found.logProbs, logProbTolerance);
      assert.ok(result.entropies, 'it returns no entropies');
      assertSameFigures(result.entropies, found.entropies!, logProbTolerance);
      assertClose([result.loss], [linearLoss(groups, result)], 1e-5, 'loss');
    },
  },
  {
    name: 'a loss of the host reaches the weights through the linear loss',
    needs: ['training', 'linear'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      await gradientThrough(policy, groups, SQUARES);
      await gradientThrough(policy, groups, SQUARES, { temperature: WARM });
    },
  },
  {
    name: 'a loss of entropies reaches the weights through the linear loss',
    needs: ['training', 'linear', 'entropies'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      for (const temperature of [1, WARM]) {
        await gradientThrough(policy, groups, ENTROPIES, { temperature, entropies: true });
        await gradientThrough(policy, groups, BOTH, { temperature, entropies: true });
      }
    },
  },
];

/** For policies that do not offer the linear loss. */
export const WITHOUT_LINEAR_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'a loss that it does not offer is refused by name',
    needs: ['training'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      await assertRefused(policy.forwardBackward(groups, LINEAR), 'the linear loss');
      assert.equal(await dropGradients(policy), 0, 'a refused batch left gradients');
    },
  },
];

/** For policies that compute no entropies. */
export const WITHOUT_ENTROPIES_CHECKS: readonly PolicyCheck[] = [
  {
    name: 'entropies that it does not compute are refused by name',
    needs: ['training'],
    async run({ policy, prompt }) {
      const groups = await demonstrations(policy, prompt);
      await assertRefused(policy.logProbs(groups, 'current', { entropies: true }), 'entropies');
      await assertRefused(
        policy.forwardBackward(groups, LINEAR_WITH_ENTROPIES),
        'a loss of entropies',
      );
      assert.equal(await dropGradients(policy), 0, 'a refused batch left gradients');
    },
  },
];

/**
 * With β the inverse temperature, log p = βz − log Z(β), so ∂log p/∂β = z − E[z] and H = log Z − βE[z] = −log p + β·∂log p/∂β:
 * for any token, its log-probabilities around a temperature give the entropy.
 */
async function assertEntropies(
  { logProbs, entropies }: TokenFigures,
  inverse: number,
  read: (inverse: number) => Promise<TokenFigures>,
): Promise<void> {
  assert.ok(entropies, 'it returns no entropies');
  const at = async (steps: number) => (await read(inverse + steps * STEP)).logProbs.flat();
  const [below2, below, above, above2] = [await at(-2), await at(-1), await at(1), await at(2)];
  for (const [index, own] of logProbs.flat().entries()) {
    const expected = own.map((logProb, token) => {
      const near = above[index]![token]! - below[index]![token]!;
      const far = above2[index]![token]! - below2[index]![token]!;
      return -logProb + (inverse * (8 * near - far)) / (12 * STEP);
    });
    assertClose(entropies.flat()[index]!, expected, ENTROPY_TOLERANCE, 'entropy of token');
  }
}

function assertSameFigures(
  found: TokenFigures['logProbs'],
  expected: TokenFigures['logProbs'],
  tolerance: number,
): void {
  assert.equal(found.flat().length, expected.flat().length);
  for (const [index, own] of found.flat().entries()) {
    assertClose(own, expected.flat()[index]!, tolerance);
  }
}

/** `Σ weight · logp`, and `+ Σ entropyWeight · H` of figures that have entropies. */
function linearLoss(
  groups: readonly TrainingGroup[],
  { logProbs, entropies }: TokenFigures,
): number {
  const weigh = (weights: Float32Array | undefined, values: Float32Array | undefined): number =>
    values?.reduce((sum, value, token) => sum + weights![token]! * value, 0) ?? 0;
  return groups
    .flatMap(({ targets }, group) =>
      targets.map(
        ({ weights, entropyWeights }, completion) =>
          weigh(weights, logProbs[group]![completion]) +
          weigh(entropyWeights, entropies?.[group]![completion]),
      ),
    )
    .reduce((sum, part) => sum + part, 0);
}

/** A loss by figures that are not weighed alike, so that its derivatives depend on where the weights are. */
function squares(
  figures: readonly (readonly Float32Array[])[],
  factor: number,
): { readonly loss: number; readonly derivatives: readonly (readonly Float64Array[])[] } {
  const count = figures.flat().reduce((sum, { length }) => sum + length, 0);
  const share = (token: number): number => (factor * (1 + (token % 3))) / count;
  const loss = figures
    .flat()
    .flatMap((own) => Array.from(own, (value, token) => share(token) * value * value))
    .reduce((sum, part) => sum + part, 0);
  const derivatives = figures.map((group) =>
    group.map((own) => Float64Array.from(own, (value, token) => 2 * share(token) * value)),
  );
  return { loss, derivatives };
}

const SQUARES: HostLoss = ({ logProbs }) => {
  const { loss, derivatives } = squares(logProbs, 0.5);
  return { loss, dLogProbs: derivatives };
};

const ENTROPIES: HostLoss = ({ logProbs, entropies }) => {
  const { loss, derivatives } = squares(entropies!, -0.5);
  const dLogProbs = logProbs.map((group) => group.map((own) => new Float64Array(own.length)));
  return { loss, dLogProbs, dEntropies: derivatives };
};

const BOTH: HostLoss = (figures) => {
  const [one, other] = [SQUARES(figures), ENTROPIES(figures)];
  return { ...one, loss: one.loss + other.loss, dEntropies: other.dEntropies! };
};
