/** Gradients by name against a file that holds them whole. */
import { openCheckpoint } from '@loci/backends/internal';
import { relativeError } from './report.ts';
import type { Report } from './report.ts';

/** ‖g − g_hf‖ / ‖g_hf‖ */
const RELATIVE = 1e-3;

/** The Euclidean norm. */
export function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/**
 * One check a tensor.
 *
 * @param own our name of a stored tensor.
 */
export async function checkGradients(
  file: string,
  report: Report,
  gradients: ReadonlyMap<string, Float32Array>,
  label = 'grads',
  own: (stored: string) => string = (stored) => stored,
): Promise<void> {
  const stored = await openCheckpoint(file);
  try {
    for (const name of stored.entries.keys()) {
      const expected = await stored.readFloats(name);
      const found = gradients.get(own(name));
      const difference = found?.map((value, at) => value - expected[at]!);
      const worst = difference ? relativeError(norm(difference), norm(expected)) : Infinity;
      report.add(`${label}/${name}`, worst, RELATIVE);
    }
  } finally {
    await stored.close();
  }
}
