/** An adapter: log-probabilities, gradients of its factors, and three AdamW steps on them. */
import { join } from 'node:path';
import { openCheckpoint, ownTensorName } from '@loci/backends/internal';
import type { OptimStepParameters } from '@loci/core';
import { checkGradients } from './check-gradients.ts';
import { checkVariant } from './check-grpo.ts';
import { parseVariant } from './fixture.ts';
import type { Fixture, GrpoVariant } from './fixture.ts';
import { diagnostics, readBatch, variantLoss, worstLogProb } from './grpo-batch.ts';
import type { Batch } from './grpo-batch.ts';
import type { ParityEngine } from './parity-engine.ts';
import { relativeError, worstDifference } from './report.ts';
import type { Report } from './report.ts';

const LOG_PROBS = 2e-4;
const TRACE = 1e-3;
const AFTER = 2e-4;

/** As the reference set says. */
const ADAMW: OptimStepParameters = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradNorm: 1,
};

/** Steps on the same batch; the trace holds loss, norm before clipping and mean divergence of each. */
async function checkSteps(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
  batch: Batch,
  variant: GrpoVariant,
): Promise<void> {
  const trace = await fixture.arrays.readFloats('lora/three_step_trace');
  const { targets, loss } = await variantLoss(fixture, batch, variant);
  const worst = { loss: 0, norm: 0, meanKl: 0 };
  for (let step = 0; step < trace.length / 3; step++) {
    const result = await engine.gradients([{ ...batch.group, targets }], loss);
    const { gradNorm } = await engine.optimStep(ADAMW);
    const { meanKl } = diagnostics(variant, targets, result.logProbs[0]!);
    const found = { loss: result.loss, norm: gradNorm, meanKl };
    (['loss', 'norm', 'meanKl'] as const).forEach((figure, column) => {
      const expected = trace[3 * step + column]!;
      const error = relativeError(Math.abs(found[figure] - expected), Math.abs(expected));
      worst[figure] = Math.max(worst[figure], error);
    });
  }
  for (const [figure, error] of Object.entries(worst)) {
    report.add(`lora/three_step_trace/${figure}`, error, TRACE);
  }
}

async function checkAfter(
  { folder, model }: Fixture,
  report: Report,
  engine: ParityEngine,
): Promise<void> {
  const file = join(folder, 'lora', 'after_3_steps.safetensors');
  const weights = await engine.weights();
  const stored = await openCheckpoint(file);
  try {
    for (const name of stored.entries.keys()) {
      const found = weights.get(ownTensorName(model.parameters, name)) ?? [];
      const worst = worstDifference(found, await stored.readFloats(name));
      report.add(`lora/after_3_steps/${name}`, worst, AFTER);
    }
  } finally {
    await stored.close();
  }
}

/** Everything under `lora/`. @param engine opened with the adapter. */
export async function checkLora(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
): Promise<void> {
  const { arrays, facts, folder, model } = fixture;
  if (facts.lora === undefined) throw new Error('parity.json has no "lora"');
  const variant = parseVariant(facts.lora, 'lora');
  const batch = await readBatch(fixture);
  const [found] = await engine.logProbs([batch.group]);
  const expected = await arrays.readFloats('lora/logps');
  report.add('lora/logps', worstLogProb(batch, found!, expected), LOG_PROBS);
  const gradients = await checkVariant(fixture, report, engine, batch, 'lora', variant);
  const file = join(folder, 'lora', 'grads.safetensors');
  await checkGradients(file, report, gradients, 'lora/grads', (name) =>
    ownTensorName(model.parameters, name),
  );
  await checkSteps(fixture, report, engine, batch, variant);
  await checkAfter(fixture, report, engine);
}
