/** Times the step of one engine: opens it on a random model of the chosen shape, warms it up, and takes medians. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DECODERS } from '../graph/decode/choose-decoder.ts';
import { openOnnxPolicy } from '../onnx/onnx-policy.ts';
import { ONNX_PROVIDERS } from '../onnx/start/provider.ts';
import { openTfjsPolicy } from '../tfjs/tfjs-policy.ts';
import { TFJS_ENGINES } from '../tfjs/start/backend.ts';
import { median } from './all-engines.ts';
import type { BenchReport } from './all-engines.ts';
import { architectureOf, numberOf, oneOf } from './flags.ts';
import type { BenchFlags } from './flags.ts';
import { GENERATIONS, SHAPE_NAMES, shapePrompt, writeShapeModel } from './shapes.ts';
import { LOSS_PATHS, timeStep } from './time-step.ts';
import type { StepTimes } from './time-step.ts';

/** Rounds seconds to tenths of a millisecond. */
const round = (seconds: number) => Number(seconds.toFixed(4));

/**
 * After a warm-up, takes steps for `--seconds` seconds.
 *
 * @param next takes a step.
 */
export async function measureSteps(
  flags: BenchFlags,
  next: (step: number) => Promise<StepTimes>,
): Promise<StepTimes[]> {
  const limit = numberOf(flags, 'seconds');
  const times: StepTimes[] = [];
  let [step, warmed, measured] = [0, 0, 0];
  // Where a step takes as long as all measuring, one is warm-up enough.
  while (step < numberOf(flags, 'warmup') && warmed < limit) warmed += (await next(step++)).step;
  while (measured < limit) {
    times.push(await next(step++));
    measured += times.at(-1)!.step;
  }
  return times;
}

/**
 * Times one engine.
 *
 * @throws LociError `bad-flag`, `engine-unavailable`.
 */
export async function benchOne(
  engine: 'onnx' | 'tfjs',
  flags: BenchFlags,
): Promise<BenchReport & Record<string, unknown>> {
  const backend = oneOf('backend', flags.backend, ['auto', ...TFJS_ENGINES]);
  const provider = oneOf('provider', flags.provider, ['auto', ...ONNX_PROVIDERS]);
  const shape = oneOf('shape', flags.shape, SHAPE_NAMES);
  const folder = await mkdtemp(join(tmpdir(), 'loci-bench-'));
  try {
    const model = await writeShapeModel(folder, shape, architectureOf(flags));
    const lora = flags.lora === undefined ? undefined : { rank: numberOf(flags, 'lora') };
    const settings = { model: folder, threads: numberOf(flags, 'threads'), lora };
    const policy =
      engine === 'onnx'
        ? await openOnnxPolicy({
            ...settings,
            provider,
            spin: flags.spin,
            ...(flags.lanes !== undefined && { lanes: numberOf(flags, 'lanes') }),
            decoder: oneOf('decoder', flags.decoder, DECODERS),
          })
        : await openTfjsPolicy({ ...settings, engine: backend });
    const newTokens = numberOf(flags, 'tokens');
    const path = oneOf('loss', flags.loss, LOSS_PATHS);
    const times = await measureSteps(flags, (seed) =>
      timeStep(policy, [shapePrompt(model, { video: flags.vl }, seed)], { seed, newTokens, path }),
    );
    const { description } = policy.capabilities;
    await policy.dispose();
    const of = (part: keyof StepTimes) => median(times.map((time) => time[part]));
    const generation = of('generation');
    return {
      engine,
      shape,
      architecture: model.architecture,
      vl: flags.vl,
      loss: flags.loss,
      loraRank: lora?.rank ?? null,
      stepSeconds: round(of('step')),
      generationSeconds: round(generation),
      restSeconds: round(of('step') - generation),
      tokensPerSecond: Math.round((GENERATIONS * numberOf(flags, 'tokens')) / generation),
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
