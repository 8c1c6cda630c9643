/** The sample as the reward server reads it; it travels in the row, and comes back with each completion. */
import type { Sample } from '@loci/core';

/** As JSON text, which engines hand to a reward as the truth. */
export function sampleText(sample: Sample): string {
  const { id, problem, options, problemType, solution, media, source } = sample;
  const { questionKind, map, meta } = sample;
  return JSON.stringify({
    ...{ id, problem, options, problemType, solution, source },
    media: media.map(({ kind, path, second }) => ({
      kind,
      path,
      ...(second !== undefined && { second }),
    })),
    ...(questionKind !== undefined && { questionKind }),
    ...(map && { map }),
    ...(meta && { meta }),
  });
}

/** The id within such a text; undefined where it is none. */
export function sampleIdOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const { id } = JSON.parse(text) as { readonly id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
