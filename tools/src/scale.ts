/**
 * `nx run tools:scale -- --size 1b`: writes a model folder of random bfloat16 shards into a temporary folder, loads it, takes one
 * LoRA SG-RLVR step on a video prompt, prints one JSON line with seconds and peak memory of each part, and removes the folder.
 * `docs/scale.md` reports it.
 */
import 'reflect-metadata';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { openOnnxPolicy } from '@loci/backends/internal';
import { messageOf } from '@loci/core';
import { gib, guardMemory } from './scale/memory.ts';
import { SCALE_ARCHITECTURES, scaleModel } from './scale/model.ts';
import { measured, roomQuestion, takeStep } from './scale/step.ts';
import { writeScaleModel } from './scale/write-model.ts';

function count(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('A positive whole number is expected.');
}

const program = new Command('scale')
  .description('One LoRA SG-RLVR step on a generated model: seconds and peak memory.')
  .addOption(
    new Option('--architecture <name>', 'kind of model')
      .choices(SCALE_ARCHITECTURES)
      .default('qwen2-5-vl'),
  )
  .option('--size <name>', 'one of the sizes of the architecture', '100m')
  .option('--frames <count>', 'frames of the video', count, 8)
  .option('--height <pixels>', 'height of a frame', count, 168)
  .option('--width <pixels>', 'width of a frame', count, 224)
  .option('--text <tokens>', 'length of the question, roughly', count, 64)
  .option('--completions <count>', 'completions of the group', count, 4)
  .option('--tokens <count>', 'tokens of each completion', count, 64)
  .option('--rank <count>', 'rank of the LoRA factors', count, 16)
  .option('--recompute', 'compute the inside of layers again for their gradients', false)
  .option('--full', 'train everything instead of LoRA factors', false)
  .option('--load-only', 'stop once the model is loaded', false)
  .option('--threads <count>', 'threads within an operation', count, 2)
  .option('--limit <GiB>', 'stop when this process holds more', count, 18)
  .action(async (options) => {
    guardMemory(options.limit);
    const { size, frames, height, width, rank, threads, recompute } = options;
    const folder = await mkdtemp(join(tmpdir(), 'loci-scale-'));
    try {
      const model = scaleModel(options.architecture, size);
      const parameters = await writeScaleModel(folder, model, { frames, height, width }, 1);
      const before = gib(process.memoryUsage.rss());
      const lora = options.full ? {} : { lora: { rank } };
      const opened = await measured(() =>
        openOnnxPolicy({ model: folder, threads, recompute, ...lora }),
      );
      const policy = opened.result;
      const load = {
        parameters,
        widenedGib: gib(4 * parameters),
        beforeGib: before,
        ...opened.cost,
      };
      if (options.loadOnly) {
        console.log(JSON.stringify({ size, load }));
      } else {
        const question = await roomQuestion(folder, { frames, height, width }, options.text);
        const prompt = await policy.processor.encode(question);
        const { completions, tokens } = options;
        const step = await takeStep(policy, prompt, { completions, newTokens: tokens });
        console.log(JSON.stringify({ ...options, load, ...step }));
      }
      await policy.dispose();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(`scale: ${messageOf(error)}`);
  process.exitCode = 1;
}
