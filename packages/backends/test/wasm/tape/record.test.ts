import { describe, expect, test } from '@jest/globals';
import { architectureNamed, parseModel } from '../../../src/models/index.ts';
import type { Model, TunedModel } from '../../../src/models/spec/model.ts';
import type { TensorOps } from '../../../src/ops/tensor-ops.ts';
import { recordStep } from '../../../src/wasm/tape/record.ts';
import { placeTape } from '../../../src/wasm/tape/tape.ts';
import { UnsupportedStep } from '../../../src/wasm/tape/tape.ts';
import { tinyConfigJson } from '../../support/tiny-config.ts';
import { QWEN3_TINY } from '../../support/qwen3.ts';

const model = parseModel(tinyConfigJson());
const vocabulary = { vocabularySize: 40, tokens: model.tokens };
const qwen3 = architectureNamed('qwen3-vl').fresh(
  { ...QWEN3_TINY, text: { ...QWEN3_TINY.text, headDim: 16 } },
  vocabulary,
);

/** The model with a step that does something of its own to the logits. */
function withStep(change: <T>(ops: TensorOps<T>, logits: T) => T): TunedModel {
  const step: Model['graphs']['step'] = (ops, ...rest) =>
    change(ops, model.graphs.step(ops, ...rest));
  return { model: { ...model, graphs: { ...model.graphs, step } } };
}

describe('a recorded step', () => {
  test.each([
    ['Qwen2.5-VL', model],
    ['Qwen3-VL', qwen3],
  ])('has each product of %s once, and no parameter of the tower', (_, own) => {
    const tape = recordStep({ model: own });
    const linear = own.parameters.linearLayers.filter(({ name }) => !own.parameters.isVision(name));
    const head = own.decoder.hiddenSize * own.decoder.vocabularySize;
    const products = linear
      .filter(({ name }) => name !== own.parameters.head)
      .reduce((sum, { inputs, outputs }) => sum + inputs * outputs, head);
    expect(tape.multiplications).toBe(products);
    expect(tape.parameters.some(({ name }) => own.parameters.isVision(name))).toBe(false);
    expect(tape.steps.filter(({ facts }) => facts.kind === 'attend')).toHaveLength(
      own.decoder.layers,
    );
  });

  test('values share memory only when one of them is not needed any more', () => {
    const tape = recordStep({ model });
    const { steps, rowSize } = placeTape(tape, () => 64);
    expect(rowSize).toBeLessThan(tape.sizes.reduce((sum, size) => sum + size, 0) / 4);
    const places = new Map(tape.steps.map(({ y }, index) => [y, steps[index]!.y]));
    const lastRead = (storage: number) =>
      storage === tape.logits
        ? Infinity
        : tape.steps.findLastIndex(({ reads }) => Object.values(reads).includes(storage));
    tape.steps.forEach(({ y }, index) => {
      const [start, end] = [places.get(y)!, places.get(y)! + tape.sizes[y]!];
      expect(end).toBeLessThanOrEqual(rowSize);
      for (const { y: earlier } of tape.steps.slice(0, index)) {
        if (lastRead(earlier) < index) continue;
        const [from, to] = [places.get(earlier)!, places.get(earlier)! + tape.sizes[earlier]!];
        expect(end <= from || to <= start).toBe(true);
      }
    });
  });

  test('what has no kernel is named', () => {
    const gelu = withStep((ops, logits) => ops.gelu(logits));
    expect(() => recordStep(gelu)).toThrow(UnsupportedStep);
    expect(() => recordStep(gelu)).toThrow('no WebAssembly kernel for "gelu"');
    const mixed = withStep((ops, logits) => ops.concatRows([logits, logits]));
    expect(() => recordStep(mixed)).toThrow('"concatRows"');
    const odd = architectureNamed('qwen3-vl').fresh(QWEN3_TINY, vocabulary);
    expect(() => recordStep({ model: odd })).toThrow(
      'half a head of 6, which is not a multiple of 4',
    );
  });
});
