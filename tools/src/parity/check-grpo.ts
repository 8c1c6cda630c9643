/** The GRPO variants: loss, divergence, clip fraction and gradients. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { normaliseGroup } from '@loci/core';
import { checkGrids } from './check-cases.ts';
import { checkGradients, norm } from './check-gradients.ts';
import { parseVariant } from './fixture.ts';
import type { Fixture, GrpoVariant } from './fixture.ts';
import { diagnostics, readBatch, variantLoss, worstLogProb } from './grpo-batch.ts';
import type { Batch } from './grpo-batch.ts';
import type { ParityEngine } from './parity-engine.ts';
import { relativeError, worstDifference } from './report.ts';
import type { Report } from './report.ts';

const ADVANTAGES = 1e-5;
const LOG_PROBS = 2e-4;
const LOSS = 1e-5;
const CLIP_FRACTION = 1e-5;
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-5;

/** `(r − mean) / (std + 1e-4)`, as the reference set says. */
const NORMALISATION = {
  divideByStd: true,
  epsilon: 1e-4,
  precision: 'float32',
  singleton: 'nan',
} as const;

/**
 * Loss, divergence, clip fraction and the norm of the gradients under a variant.
 *
 * @returns the gradients by parameter name.
 */
export async function checkVariant(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
  batch: Batch,
  name: string,
  variant: GrpoVariant,
): Promise<ReadonlyMap<string, Float32Array>> {
  const { targets, loss: settings } = await variantLoss(fixture, batch, variant);
  const { loss, logProbs, gradients } = await engine.gradients(
    [{ ...batch.group, targets }],
    settings,
  );
  const label = (what: string) => `${name}/${what}`;
  report.add(label('loss'), Math.abs(loss - variant.loss), LOSS);
  const { meanKl, clipFraction } = diagnostics(variant, targets, logProbs[0]!);
  report.add(
    label('mean_kl'),
    relativeError(Math.abs(meanKl - variant.mean_kl), variant.mean_kl),
    RELATIVE,
  );
  report.add(label('clip_fraction'), Math.abs(clipFraction - variant.clip_fraction), CLIP_FRACTION);
  const total = Math.hypot(...[...gradients.values()].map(norm));
  const expected = variant.grad_global_norm;
  report.add(
    label('grad_global_norm'),
    relativeError(Math.abs(total - expected), expected),
    RELATIVE,
  );
  let worst = 0;
  for (const [parameter, wanted] of Object.entries(variant.grad_norms ?? {})) {
    const found = gradients.get(parameter);
    const error = found ? Math.abs(norm(found) - wanted) : Infinity;
    worst = Math.max(worst, error <= ABSOLUTE ? 0 : relativeError(error, wanted));
  }
  if (variant.grad_norms) report.add(label('grad_norms'), worst, RELATIVE);
  return gradients;
}

/** Everything under `grpo/`, and `grads.safetensors` for the variant whose gradients are stored whole. */
export async function checkGrpo(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
): Promise<void> {
  const { arrays, facts, folder } = fixture;
  if (!facts.grpo) return report.absent('grpo');
  const batch = await readBatch(fixture);
  await report.part('grpo/grid', () =>
    checkGrids(fixture, report, 'grpo', batch.group.prompt.media),
  );
  await report.part('grpo/advantages', async () => {
    const found = normaliseGroup(await arrays.readFloats('grpo/rewards'), NORMALISATION);
    report.add('grpo/advantages', worstDifference(found, batch.advantages), ADVANTAGES);
  });
  await report.part('grpo/logps', async () => {
    const expected = await arrays.readFloats('grpo/logps');
    const [found] = await engine.logProbs([batch.group]);
    report.add('grpo/logps', worstLogProb(batch, found!, expected), LOG_PROBS);
  });
  const whole = join(folder, 'grads.safetensors');
  for (const [name, json] of Object.entries(facts.grpo.variants)) {
    await report.part(`grpo/${name}`, async () => {
      const variant = parseVariant(json, `grpo/${name}`);
      const gradients = await checkVariant(fixture, report, engine, batch, `grpo/${name}`, variant);
      if (variant.grad_norms) return;
      if (existsSync(whole)) await checkGradients(whole, report, gradients);
      else report.absent('grads.safetensors');
    });
  }
}
