/** Plain parts for a run in a test: no model, no data on disk. */
import { LociError } from '../errors/loci-error.ts';
import type { Dataset, Logger, Sample, SampleSource, Split } from '../spec/index.ts';

/** A sample to score something against. */
export function fakeSample(facts: Partial<Sample> = {}): Sample {
  return {
    id: 'sample-0',
    problem: 'Which letter?',
    options: ['A. left', 'B. right'],
    problemType: 'multiple choice',
    solution: '<answer>B</answer>',
    media: [{ kind: 'video', path: '/videos/scene-0.mp4' }],
    source: 'SR_dataset',
    questionKind: 'direction',
    ...facts,
  };
}

/** A dataset in memory. */
export function fakeDataset(splits: Readonly<Record<Split, readonly Sample[]>>): Dataset {
  return {
    async open(split): Promise<SampleSource> {
      const samples = splits[split];
      return {
        size: samples.length,
        async at(index) {
          const sample = samples[index];
          if (sample !== undefined) return sample;
          throw new LociError('index-out-of-range', `There is no sample ${index} in "${split}"`);
        },
        problems: () => [],
        close: async () => undefined,
      };
    },
  };
}

/** A logger that remembers. */
export function fakeLogger(): Logger & { readonly lines: readonly string[] } {
  const lines: string[] = [];
  return {
    lines,
    info: (message) => lines.push(message),
    warn: (message) => lines.push(message),
  };
}
