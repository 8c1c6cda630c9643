import type { Sample, SampleSource } from '@loci/core';

/** Most samples to read, spread evenly over a larger source. */
const MOST_LOOKED_AT = 5000;

/** Samples to test rewards on, and the sorts of their questions. */
export interface PickedSamples {
  /** Sort by sort, in the order of their first samples. */
  readonly samples: readonly Sample[];
  /** Number of samples of each sort: `counting` → 3. */
  readonly sorts: ReadonlyMap<string, number>;
}

/** The sort of a sample: its kind of question, or its problem type with its source. */
export function sortOf(sample: Sample): string {
  return sample.questionKind ?? `${sample.problemType} (${sample.source})`;
}

/**
 * The first `perSort` samples of each sort of question. From a source of more than 5000 samples, only every n-th is read.
 *
 * @param onProgress is called now and then with the position in the source.
 */
export async function pickSamples(
  source: Pick<SampleSource, 'size' | 'at'>,
  perSort: number,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<PickedSamples> {
  const stride = Math.max(1, Math.ceil(source.size / MOST_LOOKED_AT));
  const picked = new Map<string, Sample[]>();
  for (let index = 0; index < source.size; index += stride) {
    if (index % (stride * 1000) === 0 && index > 0) onProgress(index, source.size);
    const sample = await source.at(index);
    const sort = sortOf(sample);
    const ofSort = picked.get(sort) ?? [];
    if (ofSort.length < perSort) picked.set(sort, [...ofSort, sample]);
  }
  return {
    samples: [...picked.values()].flat(),
    sorts: new Map([...picked].map(([sort, samples]) => [sort, samples.length])),
  };
}
