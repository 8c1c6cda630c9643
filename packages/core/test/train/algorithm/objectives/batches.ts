/** Random batches for tests of objectives. */
import fc from 'fast-check';
import { parseOptions } from '../../../../src/plugin/create-plugin.ts';
import type { CompletionTokens, Objective } from '../../../../src/spec/index.ts';
import { bundledObjectives } from '../../../../src/train/algorithm/objectives/bundled-objectives.ts';

const context = { seed: 1, baseDirectory: '.', logger: { info: () => {}, warn: () => {} } };

/** A bundled objective with options. */
export async function objectiveOf(name: string, options: object = {}): Promise<Objective> {
  const plugin = bundledObjectives.find((one) => one.name === name)!;
  return plugin.create(parseOptions(plugin, options) as never, context);
}

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const token = fc.record({
  logProb: between(-4, -0.05),
  drift: between(-0.6, 0.6),
  lag: between(-0.4, 0.4),
  pull: between(-1, 1),
  entropy: between(0.1, 3),
  inside: fc.boolean(),
});

const completion = fc
  .record({ tokens: fc.array(token, { minLength: 1, maxLength: 4 }), advantage: between(-2, 2) })
  .map(({ tokens, advantage }): CompletionTokens => {
    const logProbs = tokens.map(({ logProb }) => logProb);
    const oldLogProbs = tokens.map(({ logProb, drift }) => logProb - drift);
    return {
      logProbs,
      oldLogProbs,
      referenceLogProbs: tokens.map(({ logProb, pull }) => logProb + pull),
      samplerLogProbs: tokens.map(({ lag }, index) => oldLogProbs[index]! - lag),
      entropies: tokens.map(({ entropy }) => entropy),
      // One token at least is learned from.
      mask: tokens.map(({ inside }, index) => (inside || index === 0 ? 1 : 0)),
      advantage,
      source: 'sampled',
    };
  });

/** Two to four completions that the policy has moved away from, with everything that objectives ask for. */
export const randomBatch = fc.array(completion, { minLength: 2, maxLength: 4 });

/** The batch with one log-probability, or one entropy, moved. */
export function moved(
  batch: readonly CompletionTokens[],
  what: 'logProbs' | 'entropies',
  index: number,
  at: number,
  by: number,
): readonly CompletionTokens[] {
  return batch.map((one, other) =>
    other === index
      ? { ...one, [what]: Array.from(one[what]!, (value, t) => value + (t === at ? by : 0)) }
      : one,
  );
}

/** Whether a ratio of the batch lies within a hair of a bound, where there is no derivative. */
export function nearKink(
  batch: readonly CompletionTokens[],
  level: string,
  bounds: readonly number[],
): boolean {
  return batch.some(({ logProbs, oldLogProbs, mask }) => {
    const gaps = Array.from(logProbs, (own, t) => own - oldLogProbs![t]!);
    const length = Array.from(mask).reduce((a, b) => a + b, 0);
    const mean = gaps.reduce((sum, gap, t) => sum + (mask[t]! * gap) / length, 0);
    const ratios = (level === 'token' ? gaps : [mean]).map(Math.exp);
    return ratios.some((ratio) => bounds.some((bound) => Math.abs(ratio - bound) < 1e-5));
  });
}
