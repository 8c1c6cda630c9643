/** `npx nx run tools:parity -- --fixture DIR --engine onnx|tfjs`: compares an engine with a parity folder. */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { ONNX_PROVIDERS, rerunOnVulkan, TFJS_ENGINES } from '@loci/backends/internal';
import { messageOf } from '@loci/core';
import { parityEngine } from './parity/parity-engine.ts';
import { runParity } from './parity/run-parity.ts';

function threadCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('A positive whole number is expected.');
}

const program = new Command('parity')
  .description('Checks an engine against the arrays of a parity folder.')
  .requiredOption('--fixture <folder>', 'folder laid out like reference/qwen2_5_vl_tiny')
  .option('--engine <name>', 'engine to check', 'onnx')
  .addOption(
    new Option('--provider <name>', 'what ONNX Runtime runs on')
      .choices(['auto', ...ONNX_PROVIDERS] as const)
      .default('cpu' as const),
  )
  .addOption(
    new Option('--lowering <name>', 'how ONNX operations are written')
      .choices(['auto', 'plain', 'fused'] as const)
      .default('auto' as const),
  )
  .addOption(
    new Option('--backend <name>', 'what TensorFlow.js runs on')
      .choices(['auto', ...TFJS_ENGINES] as const)
      .default('auto' as const),
  )
  .option('--threads <count>', 'threads within an operation', threadCount)
  .action(async ({ fixture, engine, ...choice }) => {
    const folder = resolve(process.env['INIT_CWD'] ?? '.', fixture);
    const onWebgpu = (engine === 'onnx' ? choice.provider : choice.backend) === 'webgpu';
    const rerun = onWebgpu ? await rerunOnVulkan((line) => console.log(line)) : undefined;
    if (rerun !== undefined) {
      process.exitCode = rerun;
      return;
    }
    const open = parityEngine(engine, choice);
    const { passed, total } = await runParity(folder, open, (line) => console.log(line));
    process.exitCode = passed === total ? 0 : 1;
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
