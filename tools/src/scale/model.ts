/** The model that a step is measured on: an architecture at one of its sizes, with the vocabulary of the published models. */
import { ARCHITECTURES, architectureNamed } from '@loci/backends/internal';
import type { Model } from '@loci/backends/internal';
import { LociError } from '@loci/core';

/** Qwen's vocabulary and special tokens, which its generations share. */
const VOCABULARY = {
  vocabularySize: 151_936,
  tokens: {
    image: 151_655,
    video: 151_656,
    visionStart: 151_652,
    visionEnd: 151_653,
    eos: [151_645],
    pad: 151_643,
    bos: 151_643,
  },
} as const;

/** Names of the architectures. */
export const SCALE_ARCHITECTURES: readonly string[] = ARCHITECTURES.map(({ name }) => name);

/** The model of a size. @throws LociError `unknown-size` naming the existing ones. */
export function scaleModel(architecture: string, size: string): Model {
  const { fresh, sizes, title } = architectureNamed(architecture);
  const found = sizes[size];
  if (found) return fresh(found, VOCABULARY);
  throw new LociError(
    'unknown-size',
    `there is no size "${size}" of ${title}; known: ${Object.keys(sizes).join(', ')}`,
  );
}
