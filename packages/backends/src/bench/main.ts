/**
 * `nx run backends:bench -- --engine onnx|tfjs [--backend wasm] --shape small|large [--vl] [--lora RANK]`: times one GRPO optimisation step and
 * prints one JSON line with medians. Machines are noisy: compare with another trainer by running both in turn.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LociError, type Policy } from '@loci/core';
import { openOnnxPolicy } from '../onnx/open-onnx-policy.ts';
import { openTfjsPolicy } from '../tfjs/open-tfjs-policy.ts';
import { TFJS_ENGINES } from '../tfjs/start/backend.ts';
import { GENERATIONS, NEW_TOKENS, shapePrompt, writeShapeModel, type ShapeName } from './shapes.ts';
import { timeStep, type StepTimes } from './time-step.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'onnx' },
    backend: { type: 'string', default: 'auto' },
    shape: { type: 'string', default: 'small' },
    vl: { type: 'boolean', default: false },
    lora: { type: 'string' },
    threads: { type: 'string', default: '2' },
    warmup: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '30' },
  },
});

function oneOf<Name extends string>(flag: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new LociError('bad-flag', `--${flag} must be one of ${names.join(', ')}, not ${value}`);
}

function median(times: readonly StepTimes[], part: keyof StepTimes): number {
  const sorted = times.map((time) => time[part]).sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const round = (seconds: number) => Number(seconds.toFixed(4));

async function measure(
  policy: Policy,
  promptOf: (step: number) => ReturnType<typeof shapePrompt>,
): Promise<StepTimes[]> {
  const warmup = Number(values.warmup);
  const limit = Number(values.seconds);
  const times: StepTimes[] = [];
  let measured = 0;
  for (let step = 0; step < warmup || measured < limit; step++) {
    const time = await timeStep(policy, promptOf(step), step);
    if (step < warmup) continue;
    times.push(time);
    measured += time.step;
  }
  return times;
}

async function main(): Promise<void> {
  const engine = oneOf('engine', values.engine, ['onnx', 'tfjs']);
  const backend = oneOf('backend', values.backend, ['auto', ...TFJS_ENGINES]);
  const shape: ShapeName = oneOf('shape', values.shape, ['small', 'large']);
  const folder = await mkdtemp(join(tmpdir(), 'loci-bench-'));
  try {
    const config = await writeShapeModel(folder, shape);
    const lora = values.lora === undefined ? undefined : { rank: Number(values.lora) };
    const settings = { model: folder, threads: Number(values.threads), lora };
    const policy =
      engine === 'onnx'
        ? await openOnnxPolicy(settings)
        : await openTfjsPolicy({ ...settings, engine: backend });
    const times = await measure(policy, (step) => shapePrompt(config, values.vl, step));
    const description = policy.capabilities.description;
    await policy.dispose();
    const generation = median(times, 'generation');
    const report = {
      engine,
      shape,
      vl: values.vl,
      loraRank: lora?.rank ?? null,
      stepSeconds: round(median(times, 'step')),
      generationSeconds: round(generation),
      restSeconds: round(median(times, 'step') - generation),
      tokensPerSecond: Math.round((GENERATIONS * NEW_TOKENS) / generation),
      referenceSeconds: round(median(times, 'reference')),
      gradientSeconds: round(median(times, 'gradient')),
      updateSeconds: round(median(times, 'update')),
      stepsMeasured: times.length,
      description,
    };
    console.log(JSON.stringify(report));
  } finally {
    await rm(folder, { recursive: true });
  }
}

await main();
