import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { parseModel, OnnxRuntime, writeCheckpoint } from '@loci/backends/internal';
import type { EncodedPrompt } from '@loci/core';
import { parityEngine } from '../../src/parity/parity-engine.ts';
import type { ParityEngine } from '../../src/parity/parity-engine.ts';
import { runParity } from '../../src/parity/run-parity.ts';

const VOCABULARY = 10;
const CONFIG = {
  model_type: 'qwen2_5_vl',
  pad_token_id: 0,
  image_token_id: 8,
  video_token_id: 9,
  hidden_size: 8,
  intermediate_size: 4,
  num_attention_heads: 1,
  num_key_value_heads: 1,
  num_hidden_layers: 1,
  vocab_size: VOCABULARY,
  rope_scaling: { type: 'mrope', mrope_section: [1, 1, 2] },
  vision_config: { depth: 1, hidden_size: 8, num_heads: 2, out_hidden_size: 8 },
};

/** Stands for a model: the logits after a token. */
const after = (id: number) => Array.from({ length: VOCABULARY }, (_, other) => (id * other) % 7);
const logitsOf = ({ tokenIds }: EncodedPrompt) =>
  Float32Array.from([...tokenIds].flatMap((id) => after(id)));

const STANDIN: ParityEngine = {
  description: 'stand-in',
  features: () => Promise.reject(new Error('no vision')),
  logits: (prompt) => Promise.resolve(logitsOf(prompt)),
  logProbs: (groups) =>
    Promise.resolve(
      groups.map(({ completions }) =>
        completions.map((ids) => Float32Array.from(ids, (id) => -id)),
      ),
    ),
  greedy: (prompts, tokens) =>
    Promise.resolve(
      prompts.map(({ tokenIds: [first = 0] }) => ({
        tokenIds: Int32Array.from({ length: tokens }, (_, token) => first + token),
        logits: Float32Array.from(Array.from({ length: tokens }, () => after(first)).flat()),
      })),
    ),
  gradients: () => Promise.reject(new Error('no gradients')),
  optimStep: () => Promise.reject(new Error('no step')),
  weights: () => Promise.resolve(new Map()),
  dispose: () => Promise.resolve(),
};

let folder: string;
const at = (...path: string[]) => join(folder, ...path);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loci-parity-'));
  await writeFile(at('config.json'), JSON.stringify(CONFIG));
});
afterEach(() => rm(folder, { recursive: true }));

/** Two rows of text, the second padded, with three given and two greedy tokens. */
const PADDED = {
  input_ids: [
    [2, 1, 4, 3],
    [0, 0, 5, 6],
  ].flat(),
  attention_mask: [
    [1, 1, 1, 1],
    [0, 0, 1, 1],
  ].flat(),
  completion_ids: [
    [1, 2, 3],
    [4, 5, 6],
  ].flat(),
  position_ids: [0, 1, 2].flatMap(() => [0, 1, 2, 3, 0, 0, 0, 1]),
  rope_deltas: [0, 0],
  greedy_ids: [2, 3, 5, 6],
};
const FLOATS = {
  completion_logps: [-1, -2, -3, -4, -5, -6],
  logits: [2, 1, 4, 3, 0, 0, 5, 6].flatMap((id) => after(id)),
  greedy_logits: [2, 2, 5, 5].flatMap((id) => after(id)),
};

async function writeFolder(floats: Readonly<Record<string, readonly number[]>>): Promise<void> {
  const tensor = (name: string, data: Int32Array | Float32Array) => {
    const shape = name === 'input_ids' ? [2, 4] : [data.length];
    return { name: `case/padded/${name}`, shape, data };
  };
  await writeCheckpoint(at('parity.safetensors'), [
    ...Object.entries(PADDED).map(([name, values]) => tensor(name, Int32Array.from(values))),
    ...Object.entries(floats).map(([name, values]) => tensor(name, Float32Array.from(values))),
  ]);
  const facts = { cases: { padded: { rows: 2, length: 4, vision: {} } } };
  await writeFile(at('parity.json'), JSON.stringify(facts));
}

async function run(): Promise<string[]> {
  const lines: string[] = [];
  await runParity(
    folder,
    () => Promise.resolve(STANDIN),
    (line) => lines.push(line.replace(/: (worst|not) .*/, ': $1')),
  );
  return lines;
}

describe('a folder of another extent than the reference set', () => {
  test('what it has is checked in every row, what it lacks is named, and so is what nothing reads', async () => {
    await writeFolder({ ...FLOATS, attentions: [1] });
    expect(await run()).toEqual([
      '----  config.nested.json: not',
      '----  preprocess.safetensors: not',
      '----  sampling: not',
      'stand-in',
      'ok    case/padded/position_ids (rule 5.18): worst',
      '----  case/padded/completion_position_ids: not',
      'ok    case/padded/rope_deltas (rule 5.18): worst',
      'ok    case/padded/position_ids (rule 4.49): worst',
      'ok    case/padded/rope_deltas (rule 4.49): worst',
      'ok    case/padded/logits: worst',
      'ok    case/padded/completion_logps (rule 5.18): worst',
      'ok    case/padded/greedy_ids: worst',
      'ok    case/padded/greedy_logits: worst',
      '----  grpo: not',
      'ok    case/padded/completion_logps (rule 4.49): worst',
      '----  sharded_bf16: not',
      '----  lora: not',
      '----  case/padded/attentions: not',
      'passed 9/9',
    ]);
  });

  test.each(['logits', 'greedy_logits'] as const)('%s of a later row can fail', async (array) => {
    await writeFolder({ ...FLOATS, [array]: FLOATS[array].with(-1, 9) });
    const lines = await run();
    expect(lines).toContain(`FAIL  case/padded/${array}: worst`);
    expect(lines.at(-1)).toBe('passed 8/9');
  });
});

test('an engine that does not start leaves no worker behind', async () => {
  const adapter = at('adapter');
  await mkdir(adapter);
  const json = { peft_type: 'LORA', r: 1, lora_alpha: 1, target_modules: ['q_proj'] };
  await writeFile(join(adapter, 'adapter_config.json'), JSON.stringify(json));
  const layer = 'base_model.model.model.layers.0.self_attn.q_proj';
  await writeCheckpoint(join(adapter, 'adapter_model.safetensors'), [
    { name: `${layer}.lora_A.weight`, shape: [1, 8], data: new Float32Array(8) },
    { name: `${layer}.lora_B.weight`, shape: [8, 1], data: new Float32Array(8) },
  ]);
  const dispose = jest.spyOn(OnnxRuntime.prototype, 'dispose');
  const open = parityEngine('onnx', { lowering: 'plain', backend: 'auto', threads: 1 });
  const model = parseModel(CONFIG);
  const opened = open({ model, weights: folder, adapter, positionRule: '4.49' });
  await expect(opened).rejects.toThrow('model.safetensors');
  expect(dispose).toHaveBeenCalledTimes(1);
});
