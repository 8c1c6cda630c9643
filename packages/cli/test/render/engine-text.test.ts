import { expect, test } from '@jest/globals';
import type { PolicyCapabilities } from '@loci/core';
import { engineLines, isVerbose } from '../../src/render/engine-text.ts';

const capabilities: PolicyCapabilities = {
  ...{ trainable: true, streaming: true, media: [], losses: [], entropies: true, maxTokens: 8 },
  description: 'ONNX Runtime on CPU, 2 threads',
  engine: { choice: 'the first available; passed over: WebGPU finds no adapter' },
};

test('the engine is named in a few words; why others were not taken is for those who ask', () => {
  expect(engineLines(capabilities, false)).toEqual(['ONNX Runtime on CPU, 2 threads']);
  expect(engineLines(capabilities, true)).toEqual([
    'ONNX Runtime on CPU, 2 threads',
    'engine: the first available; passed over: WebGPU finds no adapter',
  ]);
});

test('nx run … --verbose counts, though Nx keeps the flag to itself', () => {
  expect(isVerbose({ verbose: true }, {})).toBe(true);
  expect(isVerbose({}, { NX_VERBOSE_LOGGING: 'true' })).toBe(true);
  expect(isVerbose({}, { NX_VERBOSE_LOGGING: 'false' })).toBe(false);
});
