/** That the gradient of a loss computed on the host reaches the weights through the linear loss of a policy. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Policy,
  PolicyGroup,
  TokenFigures,
  TokenReadout,
  TrainingGroup,
} from '../../spec/index.ts';
import { descend, dropGradients, weighted } from './workload.ts';

/** A loss of the figures of a batch with its derivatives, arrays `[group][completion][token]`. */
export interface HostLossValue {
  readonly loss: number;
  readonly dLogProbs: readonly (readonly ArrayLike<number>[])[];
  /** Needed where entropies are read. */
  readonly dEntropies?: readonly (readonly ArrayLike<number>[])[];
}

/**
 * A loss that is computed on the host, as an objective is. What it treats as a constant, such as a detached ratio, must be the
 * same at every call.
 */
export type HostLoss = (figures: TokenFigures) => HostLossValue;

/**
 * By how much a figure moves, about, where slopes are measured, in nats: far more than float32 figures of a few nats are off by,
 * some 5e-7, and little enough for the slope of most models to be straight.
 */
const MOVE = 4e-3;

/** Greatest distance of a slope from the one that the gradients give, as a share of the norms. */
const TOLERANCE = 0.02;

/**
 * Holds the gradient that reaches the weights to finite differences of the loss: along the gradient itself, and along that of
 * another loss, so that its direction counts as much as its length. The policy must offer the linear loss, and entropies where the
 * readout has them; its weights are put back, its gradients and moments dropped.
 *
 * @param groups The batch, whose completions should differ.
 * @param readout What the loss reads. Default: temperature 1, no entropies.
 * @returns The loss before, and the norm of its gradient.
 * @throws AssertionError with both slopes.
 * @example
 * await gradientThrough(policy, groups, ({ logProbs }) => ({
 *   loss: -sum(logProbs),
 *   dLogProbs: logProbs.map((group) => group.map((own) => own.map(() => -1))),
 * }));
 */
export async function gradientThrough(
  policy: Policy,
  groups: readonly PolicyGroup[],
  hostLoss: HostLoss,
  readout: Partial<TokenReadout> = {},
): Promise<{ readonly loss: number; readonly gradNorm: number }> {
  const { temperature = 1, entropies = false } = readout;
  const value = async (): Promise<HostLossValue> =>
    hostLoss(await policy.logProbs(groups, 'current', { temperature, entropies }));
  const accumulate = (batch: readonly TrainingGroup[]) =>
    policy.forwardBackward(batch, { kind: 'linear', temperature, entropies });
  const norm = async (...batches: readonly (readonly TrainingGroup[])[]): Promise<number> => {
    for (const batch of batches) await accumulate(batch);
    return dropGradients(policy);
  };

  const start = await value();
  const own = weighedBy(groups, start, entropies);
  const other = weighedBy(groups, uneven(start), entropies);
  const [a, b, both] = [await norm(own), await norm(other), await norm(own, other)];
  assert.ok(a > 0, 'no gradient reaches the weights');
  const product = (both ** 2 - a ** 2 - b ** 2) / 2;

  const folder = mkdtempSync(join(tmpdir(), 'loci-gradient-'));
  try {
    await policy.save(join(folder, 'start'), { optimizer: false });
    /** By how much the loss falls along the gradient of a batch, times its norm, by a step either way from the start. */
    const slopeAlong = async (
      batch: readonly TrainingGroup[],
      length: number,
      move = MOVE,
    ): Promise<number> => {
      const rate = (move * weightOf(start)) / (length * Math.max(a, b));
      const after = async (way: 1 | -1): Promise<number> => {
        await accumulate(weighted(batch, way));
        await descend(policy, rate, 2 * length);
        const { loss } = await value();
        await policy.load(join(folder, 'start'));
        return loss;
      };
      return ((await after(-1)) - (await after(1))) / (2 * rate);
    };
    /** A loss that bends within a step is measured by half a step as well, and the bend taken out (Richardson). */
    const holdSlope = async (
      batch: readonly TrainingGroup[],
      length: number,
      expected: number,
      along: string,
    ): Promise<void> => {
      const slope = await slopeAlong(batch, length);
      const scale = a * length;
      if (isNear(slope, expected, scale)) return;
      const straight = (4 * (await slopeAlong(batch, length, MOVE / 2)) - slope) / 3;
      const message = `slope along ${along}: ${straight}, and should be ${expected}`;
      assert.ok(isNear(straight, expected, scale), message);
    };
    await holdSlope(own, a, a ** 2, 'the own gradient');
    await holdSlope(other, b, product, 'another gradient');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { loss: start.loss, gradNorm: a };
}

function isNear(slope: number, expected: number, scale: number): boolean {
  return Math.abs(slope - expected) <= TOLERANCE * scale;
}

/** The batch with derivatives as the weights of its linear loss. */
function weighedBy(
  groups: readonly PolicyGroup[],
  { dLogProbs, dEntropies }: HostLossValue,
  entropies: boolean,
): readonly TrainingGroup[] {
  return groups.map(({ prompt, completions }, group) => ({
    prompt,
    completions,
    targets: completions.map((_, completion) => ({
      weights: Float32Array.from(dLogProbs[group]![completion]!),
      ...(entropies && {
        entropyWeights: Float32Array.from(dEntropies?.[group]![completion] ?? []),
      }),
    })),
  }));
}

/** Derivatives of a loss unlike the given one, and as large. */
function uneven({ loss, dLogProbs, dEntropies }: HostLossValue): HostLossValue {
  const scale = weightOf({ loss, dLogProbs, ...(dEntropies && { dEntropies }) });
  const count = dLogProbs.flat().reduce((sum, { length }) => sum + length, 0);
  const others = (from: readonly (readonly ArrayLike<number>[])[], shift: number) =>
    from.map((group) =>
      group.map((own, completion) =>
        Array.from(own, (_, token) => (scale / count) * Math.cos(2 * token + completion + shift)),
      ),
    );
  return {
    loss,
    dLogProbs: others(dLogProbs, 0),
    ...(dEntropies && { dEntropies: others(dEntropies, 1) }),
  };
}

/** The sum of the absolute derivatives. */
function weightOf({ dLogProbs, dEntropies = [] }: HostLossValue): number {
  return [...dLogProbs.flat(), ...dEntropies.flat()].reduce(
    (sum, own) => sum + Array.from(own).reduce((total, value) => total + Math.abs(value), 0),
    0,
  );
}
