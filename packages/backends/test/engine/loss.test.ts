import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Loss, TrainingGroup } from '@loci/core';
import { GraphBuilder } from '../../src/graph/ir/builder.ts';
import { gradients } from '../../src/graph/autodiff/backward.ts';
import { serialize } from '../../src/graph/ir/serialize.ts';
import { graphElementOps } from '../../src/graph/lower/graph-element-ops.ts';
import { tensorFeeds } from '../../src/graph/engine/graph-run.ts';
import { OnnxRuntime } from '../../src/onnx/onnx-runtime.ts';
import { lossForm, lossOf } from '../../src/engine/loss.ts';
import { lossInputs } from '../../src/engine/loss-inputs.ts';

const LOG_PROBS = [-1, -2, -0.5, -3];
const ENTROPIES = [1.5, 0.25, 2, 1];
const LAYOUT = { groups: 1, promptLength: 16, completions: 2, completionLength: 3 };

/** A completion of three tokens and one of one token: the second is padded. */
function group(targets: TrainingGroup['targets']): TrainingGroup {
  return {
    prompt: { tokenIds: Int32Array.of(1), media: [] },
    completions: [Int32Array.of(1, 2, 3), Int32Array.of(4)],
    targets,
  };
}

const policyGradient: Loss = {
  kind: 'policy-gradient',
  clipLow: 0.2,
  clipHigh: 0.3,
  klWeight: 0.1,
  klClamp: 1.5,
};

const f = (...values: number[]) => Float32Array.from(values);

describe('losses', () => {
  let runtime: OnnxRuntime;
  beforeAll(() => {
    runtime = new OnnxRuntime({ threads: 1 });
  });
  afterAll(() => runtime.dispose());

  /** Loss and gradient by log-probability of the four real tokens. */
  async function run(loss: Loss, targets: TrainingGroup['targets']) {
    const graph = new GraphBuilder();
    const logProbs = graph.input('logProbs', [2, 3]);
    const entropies = graph.input('entropies', [2, 3]);
    const ops = graphElementOps(graph);
    const figures = { logProbs, entropies };
    const scalar = lossOf(ops, lossForm(loss), figures, logProbs.shape, (name, shape, type) =>
      graph.input(name, shape, type),
    );
    graph.output(scalar, 'loss');
    const [byLogProb, byEntropy] = gradients(graph, scalar, [logProbs, entropies]);
    graph.output(byLogProb!, 'gradient');
    graph.output(byEntropy ?? graph.zeros([2, 3]), 'entropyGradient');
    const session = await runtime.createSession(serialize(graph));
    const inputs = lossInputs(LAYOUT, [group(targets)], 1, loss);
    expect([...inputs['loss.real']!.data]).toEqual([1, 1, 1, 1, 0, 0]);
    const data = f(...LOG_PROBS, 0, 0);
    const result = await runtime.run(
      session,
      {
        ...tensorFeeds(inputs),
        logProbs: { type: 'float32', shape: [2, 3], data },
        entropies: { type: 'float32', shape: [2, 3], data: f(...ENTROPIES, 9, 9) },
      },
      { loss: 'return', gradient: 'return', entropyGradient: 'return' },
    );
    const numbers = (name: string) => [...result[name]!.data].map(Number);
    const [gradient, entropyGradient] = [numbers('gradient'), numbers('entropyGradient')];
    expect([...gradient.slice(4), ...entropyGradient.slice(4)].map(Math.abs)).toEqual([0, 0, 0, 0]);
    return {
      loss: Number(result['loss']!.data[0]),
      gradient: gradient.slice(0, 4),
      entropyGradient: entropyGradient.slice(0, 4),
    };
  }

  test('cross-entropy is the weighted sum of −logp', async () => {
    const found = await run({ kind: 'cross-entropy' }, [
      { weights: f(0.5, 0, 2) },
      { weights: f(1) },
    ]);
    expect(found.loss).toBeCloseTo(0.5 + 1 + 3, 5);
    [-0.5, 0, -2, -1].forEach((value, i) => expect(found.gradient[i]).toBeCloseTo(value, 5));
  });

  test('the linear loss weighs log-probabilities, and entropies where it has them', async () => {
    const targets = [
      { weights: f(0.5, 0, -2), entropyWeights: f(1, -1, 0.5) },
      { weights: f(1), entropyWeights: f(2) },
    ];
    const plain = await run({ kind: 'linear', entropies: false }, targets);
    expect(plain.loss).toBeCloseTo(-0.5 + 1 - 3, 5);
    expect(plain.gradient).toEqual([0.5, 0, -2, 1]);
    expect(plain.entropyGradient).toEqual([0, 0, 0, 0]);
    const both = await run({ kind: 'linear', entropies: true }, targets);
    expect(both.loss).toBeCloseTo(plain.loss + 1.5 - 0.25 + 1 + 2, 5);
    expect(both.gradient).toEqual(plain.gradient);
    expect(both.entropyGradient).toEqual([1, -1, 0.5, 2]);
  });

  test('the policy gradient clips, clamps and weighs', async () => {
    const reference = [-1.2, -4, -0.5, 0];
    const old = [-1.5, -1.9, -0.1, -3.5];
    const advantage = [1, -2, -1, 0.5];
    const weights = [0.25, 0.5, 1, 2];
    const found = await run(policyGradient, [
      {
        weights: f(...weights.slice(0, 3)),
        advantages: f(...advantage.slice(0, 3)),
        oldLogProbs: f(...old.slice(0, 3)),
        referenceLogProbs: f(...reference.slice(0, 3)),
      },
      {
        weights: f(weights[3]!),
        advantages: f(advantage[3]!),
        oldLogProbs: f(old[3]!),
        referenceLogProbs: f(reference[3]!),
      },
    ]);
    const tokens = LOG_PROBS.map((logProb, i) => {
      const ratio = Math.exp(logProb - old[i]!);
      const clipped = Math.min(Math.max(ratio, 0.8), 1.3);
      const inside = ratio * advantage[i]! <= clipped * advantage[i]!;
      const distance = reference[i]! - logProb;
      const x = Math.min(Math.max(distance, -1.5), 1.5);
      const slope = Math.abs(distance) <= 1.5 ? 0.1 * (1 - Math.exp(x)) : 0;
      return {
        loss:
          -Math.min(ratio * advantage[i]!, clipped * advantage[i]!) + 0.1 * (Math.exp(x) - x - 1),
        gradient: (inside ? -ratio * advantage[i]! : 0) + slope,
      };
    });
    const expected = tokens.reduce((sum, { loss }, i) => sum + weights[i]! * loss, 0);
    expect(found.loss).toBeCloseTo(expected, 4);
    tokens.forEach(({ gradient }, i) =>
      expect(found.gradient[i]).toBeCloseTo(weights[i]! * gradient, 4),
    );
  });

  test('the policy gradient weighs entropies where it has them', async () => {
    const loss: Loss = { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 0 };
    const targets = [
      { weights: f(1, 1, 1), advantages: f(2, 2, -1), entropyWeights: f(1, -1, 0.5) },
      { weights: f(1), advantages: f(3), entropyWeights: f(2) },
    ];
    const plain = await run(loss, targets);
    expect(plain.entropyGradient).toEqual([0, 0, 0, 0]);
    const both = await run({ ...loss, entropies: true }, targets);
    expect(both.loss).toBeCloseTo(plain.loss + 1.5 - 0.25 + 1 + 2, 5);
    expect(both.gradient).toEqual(plain.gradient);
    expect(both.entropyGradient).toEqual([1, -1, 0.5, 2]);
  });

  test('without old log-probabilities the ratio is 1 and still has a gradient', async () => {
    const loss: Loss = { kind: 'policy-gradient', clipLow: 0.2, clipHigh: 0.2, klWeight: 0 };
    const found = await run(loss, [
      { weights: f(1, 1, 1), advantages: f(2, 2, -1) },
      { weights: f(1), advantages: f(3) },
    ]);
    expect(found.loss).toBeCloseTo(-6, 5);
    [-2, -2, 1, -3].forEach((value, i) => expect(found.gradient[i]).toBeCloseTo(value, 5));
  });
});
