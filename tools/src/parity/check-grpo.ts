/** The GRPO variants: loss, divergence, clip fraction and gradients. */
import { join } from 'node:path';
import { openCheckpoint } from '@loci/backends';
import { normaliseGroup } from '@loci/core';
import type { TokenTargets, TrainingGroup } from '@loci/core';
import type { Fixture, GrpoVariant } from './fixture.ts';
import { caseMedia, integers, promptsOf } from './fixture.ts';
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

/** The stored batch, completion by completion. */
interface Batch {
  readonly group: Omit<TrainingGroup, 'targets'>;
  readonly advantages: Float32Array;
  /** A row of a stored `[completions, tokens]` array, cut to the completion. */
  row(array: Float32Array, completion: number): Float32Array;
}

async function readBatch(fixture: Fixture): Promise<Batch> {
  const { arrays, config, facts } = fixture;
  const media = await caseMedia(fixture, 'grpo', facts.grpo.vision);
  const [prompt] = promptsOf([await integers(arrays, 'grpo/prompt_ids')], media, config);
  const ids = await integers(arrays, 'grpo/completion_ids');
  const mask = await integers(arrays, 'grpo/completion_mask');
  const [rows, width] = arrays.entries.get('grpo/completion_ids')!.shape as [number, number];
  const lengths = Array.from(
    { length: rows },
    (_, row) => mask.subarray(row * width, (row + 1) * width).lastIndexOf(1) + 1,
  );
  const completions = lengths.map((length, row) => ids.slice(row * width, row * width + length));
  return {
    group: { prompt: prompt!, completions },
    advantages: await arrays.readFloats('grpo/advantages'),
    row: (array, completion) =>
      array.slice(completion * width, completion * width + lengths[completion]!),
  };
}

/** The weight of a token of a completion: how the reduction averages. */
function tokenWeight(variant: GrpoVariant, lengths: readonly number[], completion: number): number {
  switch (variant.loss_type) {
    case 'grpo':
      return 1 / (lengths.length * lengths[completion]!);
    case 'bnpo':
      return 1 / lengths.reduce((sum, length) => sum + length, 0);
    case 'dr_grpo':
      return 1 / (lengths.length * (variant.max_completion_length ?? Math.max(...lengths)));
  }
}

/** Mean divergence (over tokens of a completion, then over completions) and share of clipped tokens. */
function diagnostics(
  variant: GrpoVariant,
  targets: readonly TokenTargets[],
  logProbs: readonly Float32Array[],
): { readonly meanKl: number; readonly clipFraction: number } {
  const clamp = variant.kl_clamp ?? Infinity;
  let [clipped, tokens] = [0, 0];
  let meanKl = 0;
  targets.forEach(({ advantages, oldLogProbs, referenceLogProbs }, completion) => {
    const own = logProbs[completion]!;
    own.forEach((logProb, token) => {
      const distance = referenceLogProbs![token]! - logProb;
      const x = Math.min(Math.max(distance, -clamp), clamp);
      meanKl += (Math.exp(x) - x - 1) / (own.length * targets.length);
      const ratio = Math.exp(logProb - (oldLogProbs?.[token] ?? logProb));
      const advantage = advantages![token]!;
      const outside =
        (ratio < 1 - variant.eps_low && advantage < 0) ||
        (ratio > 1 + variant.eps_high && advantage > 0);
      if (outside) clipped++;
      tokens++;
    });
  });
  return { meanKl, clipFraction: clipped / tokens };
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

async function checkVariant(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
  batch: Batch,
  [name, variant]: [string, GrpoVariant],
): Promise<ReadonlyMap<string, Float32Array>> {
  const { arrays } = fixture;
  const { group, advantages, row } = batch;
  const reference = await arrays.readFloats(`grpo/${variant.ref}`);
  const storedOld = `grpo/${variant.old}`;
  const old = arrays.entries.has(storedOld) ? await arrays.readFloats(storedOld) : undefined;
  const lengths = group.completions.map(({ length }) => length);
  const targets = lengths.map((length, completion): TokenTargets => ({
    weights: new Float32Array(length).fill(tokenWeight(variant, lengths, completion)),
    advantages: new Float32Array(length).fill(advantages[completion]!),
    referenceLogProbs: row(reference, completion),
    ...(old ? { oldLogProbs: row(old, completion) } : {}),
  }));
  const { loss, logProbs, gradients } = await engine.gradients([{ ...group, targets }], {
    kind: 'policy-gradient',
    clipLow: variant.eps_low,
    clipHigh: variant.eps_high,
    klWeight: variant.beta,
    ...(variant.kl_clamp ? { klClamp: variant.kl_clamp } : {}),
  });
  const label = (what: string) => `grpo/${name}/${what}`;
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

/** One check a tensor: ‖g − g_hf‖ / ‖g_hf‖. */
async function checkWholeGradients(
  { folder }: Fixture,
  report: Report,
  gradients: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  const stored = await openCheckpoint(join(folder, 'grads.safetensors'));
  try {
    for (const name of stored.entries.keys()) {
      const expected = await stored.readFloats(name);
      const found = gradients.get(name);
      const difference = found?.map((value, at) => value - expected[at]!);
      const worst = difference ? relativeError(norm(difference), norm(expected)) : Infinity;
      report.add(`grads/${name}`, worst, RELATIVE);
    }
  } finally {
    await stored.close();
  }
}

/** Everything under `grpo/`, and `grads.safetensors` for the variant whose gradients are stored whole. */
export async function checkGrpo(
  fixture: Fixture,
  report: Report,
  engine: ParityEngine,
): Promise<void> {
  const batch = await readBatch(fixture);
  await report.part('grpo/advantages', async () => {
    const found = normaliseGroup(await fixture.arrays.readFloats('grpo/rewards'), NORMALISATION);
    report.add('grpo/advantages', worstDifference(found, batch.advantages), ADVANTAGES);
  });
  await report.part('grpo/logps', async () => {
    const expected = await fixture.arrays.readFloats('grpo/logps');
    const [found] = await engine.logProbs([batch.group]);
    const errors = found!.flatMap((values, completion) => {
      const wanted = batch.row(expected, completion);
      return [...values].map((value, token) => Math.abs(value - wanted[token]!));
    });
    report.add('grpo/logps', Math.max(...errors), LOG_PROBS);
  });
  for (const variant of Object.entries(fixture.facts.grpo.variants)) {
    await report.part(`grpo/${variant[0]}`, async () => {
      const gradients = await checkVariant(fixture, report, engine, batch, variant);
      if (!variant[1].grad_norms) await checkWholeGradients(fixture, report, gradients);
    });
  }
}
