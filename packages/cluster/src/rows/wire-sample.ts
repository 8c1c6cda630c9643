/** The sample as the reward server reads it. The row carries it to the engine, which sends it back with each completion. */
import type { Sample } from '@loci/core';

/** The sample as JSON text, which engines pass to a reward as the ground truth. */
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

/** The id within such a text; undefined where the text is not one. */
export function sampleIdOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const { id } = JSON.parse(text) as { readonly id?: unknown };
    return typeof id === 'string' ? id : undefined;
  } catch {
    return undefined;
  }
}
