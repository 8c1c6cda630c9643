/**
 * The policy contract over 200 steps on every engine that is present, with the memory of the whole process: what a library holds outside
 * of JavaScript shows nowhere else. One array of the model's size is 4 MB, so an engine that kept one a step would show 400 MB.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, describe } from '@jest/globals';
import type { Policy } from '@loci/core';
import { describePolicyContract } from '@loci/core/testing';
import { writeShapeModel } from '../../src/bench/shapes.ts';
import { openOnnxPolicy } from '../../src/onnx/onnx-policy.ts';
import { openTfjsPolicy } from '../../src/tfjs/tfjs-policy.ts';
import { probeNative } from '../../src/tfjs/start/native.ts';
import { temporaryFolder } from '../support/tiny-model.ts';

const STEPS = 200;

/** Megabytes that the process may have grown by in the second half of the steps: a third of a MB a step. */
const SLACK = 32;

const folder = await temporaryFolder();
const model = join(folder.path, 'model');
await writeShapeModel(model, 'small');
await rm(join(model, 'generation_config.json')); // it takes the end token away, which the contract wants to see
afterAll(folder.remove);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function residentMegabytes(): Promise<number> {
  collectGarbage();
  return process.memoryUsage.rss() / 2 ** 20;
}

const native = await probeNative('@tensorflow/tfjs-node');
const engines: readonly (readonly [
  name: string,
  create: () => Promise<Policy>,
  missing?: string | undefined,
])[] = [
  ['onnx', () => openOnnxPolicy({ model, threads: 1 })],
  ['tfjs, wasm', () => openTfjsPolicy({ model, engine: 'wasm' })],
  [
    'tfjs, native',
    () => openTfjsPolicy({ model, engine: 'node', threads: 1 }),
    'missing' in native ? native.missing : undefined,
  ],
];

for (const [name, create, missing] of engines) {
  (missing === undefined ? describe : describe.skip)(missing ?? 'over 200 steps', () => {
    describePolicyContract({
      name,
      create,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'where?' }] }],
      held: residentMegabytes,
      heldSlack: SLACK,
      steps: STEPS,
    });
  });
}
