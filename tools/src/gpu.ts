/**
 * `npx nx run tools:gpu`: checks this machine's GPU with every engine that starts on it: parity with
 * Hugging Face transformers (gradients too), the time of a GRPO step, the default training run, and PyTorch's step beside them.
 * Writes `report.json` and `summary.md`. A part that cannot run is listed with the reason; the exit code is 1 only when a part that ran has failed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { LociError, messageOf } from '@loci/core';
import { checkGpu, GPU_PARTS } from './gpu/check-gpu.ts';
import type { PartResult } from './gpu/part.ts';
import { summarize } from './gpu/summary.ts';
import type { GpuReport } from './gpu/summary.ts';
import { CPU_TARGET, GPU_TARGETS, lookAtMachine } from './gpu/targets.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TARGETS = [CPU_TARGET, ...GPU_TARGETS].map(({ name }) => name);

/** The names of a list such as `parity,bench`. */
function chosen<Name extends string>(
  text: string | undefined,
  names: readonly Name[],
): readonly Name[] {
  if (text === undefined) return names;
  return text.split(',').map((given) => {
    const found = names.find((name) => name === given.trim());
    if (found !== undefined) return found;
    throw new LociError('bad-flag', `"${given}" is none of ${names.join(', ')}`);
  });
}

function print({ status, target, part, seconds, reason, figures }: PartResult): void {
  const time = seconds === undefined ? '' : ` (${seconds.toFixed(0)} s)`;
  const counts =
    figures?.['total'] === undefined ? '' : ` ${figures['passed']}/${figures['total']}`;
  console.log(
    `${status.padEnd(7)} ${target}, ${part}${counts}${time}${reason ? `: ${reason}` : ''}`,
  );
}

const program = new Command('gpu')
  .description("Tries every engine on this machine's GPU and writes one report.")
  .option('--out <folder>', 'where report, logs and runs go (default: runs/gpu-<time>)')
  .option('--fixture <folder>', 'parity folder', '../shared/reference/qwen2_5_vl_tiny')
  .option('--targets <list>', `which of ${TARGETS.join(', ')} (default: all)`)
  .option('--parts <list>', `which of ${GPU_PARTS.join(', ')} (default: all)`)
  .option('--software', 'run WebGPU on a software driver where there is no GPU')
  .option('--tiny', 'the smallest sizes, to see that every part runs')
  .option('--python <program>', 'a Python with torch', 'python3')
  .action(async ({ out, fixture, targets, parts, software = false, tiny = false, python }) => {
    const from = process.env['INIT_CWD'] ?? '.';
    const date = new Date().toISOString();
    const folder = resolve(
      from,
      out ?? join('runs', `gpu-${date.slice(0, 19).replaceAll(':', '-')}`),
    );
    const wanted = chosen(targets, TARGETS);
    const settings = {
      parts: chosen(parts, GPU_PARTS),
      targets: wanted,
      fixture: resolve(from, fixture),
      root: ROOT,
      out: folder,
      tiny,
      python,
    };
    const machine = await lookAtMachine(software);
    const devices = Object.fromEntries(
      [...machine.targets].map(([name, found]): [string, string] => [
        name,
        'missing' in found ? `not tried: ${found.missing}` : found.device,
      ]),
    );
    for (const [name, words] of Object.entries(devices)) console.log(`${name}: ${words}`);
    const results = await checkGpu(settings, machine, print);
    const { version } = process;
    const report: GpuReport = {
      date,
      node: version,
      gpu: machine.gpu,
      targets: devices,
      tiny,
      parts: results,
    };
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
    writeFileSync(join(folder, 'summary.md'), summarize(report));
    console.log(`\n${summarize(report)}\nreport ${join(folder, 'report.json')}`);
    process.exitCode = results.some(({ status }) => status === 'failed') ? 1 : 0;
  });

try {
  await program.parseAsync();
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
