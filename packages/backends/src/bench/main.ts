/**
 * `nx run backends:bench -- --engine onnx|tfjs|all [--provider cuda | --backend wasm] --shape small|large [--loss fused|general|entropies]
 * [--vl] [--lora RANK] [--spin] [--decoder auto|onnx|wasm]`: times one GRPO optimisation step and prints one JSON line with medians.
 * Where WebGPU is asked for and there is no driver, a software one is used. Machines are noisy: compare with another trainer by running
 * both in turn, as `all` does with every engine that starts here (`--turns 3`).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LociError, type Policy } from '@loci/core';
import { rerunOnVulkan } from '../devices/vulkan-environment.ts';
import { DECODERS } from '../graph/decode/choose-decoder.ts';
import { openOnnxPolicy } from '../onnx/onnx-policy.ts';
import { ONNX_PROVIDERS } from '../onnx/start/provider.ts';
import { openTfjsPolicy } from '../tfjs/tfjs-policy.ts';
import { TFJS_ENGINES } from '../tfjs/start/backend.ts';
import { benchAll, flagsHandedOn, median } from './all-engines.ts';
import type { BenchReport, SkippedEngine } from './all-engines.ts';
import { GENERATIONS, NEW_TOKENS, shapePrompt, writeShapeModel, type ShapeName } from './shapes.ts';
import { LOSS_PATHS, timeStep, type StepTimes } from './time-step.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'onnx' },
    provider: { type: 'string', default: 'cpu' },
    backend: { type: 'string', default: 'auto' },
    shape: { type: 'string', default: 'small' },
    vl: { type: 'boolean', default: false },
    lora: { type: 'string' },
    threads: { type: 'string', default: '2' },
    spin: { type: 'boolean', default: false },
    decoder: { type: 'string', default: 'onnx' },
    warmup: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '30' },
    tokens: { type: 'string', default: String(NEW_TOKENS) },
    turns: { type: 'string', default: '1' },
    loss: { type: 'string', default: 'fused' },
  },
});

function oneOf<Name extends string>(flag: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new LociError('bad-flag', `--${flag} must be one of ${names.join(', ')}, not ${value}`);
}

/** A flag that is a number; only the steps of warm-up may be none. */
function numberOf(flag: 'lora' | 'threads' | 'warmup' | 'seconds' | 'tokens' | 'turns'): number {
  const number = Number(values[flag]);
  if (Number.isFinite(number) && (number > 0 || flag === 'warmup')) return number;
  throw new LociError('bad-flag', `--${flag} must be a number above 0, not ${values[flag]}`);
}

const mediansOf = (times: readonly StepTimes[]) => (part: keyof StepTimes) =>
  median(times.map((time) => time[part]));

const round = (seconds: number) => Number(seconds.toFixed(4));

async function measure(
  policy: Policy,
  promptOf: (step: number) => ReturnType<typeof shapePrompt>,
): Promise<StepTimes[]> {
  const limit = numberOf('seconds');
  const tokens = numberOf('tokens');
  const path = oneOf('loss', values.loss, LOSS_PATHS);
  const times: StepTimes[] = [];
  let [step, warmed, measured] = [0, 0, 0];
  const next = () => timeStep(policy, promptOf(step), step++, tokens, path);
  // Where a step takes as long as all measuring, one is warm-up enough.
  while (step < numberOf('warmup') && warmed < limit) warmed += (await next()).step;
  while (measured < limit) {
    times.push(await next());
    measured += times.at(-1)!.step;
  }
  return times;
}

/** Times one engine. @throws LociError `engine-unavailable`. */
async function benchOne(engine: 'onnx' | 'tfjs'): Promise<BenchReport & Record<string, unknown>> {
  const backend = oneOf('backend', values.backend, ['auto', ...TFJS_ENGINES]);
  const provider = oneOf('provider', values.provider, ['auto', ...ONNX_PROVIDERS]);
  const decoder = oneOf('decoder', values.decoder, DECODERS);
  const shape: ShapeName = oneOf('shape', values.shape, ['tiny', 'small', 'large']);
  const folder = await mkdtemp(join(tmpdir(), 'loci-bench-'));
  try {
    const config = await writeShapeModel(folder, shape);
    const lora = values.lora === undefined ? undefined : { rank: numberOf('lora') };
    const settings = { model: folder, threads: numberOf('threads'), lora };
    const policy =
      engine === 'onnx'
        ? await openOnnxPolicy({ ...settings, provider, spin: values.spin, decoder })
        : await openTfjsPolicy({ ...settings, engine: backend });
    const times = await measure(policy, (step) => shapePrompt(config, values.vl, step));
    const { description } = policy.capabilities;
    await policy.dispose();
    const of = mediansOf(times);
    const generation = of('generation');
    return {
      engine,
      shape,
      vl: values.vl,
      loss: values.loss,
      loraRank: lora?.rank ?? null,
      stepSeconds: round(of('step')),
      generationSeconds: round(generation),
      restSeconds: round(of('step') - generation),
      tokensPerSecond: Math.round((GENERATIONS * numberOf('tokens')) / generation),
      referenceSeconds: round(of('reference')),
      gradientSeconds: round(of('gradient')),
      updateSeconds: round(of('update')),
      stepsMeasured: times.length,
      description,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const engine = oneOf('engine', values.engine, ['onnx', 'tfjs', 'all']);
  if (engine === 'all') {
    const script = fileURLToPath(import.meta.url);
    await benchAll(script, flagsHandedOn(values), numberOf('turns'));
    return;
  }
  const onWebgpu = (engine === 'onnx' ? values.provider : values.backend) === 'webgpu';
  const rerun = onWebgpu ? await rerunOnVulkan((line) => console.error(line)) : undefined;
  if (rerun !== undefined) {
    process.exitCode = rerun;
    return;
  }
  try {
    console.log(JSON.stringify(await benchOne(engine)));
  } catch (error) {
    if (!(error instanceof LociError) || error.code !== 'engine-unavailable') throw error;
    const runsOn = engine === 'onnx' ? values.provider : values.backend;
    const report: SkippedEngine = { engine: `${engine} ${runsOn}`, skipped: error.message };
    console.log(JSON.stringify(report));
    process.exitCode = 1;
  }
}

await main();
