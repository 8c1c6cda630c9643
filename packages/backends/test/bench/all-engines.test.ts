import { expect, test } from '@jest/globals';
import { flagsHandedOn, median, summaryOf } from '../../src/bench/all-engines.ts';
import type { BenchReport } from '../../src/bench/all-engines.ts';

const report = (engine: BenchReport['engine'], description: string, step: number): BenchReport => ({
  ...{ engine, description, stepSeconds: step, generationSeconds: step / 2 },
  ...{ shape: 'small', vl: false, restSeconds: step / 2, tokensPerSecond: 1 },
  ...{ referenceSeconds: 0, gradientSeconds: step / 2, updateSeconds: 0 },
});

test('the middle of some figures', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
});

test('every engine is timed on what was asked for', () => {
  const one = { engine: 'all', provider: 'cpu', backend: 'auto', turns: '3' };
  const asked = { shape: 'large', vl: true, lora: '16', threads: '2' };
  expect(flagsHandedOn({ ...one, ...asked })).toEqual([
    '--shape',
    'large',
    '--vl',
    '--lora',
    '16',
    '--threads',
    '2',
  ]);
  expect(flagsHandedOn({ ...one, shape: 'tiny', vl: false, lora: undefined })).toEqual([
    '--shape',
    'tiny',
  ]);
});

test('an engine counts by its medians over the turns, beside the ONNX engine', () => {
  const turns = [1, 9, 2].flatMap((step) => [
    report('onnx', 'ONNX', step),
    report('tfjs', 'wasm', 3 * step),
  ]);
  expect(summaryOf(turns)).toEqual([
    '2.000 s a step (1.000 generation, 1.000 rest), 1.00 of onnx: ONNX',
    '6.000 s a step (3.000 generation, 3.000 rest), 3.00 of onnx: wasm',
  ]);
  expect(summaryOf([report('tfjs', 'wasm', 1)])).toEqual([
    '1.000 s a step (0.500 generation, 0.500 rest): wasm',
  ]);
});
