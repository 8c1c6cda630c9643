import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  ENGINES_FILE,
  noteEngine,
  readEngines,
} from '../../../src/train/run-folder/run-engines.ts';

const capabilities = {
  ...{ trainable: true, streaming: true, media: [], losses: [], entropies: true, maxTokens: 8 },
  description: 'ONNX Runtime on CPU, 2 threads',
  engine: { library: 'onnxruntime-node 1', precision: 'float32', choice: 'no GPU' },
};

test('a run keeps on what it was computed from which step, and what is done again replaces what was', () => {
  const run = mkdtempSync(join(tmpdir(), 'loci-engines-'));
  expect(readEngines(run)).toEqual([]);
  noteEngine(run, 0, capabilities);
  noteEngine(run, 20, { ...capabilities, description: 'another', engine: {} });
  noteEngine(run, 10, { ...capabilities, description: 'third', engine: {} });
  expect(readEngines(run)).toEqual([
    { startStep: 0, description: capabilities.description, ...capabilities.engine },
    { startStep: 10, description: 'third' },
  ]);
  writeFileSync(join(run, ENGINES_FILE), '{');
  expect(readEngines(run)).toEqual([]);
});
