/** The questions as they are, and the controls that ask what a score owes to language alone. */
import { deriveSeed } from '../random/seed.ts';
import type { BenchmarkItem, FrameTreatment } from '../spec/index.ts';

/** Every way in which a benchmark can be asked, the plain one first. */
export const EVALUATION_PASSES = [
  'as-filmed',
  'blank',
  'shuffled',
  'first-frame',
  'swapped',
] as const;

/**
 * The questions as they are, or one of the controls: black frames, frames in random order, the first frame alone, the video of
 * another scene.
 */
export type EvaluationPass = (typeof EVALUATION_PASSES)[number];

/** What is done to the frames of an item in a pass; the order of shuffled ones depends on seed and item alone. */
export function treatmentOf(
  pass: EvaluationPass,
  item: Pick<BenchmarkItem, 'id'>,
  seed: number,
): FrameTreatment {
  switch (pass) {
    case 'blank':
    case 'first-frame':
      return { kind: pass };
    case 'shuffled':
      return { kind: 'shuffled', seed: deriveSeed(seed, 'frames', item.id) };
    case 'as-filmed':
    case 'swapped':
      return { kind: 'as-filmed' };
    default:
      pass satisfies never;
      throw new TypeError('no such pass');
  }
}

/** Whether a pass differs from the plain one for an item: frames are shuffled, or cut to the first, of videos only. */
export function concerns(pass: EvaluationPass, { media }: Pick<BenchmarkItem, 'media'>): boolean {
  if (pass !== 'shuffled' && pass !== 'first-frame') return true;
  return media.some(({ kind }) => kind === 'video');
}
