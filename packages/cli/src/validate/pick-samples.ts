import type { Sample, SampleSource } from '@loci/core';

/** Samples looked at, at most, spread evenly over a source that has more. */
const MOST_LOOKED_AT = 5000;

/** Samples to try rewards on, and what sorts of questions they are. */
export interface PickedSamples {
  /** Sort by sort, in the order in which the sorts were met. */
  readonly samples: readonly Sample[];
  /** How many of each sort: `counting` → 3. */
  readonly sorts: ReadonlyMap<string, number>;
}

/** What a sample is picked as: its kind of question, or its problem type with its source. */
export function sortOf(sample: Sample): string {
  return sample.questionKind ?? `${sample.problemType} (${sample.source})`;
}

/**
 * The first `perSort` samples of each sort of question. In a source of more than 5000 samples every n-th is looked at.
 *
 * @param onProgress Called now and then with the number of samples looked at.
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
